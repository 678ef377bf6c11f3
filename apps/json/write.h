// Writes JSON for people: one key a line, arrays without objects on one line.
#pragma once

#include <string>

#include "apps/json/json.h"

namespace pushforward::app {

// The text of `value`, two blanks a level, ending in
// a line break. Numbers read back to the same bits.
std::string write_json(const Json& value);

}  // namespace pushforward::app
