// Checks one value of a config against its row of the table: its kind, range and choices.
#pragma once

#include <string>

#include "apps/config/table.h"
#include "apps/json/document.h"

namespace pushforward::app {

// The checked value, or a description of its fault. The message is the value's path, then `at`,
// then `wrong`.
struct ValueResult {
  Json value;
  std::string at;  // the path of a wrong array element, such as "/1"; else ""
  std::string wrong, cure;
  Place place;  // the place of the value or of its wrong element
};

// Checks the value `node` of the config against the row `field` of the table, which is of any kind
// except FieldKind::section.
ValueResult check_value(const JsonNode& node, const ConfigField& field);

// The patterns of FieldKind::file_name and FieldKind::text, as regular expressions for JSON Schema.
inline constexpr const char* file_name_pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?![\\s\\S])";
inline constexpr const char* text_pattern = "^[^\\u0000]+$";
inline constexpr const char* empty_or_text_pattern = "^[^\\u0000]*$";

}  // namespace pushforward::app
