#include "apps/config/value.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "apps/json/faults.h"
#include "apps/suggest.h"

namespace pushforward::app {
namespace {

using NodeKind = JsonNode::Kind;

// A fault of a value in the config, or of one element if the value is an array.
struct WrongValue {
  std::string what;
  Place place;
  std::string at;  // "/1/0" for an array element, "" for the value itself
};

bool in_range(double value, const Range& range) {
  return (range.open_low ? value > range.low : value >= range.low) &&
         (range.open_high ? value < range.high : value <= range.high);
}

// Returns the words for the allowed range in a message about `value`. A range without a lower or
// upper limit stops at -1e12 or 1e12. The message mentions this limit only if the value is beyond
// it.
std::string wanted(const ConfigField& field, double value) {
  const std::string words = range_words(field);
  const Range all;
  if (words.empty()) return "from -1e12 to 1e12";
  if (value > all.high && field.range.high == all.high) return words + ", at most 1e12";
  if (value < all.low && field.range.low == all.low) return words + ", at least -1e12";
  return words;
}

// Returns the field for checking the elements of an array: without the limits on the array's length
// and on repeated values, which do not apply to single elements.
ConfigField make_element_field(const ConfigField& field) {
  ConfigField element = field;
  element.fewest = 0;
  element.distinct = false;
  return element;
}

Json parse_number(const JsonNode& node, const ConfigField& field) {
  if (node.kind != NodeKind::number)
    throw WrongValue{"must be a number, not " + describe(node), node.place, ""};
  if (!in_range(node.number, field.range) || (field.nonzero && node.number == 0)) {
    throw WrongValue{
        "is " + describe(node) + ", but must be " + wanted(make_element_field(field), node.number),
        node.place, ""};
  }
  return node.number;
}

Json parse_integer(const JsonNode& node, const ConfigField& field) {
  if (node.kind != NodeKind::number || node.number != std::floor(node.number)) {
    throw WrongValue{"must be an integer, not " + describe(node), node.place, ""};
  }
  if (!node.exact || !in_range(node.number, field.range) ||
      std::fmod(node.number, field.multiple) != 0) {
    throw WrongValue{
        "is " + describe(node) + ", but must be " + wanted(make_element_field(field), node.number),
        node.place, ""};
  }
  return static_cast<std::int64_t>(node.number);
}

// Parses a string. It may be empty only if `may_be_empty` is true.
Json parse_text(const JsonNode& node, bool may_be_empty = false) {
  if (node.kind != NodeKind::string) {
    throw WrongValue{"must be a string, not " + describe(node), node.place, ""};
  }
  if (node.text.empty() && !may_be_empty)
    throw WrongValue{"must not be an empty string", node.place, ""};
  if (node.text.find('\0') != std::string::npos) {
    throw WrongValue{"must not hold a zero character", node.place, ""};
  }
  return node.text;
}

Json parse_file_name(const JsonNode& node) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const Json text = parse_text(node);
  bool ok = node.text.size() <= 100 && is_word(node.text.front());
  for (char c : node.text) ok = ok && (is_word(c) || c == '.' || c == '_' || c == '-');
  if (!ok) {
    throw WrongValue{"is " + describe(node) +
                         ", but a name may have at most 100 letters, digits and . "
                         "_ -, and must begin with a letter or digit",
                     node.place, ""};
  }
  return text;
}

Json parse_choice(const JsonNode& node, const ConfigField& field) {
  if (node.kind != NodeKind::string) {
    throw WrongValue{"must be a string, not " + describe(node), node.place, ""};
  }
  for (const std::string& choice : field.choices) {
    if (choice == node.text) return node.text;
  }
  throw WrongValue{"is " + describe(node) + ", which is not known", node.place, ""};
}

Json parse_column(const JsonNode& node, const ConfigField& field) {
  if (node.kind == NodeKind::string) return parse_text(node);
  if (node.kind == NodeKind::number) return parse_integer(node, field);
  throw WrongValue{"must hold names and integers, not " + describe(node), node.place, ""};
}

std::vector<std::string> words_of_types() {
  std::vector<std::string> words = column_kind_words();
  const std::vector<std::string>& more = column_transform_words();
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string parse_word(const JsonNode& node, const std::vector<std::string>& words) {
  const bool known = node.kind == NodeKind::string &&
                     std::find(words.begin(), words.end(), node.text) != words.end();
  if (!known)
    throw WrongValue{"is " + describe(node) + ", but must be one of " + join_words(words),
                     node.place, ""};
  return node.text;
}

Json parse_bounds(const JsonNode& node) {
  if (node.kind != NodeKind::array || node.items.size() != 2)
    throw WrongValue{"must be bounds, [low, high], not " + describe(node), node.place, ""};
  Json bounds = Json::array();
  for (const JsonNode& item : node.items) {
    if (item.kind != NodeKind::number || !in_range(item.number, {}))
      throw WrongValue{"is " + describe(item) + ", but must be a number from -1e12 to 1e12",
                       item.place, ""};
    bounds.push_back(item.number);
  }
  return bounds;
}

// Parses the type of a column: a word, bounds, or an object of both.
Json parse_column_type(const JsonNode& node) {
  if (node.kind == NodeKind::array) return parse_bounds(node);
  if (node.kind != NodeKind::object) return parse_word(node, words_of_types());
  std::vector<std::string> transforms = column_transform_words();
  transforms.push_back("logit");
  Json type = Json::object();
  for (const JsonNode& item : node.items) {
    try {
      if (item.key == "kind")
        type["kind"] = parse_word(item, column_kind_words());
      else if (item.key == "transform")
        type["transform"] = parse_word(item, transforms);
      else if (item.key == "bounds")
        type["bounds"] = parse_bounds(item);
      else
        throw WrongValue{"is not known; the keys here are kind, transform and bounds", item.place,
                         ""};
    } catch (WrongValue& wrong) {
      wrong.at = "/" + item.key + wrong.at;
      throw;
    }
  }
  return type;
}

Json parse_column_types(const JsonNode& node) {
  if (node.kind != NodeKind::object)
    throw WrongValue{"must be an object { ... }, not " + describe(node), node.place, ""};
  Json types = Json::object();
  for (const JsonNode& item : node.items) {
    try {
      types[item.key] = parse_column_type(item);
    } catch (WrongValue& wrong) {
      wrong.at = "/" + item.key + wrong.at;
      throw;
    }
  }
  return types;
}

// Parses an array with the function `element` for each element.
template <class Element>
Json parse_array(const JsonNode& node, const ConfigField& field, Element element) {
  if (node.kind != NodeKind::array)
    throw WrongValue{"must be an array, not " + describe(node), node.place, ""};
  if (node.items.size() < field.fewest) {
    throw WrongValue{"has " + std::to_string(node.items.size()) + " entries, but needs at least " +
                         std::to_string(field.fewest),
                     node.place, ""};
  }
  Json values = Json::array();
  std::set<std::string> seen;
  for (const JsonNode& item : node.items) {
    try {
      Json value = element(item);
      if (field.distinct && !seen.insert(value.dump()).second) {
        throw WrongValue{"repeats " + describe(item), item.place, ""};
      }
      values.push_back(std::move(value));
    } catch (WrongValue& wrong) {
      wrong.at = "/" + std::to_string(values.size()) + wrong.at;
      throw;
    }
  }
  return values;
}

Json parse_rows(const JsonNode& node, const ConfigField& field) {
  if (node.kind == NodeKind::string) return parse_text(node);
  if (node.kind == NodeKind::number) return parse_number(node, field);
  if (node.kind != NodeKind::array)
    throw WrongValue{"must be a share, row numbers or a path, not " + describe(node), node.place,
                     ""};
  const ConfigField numbers = row_numbers_field();
  return parse_array(node, numbers,
                     [&](const JsonNode& item) { return parse_integer(item, numbers); });
}

Json parse_value(const JsonNode& node, const ConfigField& field) {
  const auto number = [&](const JsonNode& item) { return parse_number(item, field); };
  switch (field.kind) {
    case FieldKind::number: return parse_number(node, field);
    case FieldKind::integer: return parse_integer(node, field);
    case FieldKind::boolean:
      if (node.kind != NodeKind::boolean) {
        throw WrongValue{"must be true or false, not " + describe(node), node.place, ""};
      }
      return node.boolean;
    case FieldKind::text: return parse_text(node, field.fallback == "");
    case FieldKind::file_name: return parse_file_name(node);
    case FieldKind::choice: return parse_choice(node, field);
    case FieldKind::numbers: return parse_array(node, field, number);
    case FieldKind::number_or_numbers:
      return node.kind == NodeKind::array ? parse_array(node, field, number)
                                          : parse_number(node, field);
    case FieldKind::number_or_auto:
      if (node.kind == NodeKind::string) {
        if (node.text == "auto") return node.text;
        throw WrongValue{"is " + describe(node) + R"(, but must be a number or "auto")", node.place,
                         ""};
      }
      return parse_number(node, field);
    case FieldKind::integers:
      return parse_array(node, field,
                         [&](const JsonNode& item) { return parse_integer(item, field); });
    case FieldKind::columns:
      return parse_array(node, field,
                         [&](const JsonNode& item) { return parse_column(item, field); });
    case FieldKind::texts:
      return parse_array(node, field, [](const JsonNode& item) { return parse_text(item, true); });
    case FieldKind::column_types: return parse_column_types(node);
    case FieldKind::rows: return parse_rows(node, field);
    case FieldKind::matrix: {
      ConfigField row = field;
      row.fewest = 1;
      return parse_array(node, field,
                         [&](const JsonNode& item) { return parse_array(item, row, number); });
    }
    case FieldKind::section: break;
  }
  return nullptr;
}

// Returns the words that tell which values are valid, such as "optimizer steps: integer, from 1 to
// 1000000000, default 5000".
std::string make_cure(const JsonNode& node, const ConfigField& field) {
  if (field.kind == FieldKind::choice) {
    const std::string choices = "choices here: " + join_words(field.choices);
    if (node.kind != NodeKind::string) return choices;
    return did_you_mean(node.text, field.choices) + choices;
  }
  std::string cure = field.doc + ": " + kind_words(field);
  if (const std::string range = range_words(field); !range.empty()) cure += ", " + range;
  if (!field.default_words.empty()) {
    cure += ", default " + field.default_words;
  } else if (!field.fallback.is_null()) {
    cure += ", default " + (field.fallback.is_number() ? number_words(field.fallback.get<double>())
                                                       : field.fallback.dump());
  }
  const bool wants_text = field.kind == FieldKind::text || field.kind == FieldKind::file_name;
  if (wants_text && node.place.override_index >= 0 && node.kind == NodeKind::number) {
    cure += "; a string of digits needs its quotes: '\"" + shorten(node.text) + "\"'";
  }
  return cure;
}

}  // namespace

ValueResult check_value(const JsonNode& node, const ConfigField& field) {
  try {
    return {parse_value(node, field), "", "", "", node.place};
  } catch (const WrongValue& wrong) {
    return {nullptr, wrong.at, wrong.what, make_cure(node, field), wrong.place};
  }
}

}  // namespace pushforward::app
