#include "flow/path/time_grid.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

void check_steps(int steps) {
  check(steps >= 1, "solver", "a grid of ", steps, " steps; give at least 1");
}

// Returns steps + 1 times between `begin` and `end`, where time(i) gives the i-th from the earlier
// end. The ends are exact.
template <class Time>
std::vector<double> spread(int steps, double begin, double end, Time time) {
  check_steps(steps);
  std::vector<double> grid{std::min(begin, end)};
  for (int i = 1; i < steps; ++i) grid.push_back(time(i));
  grid.push_back(std::max(begin, end));
  if (begin > end) std::reverse(grid.begin(), grid.end());
  check_grid(grid);
  return grid;
}

void check_levels(const NoiseLevels& range) {
  const auto [high, low, rho] = range;
  check(low > 0 && high > low && std::isfinite(high) && rho > 0, "solver", "noise levels from ",
        high, " down to ", low, " with rho ", rho,
        "; give 0 < sigma_min < sigma_max and a positive rho");
}

// Returns `range` limited to the noise levels that the path has between the times `begin` and
// `end`.
NoiseLevels levels_between(const Scheduler& path, double begin, double end,
                           const NoiseLevels& range) {
  check_levels(range);
  const Coefficients first = path(std::min(begin, end)), last = path(std::max(begin, end));
  const double max_level = first.sigma / first.alpha, min_level = last.sigma / last.alpha;
  const NoiseLevels had{std::min(range.sigma_max, max_level), std::max(range.sigma_min, min_level),
                        range.rho};
  check(had.sigma_max > had.sigma_min, "solver", path.name, " has noise levels ", max_level, " to ",
        min_level, " from t = ", begin, " to ", end, ", none of them between ", range.sigma_max,
        " and ", range.sigma_min, "; widen the range");
  return had;
}

}  // namespace

std::vector<double> time_grid(int steps, double begin, double end) {
  check_steps(steps);
  std::vector<double> grid;
  for (int i = 0; i < steps; ++i) grid.push_back(begin + (end - begin) * i / steps);
  grid.push_back(end);
  check_grid(grid);
  return grid;
}

std::vector<double> power_grid(int steps, double power, double begin, double end) {
  check(power > 0 && std::isfinite(power), "solver", "the power of a time grid is ", power,
        "; it must be positive");
  const double first = std::min(begin, end), span = std::abs(end - begin);
  return spread(steps, begin, end,
                [&](int i) { return first + span * std::pow(double(i) / steps, power); });
}

std::vector<double> cosine_grid(int steps, double begin, double end) {
  const double first = std::min(begin, end), span = std::abs(end - begin);
  return spread(steps, begin, end, [&](int i) {
    const double sine = std::sin(std::numbers::pi / 2 * i / steps);  // its square is (1 - cos) / 2
    return first + span * sine * sine;
  });
}

std::vector<double> noise_levels(int levels, const NoiseLevels& range) {
  check_levels(range);
  check(levels >= 2, "solver", levels, " noise levels; give at least 2");
  const auto [high, low, rho] = range;
  const double first = std::pow(high, 1 / rho), last = std::pow(low, 1 / rho);
  std::vector<double> out{high};
  for (int i = 1; i + 1 < levels; ++i)
    out.push_back(std::pow(first + (last - first) * i / (levels - 1), rho));
  out.push_back(low);
  return out;
}

std::vector<double> log_snr_grid(const Scheduler& path, int steps, double begin, double end,
                                 const NoiseLevels& range) {
  const NoiseLevels had = levels_between(path, begin, end, range);
  const double low = -std::log(had.sigma_max), high = -std::log(had.sigma_min);
  return spread(steps, begin, end, [&](int i) {
    return path.time_of_ratio(std::exp(low + (high - low) * i / steps));
  });
}

std::vector<double> edm_grid(const Scheduler& path, int steps, double begin, double end,
                             const NoiseLevels& range) {
  const bool clean = path(std::max(begin, end)).sigma == 0;
  check(steps >= (clean ? 2 : 1), "solver", "a grid of ", steps,
        " steps through EDM's noise levels; give at least ", clean ? 2 : 1);
  std::vector<double> grid;
  for (double s : noise_levels(clean ? steps : steps + 1, levels_between(path, begin, end, range)))
    grid.push_back(path.time_of_ratio(1 / s));
  if (clean) grid.push_back(std::max(begin, end));
  if (begin > end) std::reverse(grid.begin(), grid.end());
  check_grid(grid);
  return grid;
}

std::vector<SavePoint> evenly_saved(int steps, int count) {
  check(steps >= 1 && count >= 2, "solver", count, " points on a grid of ", steps,
        " intervals; at least 2 points and 1 interval are needed");
  std::vector<SavePoint> points;
  for (int k = 0; k < count; ++k) {
    const long long position =
        static_cast<long long>(k) * steps;  // in units of an interval divided by count - 1
    points.push_back({static_cast<int>(position / (count - 1)),
                      static_cast<double>(position % (count - 1)) / (count - 1)});
  }
  return points;
}

double time_of(const SavePoint& point, std::span<const double> grid) {
  check(point.index >= 0 && point.fraction >= 0 && point.fraction < 1 &&
            static_cast<std::size_t>(point.index) + (point.fraction > 0) < grid.size(),
        "solver", "point ", point.index, " + ", point.fraction, " is not on a grid of ",
        grid.size(), " times");
  const double begin = grid[static_cast<std::size_t>(point.index)];
  return point.fraction == 0
             ? begin
             : begin + point.fraction * (grid[static_cast<std::size_t>(point.index) + 1] - begin);
}

void check_grid(std::span<const double> grid) {
  check(grid.size() >= 2, "integrate", "the time grid has ", grid.size(),
        " times; give the start and the end at least");
  const bool up = grid.back() > grid.front();
  for (std::size_t i = 0; i < grid.size(); ++i) {
    check(std::isfinite(grid[i]), "integrate", "time ", i, " of the grid is ", grid[i],
          "; times must be finite");
    check(i == 0 || (up ? grid[i] > grid[i - 1] : grid[i] < grid[i - 1]), "integrate",
          "the time grid goes from ", grid[i ? i - 1 : 0], " to ", grid[i], " at index ", i,
          "; it must be strictly monotone");
  }
}

void check_saves(std::span<const SavePoint> points, int steps) {
  double last = -1;
  for (const SavePoint& p : points) {
    const double position = p.index + p.fraction;
    check(p.index >= 0 && p.fraction >= 0 && p.fraction < 1 && position <= steps, "integrate",
          "save point ", p.index, " + ", p.fraction, " is not on a grid of ", steps, " intervals");
    check(position > last, "integrate", "save points must be in the order of time: ", position,
          " comes after ", last);
    last = position;
  }
}

}  // namespace pushforward
