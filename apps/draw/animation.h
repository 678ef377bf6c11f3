// Animations: frames drawn by one function, and their animated WebP file.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "apps/draw/canvas.h"

namespace pushforward::app {

// Frames of one size. `draw` draws frame k of durations.size(); it is shown
// for durations[k] milliseconds.
struct Animation {
  double width = 0, height = 0;  // page units
  std::vector<int> durations;
  std::function<void(Canvas&, std::size_t)> draw;
  bool exact = false;  // lossless coding, which makes text sharper and its file smaller
};

// Returns frame `index` as a picture.
Picture frame(const Animation& animation, std::size_t index);

// Returns the bytes of an animated WebP file that repeats for ever, with `scale` pixels per page
// unit. `quality`, 0 to 100, is for WebP's lossy coding. 60 frames of points take about half
// a megabyte at the default.
std::string webp(const Animation& animation, double scale = 1.25, float quality = 78);

// Returns the version of the library that writes animations.
std::string webp_version();

}  // namespace pushforward::app
