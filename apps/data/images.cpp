#include "apps/data/images.h"

#include "apps/config/data_types.h"

namespace pushforward::app {
namespace {

// Converts the grey levels of the innermost data set to those of `data`. Only `affine` sections
// change them. Returns whether all pixels still have the same lowest and highest level.
bool in_units_of(const Json& data, ImageRows& rows) {
  if (!data.contains("of")) return true;
  if (!in_units_of(data.at("of"), rows)) return false;
  if (data.at("type") != "affine") return true;
  const auto number = [&data](const char* key, double& to) {
    const Json& value = data.at(key);
    if (value.is_array())
      for (const Json& one : value)
        if (one.get<double>() != value.front().get<double>()) return false;
    to = (value.is_array() ? value.front() : value).get<double>();
    return true;
  };
  double scale = 1, shift = 0;
  if (!number("scale", scale) || !number("shift", shift)) return false;
  rows.low = scale * rows.low + shift;
  rows.high = scale * rows.high + shift;
  return true;
}

}  // namespace

std::optional<ImageRows> image_rows(const Config& config) {
  const Json& data = config.section("/data").json();
  if (innermost(data).at("type") != "digits") return std::nullopt;
  ImageRows rows{.height = 8, .width = 8, .low = 0, .high = 16};
  return in_units_of(data, rows) ? std::optional(rows) : std::nullopt;
}

}  // namespace pushforward::app
