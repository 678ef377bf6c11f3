// The data of the pictures: tables of doubles, and functions that remove rows that are not finite,
// project to two axes and find limits.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/figures/figure.h"
#include "apps/formats/columns.h"

namespace pushforward::app {

// N points of dimension D. Coordinate d of point i is values[i * cols + d]. `names` are those of the
// columns of a table, or empty, and `kinds` are their kinds, or empty if all are numbers.
struct Points {
  std::vector<double> values;
  std::size_t rows = 0, cols = 0;
  std::vector<std::string> names = {};
  std::vector<TableColumn> kinds = {};

  double at(std::size_t row, std::size_t col) const { return values[row * cols + col]; }
};

// N points followed over T times: values[(k * rows + i) * cols + d] is point i at time t[k]. `t`
// increases; if it is empty the times are evenly spaced in [0, 1].
struct Trajectories {
  std::vector<double> values;
  std::size_t times = 0, rows = 0, cols = 0;
  std::vector<double> t;
  bool jumps = false;  // discrete states: a point does not move between saved times
  std::vector<std::string> names = {};  // the names of the columns, as in Points
};

// Throws [where] unless the number of values matches the shape, and `t`
// matches `times` and increases.
void check_shape(const char* where, const Points& points);
void check_shape(const char* where, const Trajectories& trajectories);

// Returns the points (N, D) at time `t`, which is clamped to [t.front(), t.back()]. They are
// interpolated linearly between the saved times unless `jumps` is true.
Points points_at(const Trajectories& trajectories, double t);

// Returns the rows with only finite values, and adds the number of other rows to `dropped`.
Points finite_rows(const Points& points, std::size_t& dropped);

// A projection of points to one or two axes, y = ((x - origin) / scale) . axes[k],
// with the labels of the axes.
struct Projection {
  std::vector<double> origin, scale;      // (D)
  std::vector<std::vector<double>> axes;  // one or two (D); empty: the coordinates themselves
  std::string x_label, y_label, note;
  bool named = false;  // whether the axes are columns with names, which may have different units

  Points operator()(const Points& points) const;
};

// Returns the coordinates themselves for D <= 2, and otherwise the first two principal axes of the
// finite rows of `points`, with each column divided by its standard deviation. The axes are
// eigenvectors of the correlations, found by orthogonal iteration. The largest component of each is
// positive.
Projection make_projection(const Points& points);

// Returns column `col` of the points.
std::vector<double> column(const Points& points, std::size_t col);

// The limits of a panel and its size. `equal` says whether a unit is as long along x as along y.
struct View {
  Limits x, y;
  double width = 0, height = 0;
  bool equal = true;
};

// Returns a view of two-column point sets in a panel of this width: the union of their
// robust_limits, padded. A unit has the same length on both axes, and the panel is 0.6 to 1.25
// times as high as wide. But each axis has the limits of its own column if one axis spans more than
// three times as much as the other, or if the axes are `named` (columns such as minutes and a
// share). If `square`, the panel is square.
View make_view(std::span<const Points* const> sets, bool named, double width, bool square = false);

// Adds the view's limits and size to a panel.
Panel panel_of(const View& view, const std::string& x_label, const std::string& y_label);

// Returns the limits of the finite values. They extend beyond the 0.1 % and 99.9 % quantiles by at
// most a quarter of the distance between these quantiles, so that a single outlier cannot shrink
// the rest. Fewer than 20 values are all included.
Limits robust_limits(std::vector<double> values);

// Returns a note such as "3 points that are not finite are left out", or "" for none.
std::string dropped_note(std::size_t dropped);

// Joins the non-empty parts with " · ".
std::string joined(std::span<const std::string> parts);

// The radius (page units) and opacity of a dot. dot_for chooses them for `count` dots in a panel of
// the given area: fewer dots are larger and more opaque.
struct Dot {
  double radius = 2, alpha = 1;
};
Dot dot_for(std::size_t count, double area);

// Returns the points of a two-column set as dots.
Dots dots_of(const Points& points, const Dot& dot, const Colour& colour);

// Returns two sets of points in alternating batches, so that neither hides the other.
Dots mixed_dots(const Points& one, const Dot& dot_one, const Colour& colour_one,
                const Points& other, const Dot& dot_other, const Colour& colour_other);

// Returns a quantile of the finite values, or 0 if there are none.
double quantile(std::vector<double> values, double q);

}  // namespace pushforward::app
