// Which data sets are on a manifold.
#pragma once

#include <string_view>

#include "apps/config/config.h"

namespace pushforward::app {

// Returns whether the data set of this type is on a manifold.
bool is_manifold_data(std::string_view type);

// Returns whether the run with this config learns a flow on a manifold.
bool on_manifold(const Section& config);

}  // namespace pushforward::app
