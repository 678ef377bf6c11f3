// Computes kernel estimates by linear binning and one Gaussian blur per axis.
#include "apps/figures/kernel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pushforward::app {
namespace {

// The two cells whose centres are next to a place on an axis. `part` is the share of a point's
// weight that the upper cell gets.
struct KernelCell {
  std::size_t low = 0, high = 0;
  double part = 0;
  bool inside = false;
};

KernelCell find_cell(double value, Limits limits, std::size_t cells) {
  const double place = (value - limits.low) / limits.width() * double(cells);
  if (!(place >= 0 && place <= double(cells))) return {};
  if (cells == 1) return {0, 0, 0, true};
  const double centre = std::clamp(place - 0.5, 0.0, double(cells - 1));
  const std::size_t low = std::min(std::size_t(centre), cells - 2);
  return {low, low + 1, centre - double(low), true};
}

// Calls visit(index, weight) for the (up to four) cells around point i.
template <class Visit>
void around(const Points& points, std::size_t i, const DensityGrid& grid, const Visit& visit) {
  const KernelCell across = find_cell(points.at(i, 0), grid.x, grid.columns);
  const KernelCell up =
      points.cols > 1 ? find_cell(points.at(i, 1), grid.y, grid.rows) : KernelCell{0, 0, 0, true};
  if (!across.inside || !up.inside) return;
  visit(up.low * grid.columns + across.low, (1 - up.part) * (1 - across.part));
  visit(up.low * grid.columns + across.high, (1 - up.part) * across.part);
  visit(up.high * grid.columns + across.low, up.part * (1 - across.part));
  visit(up.high * grid.columns + across.high, up.part * across.part);
}

// Convolves `count` values, `stride` apart, with a Gaussian of `sigma` cells. Mass
// that leaves the grid is lost.
void blur(double* values, std::size_t count, std::size_t stride, double sigma,
          std::vector<double>& taps, std::vector<double>& line) {
  if (!(sigma > 0) || !std::isfinite(sigma)) return;
  const auto reach = std::ptrdiff_t(std::ceil(std::min(4 * sigma, double(count))));
  if (taps.empty()) {
    double sum = 0;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
      taps.push_back(std::exp(-0.5 * double(k * k) / (sigma * sigma)));
      sum += taps.back();
    }
    for (double& tap : taps) tap /= sum;
  }
  line.assign(count + 2 * std::size_t(reach), 0.0);
  for (std::size_t i = 0; i < count; ++i) line[i + std::size_t(reach)] = values[i * stride];
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < taps.size(); ++k) sum += taps[k] * line[i + k];
    values[i * stride] = sum;
  }
}

}  // namespace

void smooth(DensityGrid& grid, Bandwidth bandwidth) {
  const double cell_x = grid.x.width() / double(grid.columns);
  std::vector<double> taps, line;
  for (std::size_t row = 0; row < grid.rows; ++row)
    blur(grid.density.data() + row * grid.columns, grid.columns, 1, bandwidth.x / cell_x, taps,
         line);
  if (grid.rows < 2) return;
  const double cell_y = grid.y.width() / double(grid.rows);
  taps.clear();
  for (std::size_t column = 0; column < grid.columns; ++column)
    blur(grid.density.data() + column, grid.rows, grid.columns, bandwidth.y / cell_y, taps, line);
}

DensityGrid kernel_density(const Points& points, Limits x, Limits y, std::size_t columns,
                           std::size_t rows, Bandwidth bandwidth) {
  DensityGrid grid{columns, rows, x, y, std::vector<double>(columns * rows, 0.0)};
  if (points.rows == 0) return grid;
  const double cell_x = x.width() / double(columns);
  const double cell_y = points.cols > 1 ? y.width() / double(rows) : 1;
  const double share = 1 / (double(points.rows) * cell_x * cell_y);
  for (std::size_t i = 0; i < points.rows; ++i) {
    around(points, i, grid,
           [&](std::size_t cell, double weight) { grid.density[cell] += weight * share; });
  }
  smooth(grid, bandwidth);
  return grid;
}

