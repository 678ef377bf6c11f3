// Lays out the panels of figures in a row, and prepares the point sets and paths that they show.
#pragma once

#include <string>

#include "apps/figures/data.h"

namespace pushforward::app {

// Space around and between the panels of a row, in page units.
struct Margins {
  double left = 62, right = 18, top = 66, bottom = 48, gap = 22;
};

// `count` panels of one size side by side, and the size of their page. The page has a line for
// `note` unless it is empty.
struct Row {
  double width = 0, height = 0;
  Box first;
  double gap = 0;

  Box panel(std::size_t index) const;
};
Row make_row(std::size_t count, double panel_width, double panel_height, const Margins& margins,
             const std::string& note);

// Samples and data without rows that are not finite, projected to the same one or two axes, with
// the texts of axes and note.
struct ComparedPoints {
  Points samples, data;
  std::string x_label, y_label, note;
};

// Throws [plot] if the shapes do not match. Either set may be empty.
ComparedPoints make_compared_points(const Points& samples, const Points& data);

// Trajectories ready to draw: finite, limited in number, in one or two
// dimensions, with their times.
struct DrawnPaths {
  Trajectories points;  // t is always filled
  double first = 0, last = 1;
  std::string x_label, y_label, note;
};

// Returns at most `max_paths` evenly chosen paths whose states are all finite, on the principal
// axes of the end points if D > 2. Throws [plot] if the shape does not match.
DrawnPaths make_drawn_paths(const Trajectories& trajectories, std::size_t max_paths);

// The times of an animation. It is slow at both ends. It pauses on the first frame, and
// longer on the last.
struct Timing {
  std::vector<double> t;
  std::vector<int> durations;  // milliseconds
};

// Returns `frames` times between the first and the last time of the trajectories.
// Throws [plot] for fewer than 2.
Timing make_timing(const Trajectories& trajectories, std::size_t frames);

// Draws "t = 0.42" over a bar that fills from the first to the last frame.
void draw_clock(Canvas& canvas, const Box& bar, const Timing& timing, std::size_t frame);

// Returns "data (n = 2,000)", "samples (n = 500)" or "overlay" for panels 0, 1, 2.
std::string panel_name(std::size_t panel, std::size_t data, std::size_t samples);

}  // namespace pushforward::app
