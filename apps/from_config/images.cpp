#include "apps/from_config/images.h"

namespace pushforward::app {

std::optional<ImageShape> image_shape(const Config& config) {
  // Wrappers only change the units, and pictures use the units of the innermost data set.
  const Json* data = &config.section("/data").json();
  while (data->contains("of")) data = &data->at("of");
  if (data->at("type") != "digits") return std::nullopt;
  return ImageShape{.height = 8, .width = 8, .low = 0, .high = 16};
}

}  // namespace pushforward::app
