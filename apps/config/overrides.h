// Changes to a config from the command line: `a.b=value`
// sets a key, `~a.b` removes it, back to its default.
#pragma once

#include <string>
#include <vector>

#include "apps/config/check.h"
#include "apps/json/document.h"

namespace pushforward::app {

// Applies the overrides to the tree, one after the other. A value is read as JSON, else as a
// string. Objects on the way that are missing are made. Setting or removing a section's `type` also
// removes the keys that the new alternative does not have: they were written for the old one.
// Whatever an override puts into the tree has the override as its place, so later faults name it.
// What cannot be applied goes to `faults`.
void apply_overrides(JsonNode& root, const std::vector<std::string>& overrides,
                     ConfigFaults& faults);

}  // namespace pushforward::app
