// A strict JSON reader: a small tree that keeps, for
// every value and key, the place where it was written.
//
// It stands on nlohmann's parser and refuses what that accepts in silence:
// duplicate keys, deep nesting, zero bytes, huge files. Comments are read
// as blanks; trailing commas and text after the document are errors.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/json/scan.h"

namespace pushforward::app {

// Limits of a document: bytes, nesting, and values in all.
inline constexpr std::size_t max_json_bytes = std::size_t{16} << 20;
inline constexpr int max_json_depth = 64;
inline constexpr std::size_t max_json_values = 1'000'000;

// One value with its place. Numbers keep their text, so a message shows what was written.
struct JsonNode {
  enum class Kind { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  Place place;           // of the value
  Place key_place;       // of its key, inside an object
  std::string key;       // inside an object
  bool boolean = false;  // kind boolean
  double number = 0;     // kind number
  bool exact = true;     // kind number: false for integers beyond 2^53, which a double may round
  std::string text;      // kind string: the string; kind number: as it was written
  std::vector<JsonNode> items;  // kinds array and object, in the order written

  // The member named `name` of an object, or nullptr.
  const JsonNode* find(std::string_view name) const;
  JsonNode* find(std::string_view name);
};

// One fault of an input: where, what, and what to do about it.
struct JsonFault {
  Place place;
  std::string what;
  std::string cure;  // may be empty; further lines of the message
};

// A parsed text. `faults` holds the duplicate keys,
// each once; the first of the pair is the one kept.
struct JsonDocument {
  JsonNode root;
  std::vector<JsonFault> faults;
};

enum class Comments { allowed, refused };

// Parses `text`. Throws JsonSyntax at the first fault of grammar, limit or encoding.
JsonDocument parse_json(std::string_view text, Comments comments = Comments::allowed);

// Thrown by parse_json.
struct JsonSyntax {
  JsonFault fault;
};

// A value as a message shows it: scalars as written, cut
// to 40 characters, arrays and objects by their kind.
std::string describe(const JsonNode& node);

}  // namespace pushforward::app
