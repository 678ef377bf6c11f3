// Checks one value of a config against its row of the
// table: kind, range, choices, and what to write instead.
#pragma once

#include <string>

#include "apps/config/table.h"
#include "apps/json/document.h"

namespace pushforward::app {

// The value, or what is wrong with it: `wrong` continues a sentence that begins with the path.
struct ValueResult {
  Json value;
  std::string at;  // the element of an array that is wrong, "/1"; else ""
  std::string wrong, cure;
  Place place;  // of what is wrong: the value itself, or one of its elements
};

// Any kind but Kind::section.
ValueResult check_value(const JsonNode& node, const ConfigField& field);

// The pattern of Kind::file_name and of Kind::text, as a regular expression of JSON Schema.
inline constexpr const char* file_name_pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?![\\s\\S])";
inline constexpr const char* text_pattern = "^[^\\u0000]+$";
inline constexpr const char* empty_or_text_pattern = "^[^\\u0000]*$";

}  // namespace pushforward::app
