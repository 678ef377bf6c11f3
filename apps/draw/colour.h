// Colours that colour-blind readers can distinguish: categories, and a sequential, a
// speed and a diverging scale.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pushforward::app {

// Red, green, blue and opacity, each in [0, 1], in sRGB.
struct Colour {
  double red = 0, green = 0, blue = 0, alpha = 1;

  // Returns this colour with opacity `value`.
  Colour faded(double value) const { return {red, green, blue, value}; }
  bool operator==(const Colour&) const = default;
};

// The colours of the page and of the roles noise, data and samples in all pictures.
namespace colours {
inline constexpr Colour paper{1, 1, 1};
inline constexpr Colour panel{0.985, 0.985, 0.98};
inline constexpr Colour ink{0.13, 0.14, 0.17};
inline constexpr Colour quiet{0.40, 0.42, 0.46};
inline constexpr Colour grid{0.89, 0.895, 0.905};
inline constexpr Colour frame{0.70, 0.71, 0.73};
inline constexpr Colour noise{0.52, 0.54, 0.58};
inline constexpr Colour data{0.0, 0.447, 0.698};
inline constexpr Colour samples{0.835, 0.369, 0.0};
inline constexpr Colour mask{0.66, 0.83, 0.94};  // masked pixels
}  // namespace colours

// Returns the colour as 0xRRGGBB, without its opacity.
std::uint32_t packed(const Colour& colour);

// Returns one of the eight category colours of Okabe and Ito, "Color Universal Design" (2008);
// `index` wraps around.
Colour category_colour(std::size_t index);

// Returns a colour of the scale from white over green to dark blue, for densities. Its lightness
// falls evenly. `where` is in [0, 1] (clamped); NaN is grey.
Colour sequential_colour(double where);

// Returns a colour of the scale from dark violet over magenta to amber, for lines and arrows. Every
// colour is readable on white. `where` is in [0, 1].
Colour speed_colour(double where);

// Returns a colour of the scale from blue over near-white to orange, for signed values. `where` is
// in [-1, 1].
Colour diverging_colour(double where);

}  // namespace pushforward::app
