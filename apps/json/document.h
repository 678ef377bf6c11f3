// A strict JSON reader. Its tree stores the place of every value and key in the text.
//
// It uses nlohmann's parser. It refuses some texts that this parser accepts: those with duplicate
// keys, deep nesting, zero bytes or more than 16 MiB. Comments are skipped. Trailing commas and
// text after the document are errors.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/json/scan.h"

namespace pushforward::app {

// Limits of a document: its bytes, its levels of nesting and its number of values.
inline constexpr std::size_t max_json_bytes = std::size_t{16} << 20;
inline constexpr int max_json_depth = 64;
inline constexpr std::size_t max_json_values = 1'000'000;

// One value of a JSON text and its place (line and column) there. Numbers keep their text, so that
// messages can show it unchanged.
struct JsonNode {
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  Place place;           // the place of the value
  Place key_place;       // the place of its key, if it is in an object
  std::string key;       // its key, if it is in an object
  bool boolean = false;  // kind boolean
  double number = 0;     // kind number
  bool exact = true;     // kind number: false for integers beyond 2^53, which a double may round
  std::string text;      // kind string: the string; kind number: as it was written
  std::vector<JsonNode> items;  // kinds array and object, in the order written

  // Returns the member `name` of an object, or nullptr.
  const JsonNode* find(std::string_view name) const;
  JsonNode* find(std::string_view name);
};

// One fault of an input: its place, what is wrong, and the cure.
struct JsonFault {
  Place place;
  std::string what;
  std::string cure;  // further lines of the message; may be empty
};

// A parsed text. `faults` lists the duplicate keys. The tree keeps the first value of each of them.
struct JsonDocument {
  JsonNode root;
  std::vector<JsonFault> faults;
};

enum class Comments { allowed, refused };

// Parses `text`. Throws JsonSyntax at the first error of syntax or encoding,
// or if a limit is exceeded.
JsonDocument parse_json(std::string_view text, Comments comments = Comments::allowed);

// Thrown by parse_json.
struct JsonSyntax {
  JsonFault fault;
};

// Describes a value for a message: a scalar as written, cut to 40 characters; "an array"
// or "an object" otherwise.
std::string describe(const JsonNode& node);

}  // namespace pushforward::app
