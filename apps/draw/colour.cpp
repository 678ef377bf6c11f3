// The colour scales interpolate linearly in short tables of control points.
#include "apps/draw/colour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace pushforward::app {
namespace {

constexpr Colour hex(unsigned rgb) {
  return {double(rgb >> 16 & 255) / 255, double(rgb >> 8 & 255) / 255, double(rgb & 255) / 255};
}

constexpr std::array categories{hex(0x0072B2), hex(0xD55E00), hex(0x009E73), hex(0xCC79A7),
                                hex(0x56B4E9), hex(0xE69F00), hex(0xF0E442), hex(0x000000)};
constexpr std::array sequential{hex(0xFFFFFF), hex(0xE3F2D4), hex(0xB4DFC0), hex(0x76C3BE),
                                hex(0x3E9DBA), hex(0x2B72A8), hex(0x2A4789), hex(0x1B1D52)};
constexpr std::array speed{hex(0x1D1470), hex(0x4C129B), hex(0x7E1FA0), hex(0xAE3290),
                           hex(0xD2506F), hex(0xEB764A), hex(0xF29F2C)};
constexpr std::array diverging{hex(0x1F4E79), hex(0x3F83B8), hex(0x9CC4DE), hex(0xF5F4F0),
                               hex(0xF3C08A), hex(0xDD8232), hex(0x8F4A0B)};

Colour between_colours(std::span<const Colour> table, double where) {
  if (std::isnan(where)) return colours::frame;
  const double place = std::clamp(where, 0.0, 1.0) * double(table.size() - 1);
  const std::size_t low = std::min(std::size_t(place), table.size() - 2);
  const double part = place - double(low);
  const Colour &a = table[low], &b = table[low + 1];
  return {a.red + part * (b.red - a.red), a.green + part * (b.green - a.green),
          a.blue + part * (b.blue - a.blue)};
}

}  // namespace

std::uint32_t packed(const Colour& colour) {
  const auto byte = [](double part) {
    return std::uint32_t(std::lround(std::clamp(part, 0.0, 1.0) * 255));
  };
  return byte(colour.red) << 16 | byte(colour.green) << 8 | byte(colour.blue);
}

Colour category_colour(std::size_t index) { return categories[index % categories.size()]; }
Colour sequential_colour(double where) { return between_colours(sequential, where); }
Colour speed_colour(double where) { return between_colours(speed, where); }
Colour diverging_colour(double where) { return between_colours(diverging, (where + 1) / 2); }

}  // namespace pushforward::app
