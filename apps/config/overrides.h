// Changes to a config from the command line: `a.b=value` sets a key, `~a.b`
// resets it to its default.
#pragma once

#include <string>
#include <vector>

#include "apps/config/check.h"
#include "apps/json/document.h"

namespace pushforward::app {

// Applies the overrides to the tree in order. A value is read as JSON, or as a string if it is not
// JSON. Missing objects along the path are created. Setting or removing a section's `type` also
// removes the keys that the new alternative does not have, since they were meant for the old one.
// The place of a value is the override that set it, so later messages name the override. An
// override that cannot be applied is added to `faults`.
void apply_overrides(JsonNode& root, const std::vector<std::string>& overrides,
                     ConfigFaults& faults);

}  // namespace pushforward::app
