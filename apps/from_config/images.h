// Which data are images.
#pragma once

#include <cstddef>
#include <optional>

#include "apps/config/config.h"

namespace pushforward::app {

// How the columns of rows are pixels: height by width grey levels, from `low`, paper, to `high`, ink.
struct ImageRows {
  std::size_t height, width;
  double low, high;
};

// Those of the config's data where its rows are images (the digits, in their own units).
std::optional<ImageRows> image_rows(const Config& config);

}  // namespace pushforward::app
