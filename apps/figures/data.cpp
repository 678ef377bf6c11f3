// Implements what the figures share: checks of array shapes, projections of points to two axes, the
// limits of the axes, and the dots that show points.
#include "apps/figures/data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// Divides v by its length. Returns false if the length is 0.
bool normalise(std::vector<double>& v) {
  const double length = std::sqrt(dot(v, v));
  if (!(length > 0)) return false;
  for (double& x : v) x /= length;
  return true;
}

// Returns the first two eigenvectors of a symmetric D x D matrix.
std::vector<std::vector<double>> leading_two(const std::vector<double>& matrix, std::size_t D) {
  std::vector<std::vector<double>> axes(2, std::vector<double>(D));
  for (std::size_t d = 0; d < D; ++d) {
    axes[0][d] = 1 + 0.01 * std::sin(double(d));
    axes[1][d] = std::cos(1.7 * double(d));
  }
  for (int sweep = 0; sweep < 200; ++sweep) {
    for (std::size_t k = 0; k < 2; ++k) {
      std::vector<double> next(D, 0.0);
      for (std::size_t row = 0; row < D; ++row) {
        for (std::size_t col = 0; col < D; ++col) next[row] += matrix[row * D + col] * axes[k][col];
      }
      if (k == 1) {
        const double along = dot(next, axes[0]);
        for (std::size_t d = 0; d < D; ++d) next[d] -= along * axes[0][d];
      }
      if (!normalise(next)) {
        next.assign(D, 0.0);
        next[k] = 1;
      }
      axes[k] = std::move(next);
    }
  }
  for (auto& axis : axes) {
    const auto largest = std::max_element(
        axis.begin(), axis.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (*largest < 0) {
      for (double& x : axis) x = -x;
    }
  }
  return axes;
}

}  // namespace

void check_shape(const char* where, const Points& points) {
  check(points.values.size() == points.rows * points.cols, where, "points of shape (", points.rows,
        ", ", points.cols, ") hold ", points.values.size(), " values; give rows times columns");
  check(points.rows == 0 || points.cols > 0, where,
        "points of dimension 0; give at least one column");
}

void check_shape(const char* where, const Trajectories& all) {
  check(all.values.size() == all.times * all.rows * all.cols, where, "trajectories of shape (",
        all.times, ", ", all.rows, ", ", all.cols, ") hold ", all.values.size(),
        " values; give times by rows by columns");
  check(all.times * all.rows == 0 || all.cols > 0, where,
        "trajectories of dimension 0; give at least one column");
  check(all.t.empty() || all.t.size() == all.times, where, all.t.size(), " times for ", all.times,
        " saved states; give one for each, or none");
  for (std::size_t k = 1; k < all.t.size(); ++k) {
    check(all.t[k - 1] < all.t[k], where, "times must increase, but t[", k - 1,
          "] = ", all.t[k - 1], " and t[", k, "] = ", all.t[k]);
  }
}

Points points_at(const Trajectories& all, double t) {
  const std::size_t size = all.rows * all.cols;
  Points points{{}, all.rows, all.cols, all.names};
  if (all.times == 0) return {{}, 0, all.cols, all.names};
  const auto time = [&](std::size_t k) {
    return all.t.empty() ? (all.times > 1 ? double(k) / double(all.times - 1) : 0.0) : all.t[k];
  };
  std::size_t k = 0;
  while (k + 1 < all.times && time(k + 1) <= t) ++k;
  const double* from = all.values.data() + k * size;
  points.values.assign(from, from + size);
  if (k + 1 < all.times && t > time(k) && !all.jumps) {
    const double part = (t - time(k)) / (time(k + 1) - time(k));
    for (std::size_t i = 0; i < size; ++i) points.values[i] += part * (from[size + i] - from[i]);
  }
  return points;
}

Points finite_rows(const Points& points, std::size_t& dropped) {
  Points kept{{}, 0, points.cols, points.names, points.kinds};
  kept.values.reserve(points.values.size());
  for (std::size_t i = 0; i < points.rows; ++i) {
    const auto begin = points.values.begin() + std::ptrdiff_t(i * points.cols);
    const auto end = begin + std::ptrdiff_t(points.cols);
    if (!std::all_of(begin, end, [](double v) { return std::isfinite(v); })) {
      ++dropped;
      continue;
    }
    kept.values.insert(kept.values.end(), begin, end);
    ++kept.rows;
  }
  return kept;
}

