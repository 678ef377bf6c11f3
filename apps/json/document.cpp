#include "apps/json/document.h"

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "apps/formats/stored_text.h"
#include "apps/json/faults.h"
#include "nn/checkpoint/utf8.h"

namespace pushforward::app {
namespace {

// Builds the tree from nlohmann's events. Each event is one token of the text, so a scanner that
// advances with the parser gives the place of each event.
class TreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  TreeBuilder(std::string_view text, JsonDocument& document)
      : text_(text), scanner_(text), document_(document) {}

  bool null() { return add(JsonNode::Kind::null) != nullptr; }
  bool boolean(bool value) {
    JsonNode* node = add(JsonNode::Kind::boolean);
    if (node) node->boolean = value;
    return node != nullptr;
  }
  bool number_integer(number_integer_t value) {
    return number(static_cast<double>(value), value >= -(1LL << 53));
  }
  bool number_unsigned(number_unsigned_t value) {
    return number(static_cast<double>(value), value <= 1ULL << 53);
  }
  // nlohmann's parser also passes integers of more than 64 bits to this function.
  bool number_float(number_float_t value, const string_t& text) {
    return number(value, text.find_first_of(".eE") != string_t::npos);
  }
  bool string(string_t& value) {
    JsonNode* node = add(JsonNode::Kind::string);
    if (node) node->text = std::move(value);
    return node != nullptr;
  }
  bool binary(binary_t&) { return refuse("binary data", "a config holds text only"); }

  bool start_object(std::size_t) { return open(JsonNode::Kind::object); }
  bool start_array(std::size_t) { return open(JsonNode::Kind::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(string_t& name) {
    const JsonToken token = scanner_.next_event();
    key_place_ = token.place;
    key_ = std::move(name);
    Level& level = levels_.back();
    const auto [first, fresh] = level.keys.emplace(key_, key_place_);
    level.drop = !fresh;
    if (!fresh) {
      document_.faults.push_back({key_place_, "duplicate key \"" + shorten(key_) + "\"",
                                  "the key is already at " + std::to_string(first->second.line) +
                                      ":" + std::to_string(first->second.column) +
                                      "; keep one of the two"});
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) {
    fault_ = syntax_fault(text_, position == 0 ? 0 : position - 1, error.what());
    return false;
  }

  // The fault that stopped the parser, if it stopped.
  JsonFault fault_;

 private:
  struct Level {
    JsonNode* node;  // nullptr inside the value of a duplicate key, which is dropped
    std::unordered_map<std::string, Place> keys;
    bool drop = false;  // the next value belongs to a duplicate key
  };

  bool refuse(std::string what, std::string cure) {
    fault_ = {place_, std::move(what), std::move(cure)};
    return false;
  }

  // Appends a node to the open object or array. Returns nullptr if the document then exceeds a
  // limit of document.h.
  JsonNode* add(JsonNode::Kind kind) {
    const JsonToken token = scanner_.next_event();
    place_ = token.place;
    token_ = scanner_.text(token);
    if (++values_ > max_json_values) {
      refuse("more than " + std::to_string(max_json_values) + " values",
             "put data into an NPY or CSV file");
      return nullptr;
    }
    JsonNode* node = &document_.root;
    if (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.node == nullptr || level.drop) {
        dropped_ = JsonNode{};
        node = &dropped_;
      } else {
        node = &level.node->items.emplace_back();
        if (level.node->kind == JsonNode::Kind::object) {
          node->key = std::move(key_);
          node->key_place = key_place_;
        }
      }
    }
    node->kind = kind;
    node->place = place_;
    return node;
  }

  bool number(double value, bool exact) {
    JsonNode* node = add(JsonNode::Kind::number);
    if (!node) return false;
    node->number = value;
    node->exact = exact;
    node->text = token_;
    return true;
  }

  bool open(JsonNode::Kind kind) {
    JsonNode* node = add(kind);
    if (!node) return false;
    if (levels_.size() == static_cast<std::size_t>(max_json_depth)) {
      return refuse("nested more than " + std::to_string(max_json_depth) + " deep",
                    "check that this is the right file: a config needs only a few levels");
    }
    levels_.push_back({node == &dropped_ ? nullptr : node, {}, false});
    return true;
  }

  bool close() {
    scanner_.next_event();
    levels_.pop_back();
    return true;
  }

  std::string_view text_;
  JsonScanner scanner_;
  JsonDocument& document_;
  std::vector<Level>
      levels_;  // pointers stay valid: a parent only grows when its children are complete
  JsonNode dropped_;
  std::string key_;
  Place key_place_, place_;
  std::string_view token_;
  std::size_t values_ = 0;
};

template <class Node>
Node* find_member(Node& node, std::string_view name) {
  if (node.kind != JsonNode::Kind::object) return nullptr;
  for (auto& item : node.items) {
    if (item.key == name) return &item;
  }
  return nullptr;
}

}  // namespace

const JsonNode* JsonNode::find(std::string_view name) const { return find_member(*this, name); }
JsonNode* JsonNode::find(std::string_view name) { return find_member(*this, name); }

JsonDocument parse_json(std::string_view text, Comments comments) {
  if (text.size() > max_json_bytes) {
    throw JsonSyntax{{{1, 1, -1},
                      "the file has " + std::to_string(text.size()) + " bytes, but at most " +
                          std::to_string(max_json_bytes) + " are allowed",
                      "put data into an NPY or CSV file and name it in the config"}};
  }
  if (is_utf16(text))
    throw JsonSyntax{{{1, 1}, "the file is UTF-16 text", "convert it: iconv -f utf-16 -t utf-8"}};
  // nlohmann treats a zero byte as the end of the text and would ignore the rest.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    throw JsonSyntax{
        {find_place(text, zero), "a zero byte", "give a text file: a config is UTF-8 text"}};
  }
  if (const auto at = not_utf8_at(text))
    throw JsonSyntax{{find_place(text, *at),
                      "a byte that is not UTF-8, so the file is probably Latin-1 (Windows-1252)",
                      "convert it: iconv -f cp1252 -t utf-8"}};
  JsonDocument document;
  TreeBuilder builder(text, document);
  const bool ok = nlohmann::json::sax_parse(text.begin(), text.end(), &builder,
                                            nlohmann::json::input_format_t::json, true,
                                            comments == Comments::allowed);
  if (!ok) throw JsonSyntax{builder.fault_};
  return document;
}

std::string describe(const JsonNode& node) {
  switch (node.kind) {
    case JsonNode::Kind::null: return "null";
    case JsonNode::Kind::boolean: return node.boolean ? "true" : "false";
    case JsonNode::Kind::number: return shorten(node.text);
    case JsonNode::Kind::string: return '"' + shorten(node.text) + '"';
    case JsonNode::Kind::array: return "an array";
    case JsonNode::Kind::object: return "an object";
  }
  return "";
}

}  // namespace pushforward::app
