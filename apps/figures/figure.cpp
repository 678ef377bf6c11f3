// Implements colour scales and notes.
#include "apps/figures/figure.h"

#include <algorithm>
#include <cmath>

namespace pushforward::app {

const char* name_of(ColourScale scale) {
  switch (scale) {
    case ColourScale::sequential: return "sequential";
    case ColourScale::root: return "root";
    case ColourScale::speed: return "speed";
    case ColourScale::diverging: return "diverging";
    case ColourScale::grey: return "grey";
  }
  return "";
}

Colour colour_on(ColourScale scale, double part) {
  switch (scale) {
    case ColourScale::sequential: return sequential_colour(part);
    case ColourScale::root: return sequential_colour(std::sqrt(part));
    case ColourScale::speed: return speed_colour(part);
    case ColourScale::diverging: return diverging_colour(2 * part - 1);
    case ColourScale::grey: break;
  }
  const double ink = std::clamp(part, 0.0, 1.0);
  return {1 - 0.93 * ink, 1 - 0.92 * ink, 1 - 0.84 * ink};
}

Figure& Figure::note(const std::string& words) {
  if (!words.empty()) notes.push_back(words);
  return *this;
}

}  // namespace pushforward::app
