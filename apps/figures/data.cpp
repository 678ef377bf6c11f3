// Implements the shapes, limits and projections of all figures.
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

// Divides by the length. Returns false if that is 0.
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
  Points points{{}, all.rows, all.cols};
  if (all.times == 0) return {{}, 0, all.cols};
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
  Points kept{{}, 0, points.cols};
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
        sum += (points.at(i, d) - origin[d]) * axes[k][d];
      flat.values[i * axes.size() + k] = sum;
    }
  }
  return flat;
}

Projection make_projection(const Points& points) {
  Projection projection;
  projection.x_label = points.cols == 1 ? "x" : "x\u2081";
  projection.y_label = points.cols == 1 ? "" : "x\u2082";
  if (points.cols <= 2) return projection;
  const std::size_t D = points.cols, max_rows = 4000;
  std::size_t dropped = 0;
  const Points kept = finite_rows(points, dropped);
  const std::size_t stride = kept.rows / max_rows + 1;
  std::vector<double> mean(D, 0.0), covariance(D * D, 0.0), centred(D);
  std::size_t used = 0;
  for (std::size_t i = 0; i < kept.rows; i += stride, ++used) {
    for (std::size_t d = 0; d < D; ++d) mean[d] += kept.at(i, d);
  }
  for (double& m : mean) m /= double(std::max<std::size_t>(used, 1));
  for (std::size_t i = 0; i < kept.rows; i += stride) {
    for (std::size_t d = 0; d < D; ++d) centred[d] = kept.at(i, d) - mean[d];
    for (std::size_t a = 0; a < D; ++a) {
      for (std::size_t b = 0; b < D; ++b) covariance[a * D + b] += centred[a] * centred[b];
    }
  }
  projection.origin = mean;
  projection.axes = leading_two(covariance, D);
  projection.x_label = "principal axis 1";
  projection.y_label = "principal axis 2";
  double all = 0, shown = 0;
  for (std::size_t d = 0; d < D; ++d) all += covariance[d * D + d];
  for (const auto& axis : projection.axes) {
    for (std::size_t a = 0; a < D; ++a) {
      for (std::size_t b = 0; b < D; ++b) shown += axis[a] * covariance[a * D + b] * axis[b];
    }
  }
  projection.note = "first 2 of " + std::to_string(D) + " principal axes of the data";
  if (all > 0)
    projection.note += ", " + short_number(std::round(100 * shown / all)) + " % of the variance";
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

ViewLimits common_view(std::span<const Points* const> sets) {
  ViewLimits view;
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
  return view;
}

double fitting_height(const ViewLimits& view, double width) {
  if (!share_a_unit(view.x, view.y)) return std::round(0.8 * width);
  const double ratio = view.y.width() / view.x.width();
  return std::round(width * (ratio > 0 ? std::clamp(ratio, 0.6, 1.25) : 1));
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
  // If the discs would cover more than about a third of the panel, they become smaller and fainter.
  const double share = area / std::max(1.0, double(count));
  const double radius = std::clamp(0.20 * std::sqrt(share), 0.65, 3.6);
  const double alpha = std::clamp(0.68 * std::pow(share / 40, 0.28), 0.06, 0.85);
  return {radius, alpha};
}

namespace {

std::vector<Spot> make_spots(const Axes& axes, const Points& points) {
  std::vector<Spot> spots;
  spots.reserve(points.rows);
  for (std::size_t i = 0; i < points.rows; ++i) {
    const Spot spot = axes.spot(points.at(i, 0), points.at(i, 1));
    if (std::isfinite(spot.x) && std::isfinite(spot.y)) spots.push_back(spot);
  }
  return spots;
}

}  // namespace

void draw_points(Canvas& canvas, const Axes& axes, const Points& points, const Dot& dot,
                 const Colour& colour) {
  const std::vector<Spot> spots = make_spots(axes, points);
  const Colour faded = colour.faded(dot.alpha);
  const auto draw = [&](Canvas& inside) { inside.discs(spots, dot.radius, std::span(&faded, 1)); };
  if (spots.size() > 300) {
    canvas.dense(axes.box, draw);
  } else {
    canvas.clipped(axes.box, draw);
  }
}

void draw_mixed(Canvas& canvas, const Axes& axes, const Points& one, const Dot& dot_one,
                const Colour& colour_one, const Points& other, const Dot& dot_other,
                const Colour& colour_other) {
  constexpr std::size_t batches = 64;
  const std::array spots{make_spots(axes, one), make_spots(axes, other)};
  const std::array radii{dot_one.radius, dot_other.radius};
  const std::array colours{colour_one.faded(dot_one.alpha), colour_other.faded(dot_other.alpha)};
  const auto draw = [&](Canvas& inside) {
    for (std::size_t batch = 0; batch < batches; ++batch) {
      for (std::size_t k = 0; k < 2; ++k) {
        const std::size_t n = spots[k].size(), begin = batch * n / batches,
                          end = (batch + 1) * n / batches;
        inside.discs(std::span(spots[k]).subspan(begin, end - begin), radii[k],
                     std::span(&colours[k], 1));
      }
    }
  };
  if (spots[0].size() + spots[1].size() > 300) {
    canvas.dense(axes.box, draw);
  } else {
    canvas.clipped(axes.box, draw);
  }
}

}  // namespace pushforward::app
