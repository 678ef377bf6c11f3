// Decides which data sets are images, and how they are drawn.
#pragma once

#include <optional>

#include "apps/config/config.h"
#include "apps/figures/figures.h"

namespace pushforward::app {

// Returns the shape and grey levels of the config's data if they are images (the digits, in their
// own units), else nothing.
std::optional<ImageShape> image_shape(const Config& config);

}  // namespace pushforward::app
