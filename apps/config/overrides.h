// Changes to a config from the command line: `a.b=value` sets a key, `~a.b`
// resets it to its default.
#pragma once

#include <string>
#include <vector>

#include "apps/config/check.h"
#include "apps/json/document.h"

namespace pushforward::app {

// Applies the overrides to the tree of the config in order. A value is read as JSON, or as a string
// if it is not JSON. Missing objects along the path are created. Setting or removing a section's
// `type` also removes the keys that the new type does not have, since they were meant for the old
// one. The place of a value becomes the override that set it, so later messages name the override.
// If an override cannot be applied, a fault is added to `faults`.
void apply_overrides(JsonNode& root, const std::vector<std::string>& overrides,
                     ConfigFaults& faults);

}  // namespace pushforward::app