Points Projection::operator()(const Points& points) const {
  if (axes.empty()) return points;
  check(points.cols == origin.size(), "plot", "points of dimension ", points.cols,
        " beside points of dimension ", origin.size(), "; give sets of the same dimension");
  Points flat{std::vector<double>(points.rows * axes.size()), points.rows, axes.size()};
  for (std::size_t i = 0; i < points.rows; ++i) {
    for (std::size_t k = 0; k < axes.size(); ++k) {
      double sum = 0;
      for (std::size_t d = 0; d < points.cols; ++d)
        sum += (points.at(i, d) - origin[d]) / scale[d] * axes[k][d];
      flat.values[i * axes.size() + k] = sum;
    }
  }
  return flat;
}

namespace {

// The means, standard deviations (1 for a constant column) and correlations of the columns, from at
// most 4000 rows.
struct ColumnLaw {
  std::vector<double> mean, scale, correlation;
};

ColumnLaw column_law(const Points& kept) {
  const std::size_t D = kept.cols, max_rows = 4000, stride = kept.rows / max_rows + 1;
  ColumnLaw law{std::vector<double>(D, 0.0), std::vector<double>(D, 0.0),
                std::vector<double>(D * D, 0.0)};
  std::size_t used = 0;
  for (std::size_t i = 0; i < kept.rows; i += stride, ++used) {
    for (std::size_t d = 0; d < D; ++d) law.mean[d] += kept.at(i, d);
  }
  const double count = double(std::max<std::size_t>(used, 1));
  for (double& m : law.mean) m /= count;
  for (std::size_t i = 0; i < kept.rows; i += stride) {
    for (std::size_t d = 0; d < D; ++d)
      law.scale[d] += (kept.at(i, d) - law.mean[d]) * (kept.at(i, d) - law.mean[d]) / count;
  }
  for (std::size_t d = 0; d < D; ++d) {
    law.scale[d] = std::sqrt(law.scale[d]);
    if (!(law.scale[d] > 1e-12 * std::abs(law.mean[d]))) law.scale[d] = 1;
  }
  std::vector<double> z(D);
  for (std::size_t i = 0; i < kept.rows; i += stride) {
    for (std::size_t d = 0; d < D; ++d) z[d] = (kept.at(i, d) - law.mean[d]) / law.scale[d];
    for (std::size_t a = 0; a < D; ++a) {
      for (std::size_t b = 0; b < D; ++b) law.correlation[a * D + b] += z[a] * z[b] / count;
    }
  }
  return law;
}

// Returns the share of the variance along the axis, in percent: " (41 %)", or "" if there is none.
std::string share_text(const ColumnLaw& law, const std::vector<double>& axis) {
  const std::size_t D = axis.size();
  double all = 0, shown = 0;
  for (std::size_t a = 0; a < D; ++a) {
    all += law.correlation[a * D + a];
    for (std::size_t b = 0; b < D; ++b) shown += axis[a] * law.correlation[a * D + b] * axis[b];
  }
  if (!(all > 0)) return "";
  return " (" + short_number(std::round(100 * shown / all)) + " % of the variance)";
}

}  // namespace

Projection make_projection(const Points& points) {
  Projection projection;
  const bool line = points.cols == 1;
  projection.x_label = line ? "x" : "x\u2081";
  projection.y_label = line ? "" : "x\u2082";
  if (points.cols <= 2) {
    projection.named = !points.names.empty();
    if (projection.named) projection.x_label = points.names[0];
    if (points.names.size() > 1) projection.y_label = points.names[1];
    return projection;
  }
  std::size_t dropped = 0;
  ColumnLaw law = column_law(finite_rows(points, dropped));
  projection.axes = leading_two(law.correlation, points.cols);
  projection.x_label = "principal axis 1" + share_text(law, projection.axes[0]);
  projection.y_label = "principal axis 2" + share_text(law, projection.axes[1]);
  projection.note =
      "first two principal axes of " + std::to_string(points.cols) + " standardised columns";
  for (std::size_t d = 0; d < points.names.size() && d < 12; ++d)
    projection.note += (d == 0 ? ": " : ", ") + points.names[d];
  if (points.names.size() > 12) projection.note += ", \u2026";
  projection.origin = std::move(law.mean);
  projection.scale = std::move(law.scale);
  return projection;
}

std::vector<double> column(const Points& points, std::size_t col) {
  std::vector<double> values(points.rows);
  for (std::size_t i = 0; i < points.rows; ++i) values[i] = points.at(i, col);
  return values;
}

