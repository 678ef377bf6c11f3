// How figures lay out their panels in a row, and the two point sets that most of them compare.
#pragma once

#include <string>

#include "apps/figures/data.h"

namespace pushforward::app {

// Space around and between the panels of a row, in page units.
struct Margins {
  double left = 62, right = 18, top = 66, bottom = 48, gap = 22;
};

// `count` panels of one size side by side, and the page
// they need, with a line for `note` unless it is empty.
struct Row {
  double width = 0, height = 0;
  Box first;
  double gap = 0;

  Box panel(std::size_t index) const;
};
Row make_row(std::size_t count, double panel_width, double panel_height, const Margins& margins,
             const std::string& note);

// Samples and data, finite and projected to the same
// one or two axes, with the words for axes and note.
struct ComparedPoints {
  Points samples, data;
  std::string x_label, y_label, note;
};

// Throws [plot] where the shapes do not fit each other. Either may be empty.
ComparedPoints make_compared_points(const Points& samples, const Points& data);

// Trajectories made ready to draw: finite, at most so
// many, in one or two dimensions, with their times.
struct DrawnPaths {
  Trajectories points;  // t is always filled
  double first = 0, last = 1;
  std::string x_label, y_label, note;
};

// The paths of which every state is finite, `max_paths` of them evenly chosen, on the principal
// axes of the end points where D > 2. Throws [plot] where the shape does not fit.
DrawnPaths make_drawn_paths(const Trajectories& trajectories, std::size_t max_paths);

// The moments of an animation: slow at both ends, resting on the first and longer on the last.
struct Timing {
  std::vector<double> t;
  std::vector<int> durations;  // milliseconds
};

// `frames` (at least 2) moments between the first and the
// last time of the trajectories; throws [plot] for fewer.
Timing make_timing(const Trajectories& trajectories, std::size_t frames);

// "t = 0.42" over a bar that fills from the first to the last moment.
void draw_clock(Canvas& canvas, const Box& bar, const Timing& timing, std::size_t frame);

// "data (n = 2,000)", "samples (n = 500)", "overlay" for panels 0, 1, 2.
std::string panel_name(std::size_t panel, std::size_t data, std::size_t samples);

}  // namespace pushforward::app
