// The losses that train a flow map, a network of two times.
#pragma once

#include <string_view>

#include "apps/config/config.h"

namespace pushforward::app {

// Returns whether the loss of this type trains a flow map.
bool is_map_loss(std::string_view type);

// Returns whether a run with this config has a flow map.
bool learns_map(const Section& config);

}  // namespace pushforward::app
