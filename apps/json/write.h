// Writes JSON for people: one key per line; an array without objects stays on one line.
#pragma once

#include <string>

#include "apps/json/json.h"

namespace pushforward::app {

// Returns the text of `value`, indented by two spaces per level and ending in a line break. Parsing
// the text gives numbers with the same bits.
std::string write_json(const Json& value);

}  // namespace pushforward::app
