// Draws paths from noise to data as thin lines between a marked start and end.
#include <algorithm>
#include <array>
#include <cmath>

#include "apps/figures/figures.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

constexpr std::size_t max_paths = 300;

// Removes spots that lie within a fifth of a page unit of the line through their neighbours
// (Reumann and Witkam's corridor, 1974). Flows are nearly straight, so few spots remain.
std::vector<Spot> thinned(const std::vector<Spot>& spots) {
  std::vector<Spot> kept;
  for (std::size_t i = 0; i < spots.size(); ++i) {
    if (kept.empty() || i + 1 == spots.size()) {
      kept.push_back(spots[i]);
      continue;
    }
    const Spot a = kept.back(), c = spots[i + 1];
    const double length = std::hypot(c.x - a.x, c.y - a.y);
    double farthest = length > 0 ? 0 : 1;
    for (std::size_t j = i; j > 0 && length > 0 && farthest <= 0.2; --j) {
      if (spots[j].x == a.x && spots[j].y == a.y) break;
      const double area = (c.x - a.x) * (spots[j].y - a.y) - (c.y - a.y) * (spots[j].x - a.x);
      farthest = std::max(farthest, std::abs(area) / length);
    }
    if (farthest > 0.2) kept.push_back(spots[i]);
  }
  return kept;
}

}  // namespace

Picture trajectories_figure(const Trajectories& trajectories, const std::string& title) {
  const DrawnPaths flow = make_drawn_paths(trajectories, max_paths);
  const bool over_time = flow.points.cols == 1;
  const double width = over_time ? 560 : 440, height = over_time ? 330 : 440;
  const std::size_t n = flow.points.rows, T = flow.points.times;
  std::array<std::vector<double>, 2> ends;
  if (T > 0) {
    for (std::size_t k : {std::size_t{0}, T - 1}) {
      for (std::size_t i = 0; i < n * flow.points.cols; ++i) {
        ends[i % flow.points.cols].push_back(flow.points.values[k * n * flow.points.cols + i]);
      }
    }
  }
  Limits x = over_time ? Limits{flow.first, flow.last} : padded(robust_limits(ends[0]), 0.06);
  Limits y = padded(robust_limits(ends[over_time ? 0 : 1]), 0.06);
  if (over_time) x = padded(x, 0.025);
  if (!over_time) fit_aspect(x, y, width, height);
  const std::string chosen =
      n < trajectories.rows
          ? whole_number(double(n)) + " of " + whole_number(double(trajectories.rows)) + " paths"
          : "";
  const std::string note = joined(std::array{chosen, flow.note});
  const Row row = make_row(1, width, height, {.right = 24}, note);
  const Axes axes{row.panel(0), x, y};
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, note);
            axes.draw(canvas, {"", over_time ? "t" : flow.x_label, over_time ? "x" : flow.y_label});
            if (n == 0 || T == 0) return draw_placard(canvas, axes.box, "no paths");
            std::vector<Spot> starts, stops;
            const auto spot = [&](std::size_t k, std::size_t i) {
              const double* at = flow.points.values.data() + (k * n + i) * flow.points.cols;
              return over_time ? axes.spot(flow.points.t[k], at[0]) : axes.spot(at[0], at[1]);
            };
            canvas.clipped(axes.box, [&](Canvas& inside) {
              const double alpha = std::clamp(14.0 / std::sqrt(double(n)) / 2, 0.22, 0.7);
              for (std::size_t i = 0; i < n; ++i) {
                std::vector<Spot> path;
                for (std::size_t k = 0; k < T; ++k) path.push_back(spot(k, i));
                inside.line(thinned(path), colours::ink.faded(alpha * 0.8), 0.7);
                starts.push_back(path.front());
                stops.push_back(path.back());
              }
              const Colour noise = colours::noise.faded(0.75), end = colours::samples.faded(0.85);
              inside.discs(starts, 1.9, std::span(&noise, 1));
              inside.discs(stops, 2.3, std::span(&end, 1));
            });
            const std::array entries{
                LegendEntry{"start, t = " + short_number(flow.first), colours::noise},
                LegendEntry{"end, t = " + short_number(flow.last), colours::samples}};
            draw_legend(canvas, {axes.box.right(), axes.box.y - 10}, Align::end, entries);
          }};
}

}  // namespace pushforward::app