namespace {

// Returns the mean variance of the columns, of which column 0 is first multiplied by `factor`.
double mean_variance(const Points& points, double factor) {
  const double n = double(points.rows);
  const std::size_t D = std::min<std::size_t>(points.cols, 2);
  double variance = 0;
  for (std::size_t d = 0; d < D; ++d) {
    const double unit = d == 0 ? factor : 1;
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < points.rows; ++i) sum += unit * points.at(i, d);
    for (std::size_t i = 0; i < points.rows; ++i)
      squares += std::pow(unit * points.at(i, d) - sum / n, 2);
    variance += squares / n / double(D);
  }
  return variance;
}

}  // namespace

Bandwidth kernel_bandwidth(const Points& points, Limits x, Limits y, std::size_t columns,
                           std::size_t rows, bool equal) {
  const std::size_t D = std::min<std::size_t>(points.cols, 2);
  // Lengths along x are multiplied by `factor`, so that one bandwidth h is used for both axes.
  const double factor = equal || D < 2 ? 1 : y.width() / x.width();
  const auto both = [factor](double h) { return Bandwidth{h / factor, h}; };
  const double min_bandwidth =
      0.9 * std::max(factor * x.width() / double(columns), D > 1 ? y.width() / double(rows) : 0.0);
  const double n = double(points.rows);
  if (points.rows < 2) return both(std::max(min_bandwidth, 0.03 * factor * x.width()));
  const double max_bandwidth =
      std::sqrt(mean_variance(points, factor)) * std::pow(n, -1.0 / double(D + 4));
  if (!(max_bandwidth > 1.1 * min_bandwidth)) return both(min_bandwidth);
  constexpr int tries = 14;
  double best = max_bandwidth, best_score = -HUGE_VAL;
  for (int k = 0; k <= tries; ++k) {
    const double h = max_bandwidth * std::pow(min_bandwidth / max_bandwidth, double(k) / tries);
    const DensityGrid grid = kernel_density(points, x, y, columns, rows, both(h));
    // The greatest value K(0) of the kernel, which a point adds at its own place, per unit of area
    // of the data.
    const double own = factor * std::pow(2 * std::numbers::pi * h * h, -0.5 * double(D));
    double score = 0;
    for (std::size_t i = 0; i < points.rows; ++i) {
      double here = 0;
      around(points, i, grid,
             [&](std::size_t cell, double weight) { here += weight * grid.density[cell]; });
      score += std::log(std::max((n * here - own) / (n - 1), 1e-3 * own / n));
    }
    if (score > best_score) {
      best_score = score;
      best = h;
    }
  }
  return both(best);
}

std::string bandwidth_text(Bandwidth bandwidth, bool equal, const std::string& x_label,
                           const std::string& y_label) {
  if (equal) return short_number(bandwidth.x);
  return short_number(bandwidth.x) + " along " + x_label + ", " + short_number(bandwidth.y) +
         " along " + y_label;
}

double greatest(const DensityGrid& grid) {
  double top = 0;
  for (double value : grid.density) {
    if (std::isfinite(value)) top = std::max(top, value);
  }
  return top;
}

Heat heat_of(const DensityGrid& grid, double top) {
  return {{grid.x, grid.y},        grid.columns, grid.rows, grid.density, {0, top},
          ColourScale::sequential, true};
}

std::vector<Spot> make_curve(const DensityGrid& grid) {
  std::vector<Spot> spots;
  for (std::size_t i = 0; i < grid.columns; ++i) {
    const double at = grid.x.low + (double(i) + 0.5) * grid.x.width() / double(grid.columns);
    spots.push_back({at, grid.density[i]});
  }
  return spots;
}

}  // namespace pushforward::app
