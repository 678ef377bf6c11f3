#include "apps/config/value.h"

#include <cmath>
#include <set>

#include "apps/json/faults.h"
#include "apps/suggest.h"

namespace pushforward::app {
namespace {

using NodeKind = JsonNode::Kind;

// What is wrong with one element; the place tells which.
struct Wrong {
  std::string what;
  Place place;
  std::string at;  // "/1/0" for that element of an array, "" for the value itself
};

bool in_range(double value, const Range& range) {
  return (range.open_low ? value > range.low : value >= range.low) &&
         (range.open_high ? value < range.high : value <= range.high);
}

// Numbers in [-1e12, 1e12] have no range of their own; the message then names that one.
std::string wanted(const Field& field) {
  const std::string words = range_words(field);
  return words.empty() ? "from -1e12 to 1e12" : words;
}

// An array's limits on length and repetition are no business of an element.
Field element_of(const Field& field) {
  Field element = field;
  element.fewest = 0;
  element.distinct = false;
  return element;
}

Json number_of(const JsonNode& node, const Field& field) {
  if (node.kind != NodeKind::number)
    throw Wrong{"must be a number, not " + describe(node), node.place, ""};
  if (!in_range(node.number, field.range) || (field.nonzero && node.number == 0)) {
    throw Wrong{"is " + describe(node) + ", but must be " + wanted(element_of(field)), node.place,
                ""};
  }
  return node.number;
}

Json integer_of(const JsonNode& node, const Field& field) {
  if (node.kind != NodeKind::number || node.number != std::floor(node.number)) {
    throw Wrong{"must be an integer, not " + describe(node), node.place, ""};
  }
  if (!node.exact || !in_range(node.number, field.range) ||
      std::fmod(node.number, field.multiple) != 0) {
    throw Wrong{"is " + describe(node) + ", but must be " + wanted(element_of(field)), node.place,
                ""};
  }
  return static_cast<std::int64_t>(node.number);
}

// Empty only where the default is.
Json text_of(const JsonNode& node, bool may_be_empty = false) {
  if (node.kind != NodeKind::string) {
    throw Wrong{"must be a string, not " + describe(node), node.place, ""};
  }
  if (node.text.empty() && !may_be_empty)
    throw Wrong{"must not be an empty string", node.place, ""};
  if (node.text.find('\0') != std::string::npos) {
    throw Wrong{"must not hold a zero character", node.place, ""};
  }
  return node.text;
}

Json file_name_of(const JsonNode& node) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const Json text = text_of(node);
  bool ok = node.text.size() <= 100 && is_word(node.text.front());
  for (char c : node.text) ok = ok && (is_word(c) || c == '.' || c == '_' || c == '-');
  if (!ok) {
    throw Wrong{"is " + describe(node) +
                    ", but names a folder: at most 100 letters, digits and . "
                    "_ -, the first a letter or digit",
                node.place, ""};
  }
  return text;
}

Json choice_of(const JsonNode& node, const Field& field) {
  if (node.kind != NodeKind::string) {
    throw Wrong{"must be a string, not " + describe(node), node.place, ""};
  }
  for (const std::string& choice : field.choices) {
    if (choice == node.text) return node.text;
  }
  throw Wrong{"is " + describe(node) + ", which is not known", node.place, ""};
}

Json column_of(const JsonNode& node, const Field& field) {
  if (node.kind == NodeKind::string) return text_of(node);
  if (node.kind == NodeKind::number) return integer_of(node, field);
  throw Wrong{"must hold names and integers, not " + describe(node), node.place, ""};
}

// An array whose elements `element` reads.
template <class Element>
Json array_of(const JsonNode& node, const Field& field, Element element) {
  if (node.kind != NodeKind::array)
    throw Wrong{"must be an array, not " + describe(node), node.place, ""};
  if (node.items.size() < field.fewest) {
    throw Wrong{"has " + std::to_string(node.items.size()) + " entries, but needs at least " +
                    std::to_string(field.fewest),
                node.place, ""};
  }
  Json values = Json::array();
  std::set<std::string> seen;
  for (const JsonNode& item : node.items) {
    try {
      Json value = element(item);
      if (field.distinct && !seen.insert(value.dump()).second) {
        throw Wrong{"repeats " + describe(item), item.place, ""};
      }
      values.push_back(std::move(value));
    } catch (Wrong& wrong) {
      wrong.at = "/" + std::to_string(values.size()) + wrong.at;
      throw;
    }
  }
  return values;
}

Json value_of(const JsonNode& node, const Field& field) {
  const auto number = [&](const JsonNode& item) { return number_of(item, field); };
  switch (field.kind) {
    case Kind::number: return number_of(node, field);
    case Kind::integer: return integer_of(node, field);
    case Kind::boolean:
      if (node.kind != NodeKind::boolean) {
        throw Wrong{"must be true or false, not " + describe(node), node.place, ""};
      }
      return node.boolean;
    case Kind::text: return text_of(node, field.fallback == "");
    case Kind::file_name: return file_name_of(node);
    case Kind::choice: return choice_of(node, field);
    case Kind::numbers: return array_of(node, field, number);
    case Kind::number_or_numbers:
      return node.kind == NodeKind::array ? array_of(node, field, number) : number_of(node, field);
    case Kind::integers:
      return array_of(node, field, [&](const JsonNode& item) { return integer_of(item, field); });
    case Kind::columns:
      return array_of(node, field, [&](const JsonNode& item) { return column_of(item, field); });
    case Kind::matrix: {
      Field row = field;
      row.fewest = 1;
      return array_of(node, field,
                      [&](const JsonNode& item) { return array_of(item, row, number); });
    }
    case Kind::section: break;
  }
  return nullptr;
}

// What to write: "optimizer steps: integer, from 1 to 1000000000, default 5000".
std::string cure_of(const JsonNode& node, const Field& field) {
  if (field.kind == Kind::choice) {
    const std::string choices = "choices here: " + join(field.choices);
    if (node.kind != NodeKind::string) return choices;
    const std::string meant = nearest(node.text, field.choices);
    return (meant.empty() ? "" : "did you mean \"" + meant + "\"? ") + choices;
  }
  std::string cure = field.doc + ": " + kind_words(field);
  if (const std::string range = range_words(field); !range.empty()) cure += ", " + range;
  if (!field.fallback.is_null()) {
    cure += ", default " + (field.fallback.is_number() ? number_words(field.fallback.get<double>())
                                                       : field.fallback.dump());
  }
  const bool wants_text = field.kind == Kind::text || field.kind == Kind::file_name;
  if (wants_text && node.place.override_index >= 0 && node.kind == NodeKind::number) {
    cure += "; a string of digits needs its quotes: '\"" + shorten(node.text) + "\"'";
  }
  return cure;
}

}  // namespace

ValueResult check_value(const JsonNode& node, const Field& field) {
  try {
    return {value_of(node, field), "", "", "", node.place};
  } catch (const Wrong& wrong) {
    return {nullptr, wrong.at, wrong.what, cure_of(node, field), wrong.place};
  }
}

}  // namespace pushforward::app
