#include "apps/from_config/images.h"

#include "apps/config/data_types.h"

namespace pushforward::app {

std::optional<ImageRows> image_rows(const Config& config) {
  // Wrappers only change the units, and pictures use the units of the innermost data set.
  if (innermost(config.section("/data").json()).at("type") != "digits") return std::nullopt;
  return ImageRows{.height = 8, .width = 8, .low = 0, .high = 16};
}

}  // namespace pushforward::app
