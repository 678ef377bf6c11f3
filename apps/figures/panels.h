// Prepares the point sets, paths and times that several figures show.
#pragma once

#include <string>
#include <vector>

#include "apps/figures/data.h"

namespace pushforward::app {

// Samples and data without rows that are not finite, projected to the same one or two axes, with
// the texts of axes and note.
struct ComparedPoints {
  Points samples, data;
  std::string x_label, y_label, note;
  bool named = false;  // whether the axes are columns with names
};

// Makes the points of a comparison. Either set may be empty. Throws [plot] if the shapes do not
// match.
ComparedPoints make_compared_points(const Points& samples, const Points& data);

// Trajectories ready to draw: finite, limited in number, in one or two
// dimensions, with their times.
struct DrawnPaths {
  Trajectories points;  // t is always filled
  double first = 0, last = 1;
  std::string x_label, y_label, note;
  bool named = false;  // whether the axes are columns with names
};

// Returns at most `max_paths` evenly chosen paths whose states are all finite, on the principal
// axes of the end points if D > 2. Throws [plot] if the shape does not match.
DrawnPaths make_drawn_paths(const Trajectories& trajectories, std::size_t max_paths);

// Returns a colour for each point, by its rank along the first axis.
std::vector<Colour> rank_colours(const Points& start, double alpha);

// The times of an animation. It is slow at both ends. It pauses on the first frame, and
// longer on the last.
struct Timing {
  std::vector<double> t;
  std::vector<int> durations;  // milliseconds
};

// Returns `frames` times between the first and the last time of the trajectories.
// Throws [plot] for fewer than 2.
Timing make_timing(const Trajectories& trajectories, std::size_t frames);

// Returns the clock of a frame: "t = 0.42" and "SOURCE to data".
Clock clock_at(const Timing& timing, std::size_t frame, const std::string& source);

// Returns "data (n = 2,000)", "samples (n = 500)" or "overlay" for panels 0, 1, 2.
std::string panel_name(std::size_t panel, std::size_t data, std::size_t samples);

}  // namespace pushforward::app
