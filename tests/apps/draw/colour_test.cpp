// Tests the colours: categories are the published ones, scales are monotonic in lightness, and text
// is readable on white.
#include "apps/draw/colour.h"

#include <cmath>
#include <limits>

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Returns the relative luminance of an sRGB colour (WCAG 2.1).
double luminance(const Colour& colour) {
  const auto linear = [](double c) {
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

}  // namespace

TEST_CASE("categories are Okabe and Ito's and wrap around") {
  const std::uint32_t published[] = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7,
                                     0x56B4E9, 0xE69F00, 0xF0E442, 0x000000};
  for (std::size_t i = 0; i < 16; ++i) CHECK(packed(category_colour(i)) == published[i % 8]);
}

TEST_CASE(
    "scales rise or fall in lightness throughout, so that they read in grey and for every eye") {
  for (int i = 0; i < 100; ++i) {
    const double a = i / 100.0, b = (i + 1) / 100.0;
    CHECK(luminance(sequential_colour(b)) < luminance(sequential_colour(a)));
    CHECK(luminance(speed_colour(b)) > luminance(speed_colour(a)));
    CHECK(luminance(diverging_colour(b)) < luminance(diverging_colour(a)));
    CHECK(luminance(diverging_colour(-b)) < luminance(diverging_colour(-a)));
  }
  CHECK(packed(sequential_colour(0)) == 0xFFFFFF);
}

TEST_CASE("speed colours stand out on white") {
  for (int i = 0; i <= 20; ++i) CHECK(1.05 / (luminance(speed_colour(i / 20.0)) + 0.05) > 2.0);
}

TEST_CASE("scales clamp, and a value that is none is grey") {
  CHECK(sequential_colour(-3) == sequential_colour(0));
  CHECK(sequential_colour(7) == sequential_colour(1));
  CHECK(diverging_colour(-9) == diverging_colour(-1));
  CHECK(speed_colour(std::numeric_limits<double>::quiet_NaN()) == colours::frame);
}

TEST_CASE("colours pack to bytes") {
  CHECK(packed({1, 0.5, 0}) == 0xFF8000);
  CHECK(packed({2, -1, 0}) == 0xFF0000);
}
