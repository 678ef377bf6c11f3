// Decides which data sets are images.
#pragma once

#include <cstddef>
#include <optional>

#include "apps/config/config.h"

namespace pushforward::app {

// The shape of images in a table: a row has height * width grey levels, from
// `low` (paper) to `high` (ink).
struct ImageRows {
  std::size_t height, width;
  double low, high;
};

// Returns the shape of the config's data if its rows are images: the digits, with grey levels in
// the units of the data. Returns nothing for other data, or if `affine` scales pixels differently.
std::optional<ImageRows> image_rows(const Config& config);

}  // namespace pushforward::app
