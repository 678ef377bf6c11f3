// Moving pictures: frames drawn by one function, and their animated WebP file.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "apps/draw/canvas.h"

namespace pushforward::app {

// Frames of one size. `draw` draws frame k of
// durations.size(), shown for durations[k] milliseconds.
struct Animation {
  double width = 0, height = 0;  // page units
  std::vector<int> durations;
  std::function<void(Canvas&, std::size_t)> draw;
  bool exact = false;  // of text: coded without loss, which is smaller, too
};

// Frame `index` of the animation as a still.
Picture frame(const Animation& animation, std::size_t index);

// The animation as the bytes of an animated WebP file that repeats for ever,
// `scale` pixels to a page unit. `quality`, 0 to 100, is that of WebP's lossy
// coding; 60 frames of points take about half a megabyte at the default.
std::string webp(const Animation& animation, double scale = 1.25, float quality = 78);

}  // namespace pushforward::app