Limits robust_limits(std::vector<double> values) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  const Limits all = find_limits(values);
  if (values.size() < 20) return all;
  const auto quantile = [&](double q) {
    const auto at = values.begin() + std::ptrdiff_t(q * double(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
  };
  const double low = quantile(0.001), high = quantile(0.999), reach = 0.25 * (high - low);
  if (!(reach > 0)) return all;
  return {std::max(all.low, low - reach), std::min(all.high, high + reach)};
}

namespace {

// Widens the limits about their middles until a unit has the same length on both axes.
void make_equal(View& view) {
  const double unit = std::max(view.x.width() / view.width, view.y.width() / view.height);
  if (!(unit > 0) || !std::isfinite(unit)) return;
  const double x = view.x.middle(), y = view.y.middle();
  view.x = {x - unit * view.width / 2, x + unit * view.width / 2};
  view.y = {y - unit * view.height / 2, y + unit * view.height / 2};
}

}  // namespace

View make_view(std::span<const Points* const> sets, bool named, double width, bool square) {
  View view;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    std::vector<double> ends;
    for (const Points* points : sets) {
      if (points->rows == 0) continue;
      const Limits one = robust_limits(column(*points, axis));
      ends.push_back(one.low);
      ends.push_back(one.high);
    }
    (axis == 0 ? view.x : view.y) = padded(find_limits(ends), 0.06);
  }
  constexpr double apart = 3;
  const double ratio = view.y.width() / view.x.width();
  view.equal = !named && ratio <= apart && ratio >= 1 / apart;
  view.width = width;
  view.height =
      square ? width : std::round(width * (view.equal ? std::clamp(ratio, 0.6, 1.25) : 0.8));
  if (view.equal) make_equal(view);
  return view;
}

Panel panel_of(const View& view, const std::string& x_label, const std::string& y_label) {
  Panel panel;
  panel.width = view.width;
  panel.height = view.height;
  panel.x = view.x;
  panel.y = view.y;
  panel.x_label = x_label;
  panel.y_label = y_label;
  return panel;
}

std::string dropped_note(std::size_t dropped) {
  if (dropped == 0) return "";
  return short_number(double(dropped)) + (dropped == 1
                                              ? " point that is not finite is left out"
                                              : " points that are not finite are left out");
}

std::string joined(std::span<const std::string> parts) {
  std::string all;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!all.empty()) all += "  \u00b7  ";
    all += part;
  }
  return all;
}

Dot dot_for(std::size_t count, double area) {
  // If the dots would cover more than about a third of the panel, they are smaller and fainter.
  const double share = area / std::max(1.0, double(count));
  const double radius = std::clamp(0.20 * std::sqrt(share), 0.65, 3.6);
  const double alpha = std::clamp(0.68 * std::pow(share / 40, 0.28), 0.06, 0.85);
  return {radius, alpha};
}

namespace {

std::vector<Spot> make_spots(const Points& points) {
  std::vector<Spot> spots;
  spots.reserve(points.rows);
  for (std::size_t i = 0; i < points.rows; ++i) spots.push_back({points.at(i, 0), points.at(i, 1)});
  return spots;
}

}  // namespace

Dots dots_of(const Points& points, const Dot& dot, const Colour& colour) {
  return {make_spots(points), dot.radius, {colour.faded(dot.alpha)}};
}

Dots mixed_dots(const Points& one, const Dot& dot_one, const Colour& colour_one,
                const Points& other, const Dot& dot_other, const Colour& colour_other) {
  constexpr std::size_t batches = 64;
  const std::array spots{make_spots(one), make_spots(other)};
  const std::array colours{colour_one.faded(dot_one.alpha), colour_other.faded(dot_other.alpha)};
  Dots dots{{}, std::min(dot_one.radius, dot_other.radius), {}};
  for (std::size_t batch = 0; batch < batches; ++batch) {
    for (std::size_t k = 0; k < 2; ++k) {
      const std::size_t n = spots[k].size();
      for (std::size_t i = batch * n / batches; i < (batch + 1) * n / batches; ++i) {
        dots.at.push_back(spots[k][i]);
        dots.colours.push_back(colours[k]);
      }
    }
  }
  return dots;
}

double quantile(std::vector<double> values, double q) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  if (values.empty()) return 0;
  const auto at = values.begin() + std::ptrdiff_t(q * double(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace pushforward::app
