// What the pictures are drawn from: tables of doubles,
// made finite, cut to two axes, with their limits.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/draw/axes.h"

namespace pushforward::app {

// N points of dimension D, row by row: values[i * cols + d].
struct Points {
  std::vector<double> values;
  std::size_t rows = 0, cols = 0;

  double at(std::size_t row, std::size_t col) const { return values[row * cols + col]; }
};

// N points followed over T times: values[(k * rows + i) * cols + d] is point i at time t[k].
// Without `t` the times are evenly spread over [0, 1]; `t` increases.
struct Trajectories {
  std::vector<double> values;
  std::size_t times = 0, rows = 0, cols = 0;
  std::vector<double> t;
  bool jumps = false;  // between saved times a point stays where it was: discrete states
};

// Throws [where] unless values.size() == rows * cols (times rows * cols), t fits and increases.
void check_shape(const char* where, const Points& points);
void check_shape(const char* where, const Trajectories& trajectories);

// The points at time `t` in [t.front(), t.back()] (clamped),
// linear between the saved times unless they jump. (N, D)
Points points_at(const Trajectories& trajectories, double t);

// The rows whose every value is finite; `dropped` grows by the number of others.
Points finite_rows(const Points& points, std::size_t& dropped);

// Two (or fewer) axes through the points: y = (x -
// origin) . axes[k]. What the labels of the axes say.
struct Projection {
  std::vector<double> origin;             // (D)
  std::vector<std::vector<double>> axes;  // 1 or 2 of (D); empty: the coordinates themselves
  std::string x_label, y_label, note;

  Points operator()(const Points& points) const;
};

// The coordinates themselves for D <= 2, else the first two principal
// axes of the finite rows of `points` (eigenvectors of the covariance
// by orthogonal iteration; of each, the largest component is positive).
Projection make_projection(const Points& points);

// Column `col` of the points.
std::vector<double> column(const Points& points, std::size_t col);

// Common limits of two-column point sets, padded, with robust_limits for each set.
struct ViewLimits {
  Limits x, y;
};
ViewLimits common_view(std::span<const Points* const> sets);

// The height of a `width` wide panel that shows the view with equal aspect, between 0.6 and 1.25
// times the width; of columns without a unit in common 0.8 times.
double fitting_height(const ViewLimits& view, double width);

// The limits of the finite `values`, but beyond their 0.1 % and 99.9 %
// quantiles at most a quarter of the distance between these, so that one
// stray point cannot shrink the rest. Fewer than 20 values are all shown.
Limits robust_limits(std::vector<double> values);

// "3 points that are not finite are left out", "" for none.
std::string dropped_note(std::size_t dropped);

// Parts joined by " · ", the empty ones left out.
std::string joined(std::span<const std::string> parts);

// Opacity and radius of a dot (page units) in a panel of the given area with `count` of them: fewer
// points are larger and more opaque.
struct Dot {
  double radius = 2, alpha = 1;
};
Dot dot_for(std::size_t count, double area);

// The points of a two-column set as discs inside the axes' box. Many become one raster layer; so
// that neither of two sets hides the other, see draw_mixed.
void draw_points(Canvas& canvas, const Axes& axes, const Points& points, const Dot& dot,
                 const Colour& colour);

// Two sets of points in alternating batches, each with its own dot.
void draw_mixed(Canvas& canvas, const Axes& axes, const Points& one, const Dot& dot_one,
                const Colour& colour_one, const Points& other, const Dot& dot_other,
                const Colour& colour_other);

}  // namespace pushforward::app
