// Prepares pairs of point sets, paths and times.
#include "apps/figures/panels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

ComparedPoints make_compared_points(const Points& samples, const Points& data) {
  check_shape("plot", samples);
  check_shape("plot", data);
  check(samples.rows == 0 || data.rows == 0 || samples.cols == data.cols, "plot",
        "samples of dimension ", samples.cols, " beside data of dimension ", data.cols,
        "; both need the same dimension");
  std::size_t dropped = 0;
  ComparedPoints pair{finite_rows(samples, dropped), finite_rows(data, dropped), {}, {}, {}, false};
  const Projection projection = make_projection(pair.data.rows > 0 ? pair.data : pair.samples);
  if (pair.data.rows > 0) pair.data = projection(pair.data);
  if (pair.samples.rows > 0) pair.samples = projection(pair.samples);
  pair.x_label = projection.x_label;
  pair.y_label = projection.y_label;
  pair.named = projection.named;
  pair.note = joined(std::array{projection.note, dropped_note(dropped)});
  // An empty set gets the number of columns of the other set, so that figures may look at either.
  if (pair.data.rows == 0) pair.data.cols = pair.samples.rows > 0 ? pair.samples.cols : 2;
  if (pair.samples.rows == 0) pair.samples.cols = pair.data.cols;
  return pair;
}

DrawnPaths make_drawn_paths(const Trajectories& all, std::size_t max_paths) {
  check_shape("plot", all);
  std::vector<std::size_t> kept;
  const std::size_t D = all.cols, rows = all.times > 0 ? all.rows : 0;
  for (std::size_t i = 0; i < rows; ++i) {
    bool finite = true;
    for (std::size_t k = 0; k < all.times && finite; ++k) {
      const double* x = all.values.data() + (k * all.rows + i) * D;
      finite = std::all_of(x, x + D, [](double v) { return std::isfinite(v); });
    }
    if (finite) kept.push_back(i);
  }
  const std::size_t dropped = rows - kept.size();
  if (kept.size() > max_paths) {
    for (std::size_t j = 0; j < max_paths; ++j) kept[j] = kept[j * kept.size() / max_paths];
    kept.resize(max_paths);
  }
  const std::size_t n = kept.size();
  const auto state = [&](std::size_t k) {
    Points points{std::vector<double>(n * D), n, D, all.names};
    for (std::size_t j = 0; j < n; ++j) {
      std::copy_n(all.values.data() + (k * all.rows + kept[j]) * D, D,
                  points.values.data() + j * D);
    }
    return points;
  };
  const Projection projection =
      make_projection(all.times > 0 ? state(all.times - 1) : Points{{}, 0, 2});
  DrawnPaths flow;
  flow.points = {{}, all.times, n, std::min<std::size_t>(D, 2), all.t, all.jumps, {}};
  for (std::size_t k = 0; k < all.times; ++k) {
    const Points flat = projection(state(k));
    flow.points.values.insert(flow.points.values.end(), flat.values.begin(), flat.values.end());
    if (all.t.empty())
      flow.points.t.push_back(all.times > 1 ? double(k) / double(all.times - 1) : 0.0);
  }
  if (all.times > 0) {
    flow.first = flow.points.t.front();
    flow.last = flow.points.t.back();
  }
  flow.x_label = projection.x_label;
  flow.y_label = projection.y_label;
  flow.named = projection.named;
  flow.note = joined(std::array{
      projection.note,
      dropped == 1  ? std::string("1 path that is not finite is left out")
      : dropped > 1 ? short_number(double(dropped)) + " paths that are not finite are left out"
                    : std::string()});
  return flow;
}

std::vector<Colour> rank_colours(const Points& start, double alpha) {
  std::vector<std::size_t> order(start.rows);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return start.at(a, 0) < start.at(b, 0); });
  std::vector<Colour> colours(start.rows);
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double part = order.size() > 1 ? double(rank) / double(order.size() - 1) : 0;
    colours[order[rank]] = speed_colour(part).faded(alpha);
  }
  return colours;
}

Timing make_timing(const Trajectories& trajectories, std::size_t frames) {
  check(frames >= 2, "plot", "an animation of ", frames, " frames; give at least 2");
  const bool given = !trajectories.t.empty();
  const double first = given ? trajectories.t.front() : 0, last = given ? trajectories.t.back() : 1;
  Timing timing;
  for (std::size_t k = 0; k < frames; ++k) {
    const double s = double(k) / double(frames - 1);
    const double eased = 0.35 * s + 0.65 * s * s * (3 - 2 * s);
    timing.t.push_back(first + (last - first) * eased);
    timing.durations.push_back(k == 0 ? 700 : k + 1 == frames ? 2200 : 50);
  }
  return timing;
}

Clock clock_at(const Timing& timing, std::size_t frame, const std::string& source) {
  const double first = timing.t.front(), last = timing.t.back(), t = timing.t[frame];
  return {last > first ? (t - first) / (last - first) : 1, "t = " + fmt::format("{:.2f}", t),
          source + " to data"};
}

}  // namespace pushforward::app
