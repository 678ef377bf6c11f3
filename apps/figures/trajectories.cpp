// Shows paths from source to data as thin lines between a marked start and end.
#include <algorithm>
#include <array>
#include <cmath>

#include "apps/figures/figures.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

constexpr std::size_t kMaxPaths = 200, kMaxWandering = 60;

Spot state_of(const DrawnPaths& flow, std::size_t k, std::size_t i) {
  const Trajectories& all = flow.points;
  const double* at = all.values.data() + (k * all.rows + i) * all.cols;
  return all.cols == 1 ? Spot{all.t[k], at[0]} : Spot{at[0], at[1]};
}

// Returns the mean over the paths of a path's length divided by the distance between its ends. It
// is near 1 for flows and large for paths with noise.
double wandering(const DrawnPaths& flow) {
  double length = 0, distance = 0;
  for (std::size_t i = 0; i < flow.points.rows; ++i) {
    for (std::size_t k = 1; k < flow.points.times; ++k) {
      const Spot a = state_of(flow, k - 1, i), b = state_of(flow, k, i);
      length += std::abs(b.y - a.y) + (flow.points.cols == 1 ? 0 : std::abs(b.x - a.x));
    }
    const Spot a = state_of(flow, 0, i), b = state_of(flow, flow.points.times - 1, i);
    distance += std::abs(b.y - a.y) + (flow.points.cols == 1 ? 0 : std::abs(b.x - a.x));
  }
  return distance > 0 ? length / distance : 1;
}

// Returns a panel whose limits hold all states of all times.
Panel make_path_panel(const DrawnPaths& flow) {
  const bool over_time = flow.points.cols == 1;
  Points all{flow.points.values, flow.points.times * flow.points.rows, flow.points.cols};
  Panel panel;
  if (over_time) {
    panel.width = 560;
    panel.height = 330;
    panel.x = padded({flow.first, flow.last}, 0.025);
    panel.y = padded(find_limits(all.values), 0.06);
    panel.x_label = "t";
    panel.y_label = flow.x_label;
    return panel;
  }
  // Limits that leave nothing out: two points at the corners of all states.
  const Limits x = find_limits(column(all, 0)), y = find_limits(column(all, 1));
  const Points corners{{x.low, y.low, x.high, y.high}, 2, 2};
  const std::array sets{&corners};
  return panel_of(make_view(sets, flow.named, 440, true), flow.x_label, flow.y_label);
}

}  // namespace

Figure trajectories_figure(const Trajectories& trajectories, const std::string& title,
                           const std::string& source) {
  DrawnPaths flow = make_drawn_paths(trajectories, kMaxPaths);
  if (flow.points.times > 0 && flow.points.rows > kMaxWandering && wandering(flow) > 3)
    flow = make_drawn_paths(trajectories, kMaxWandering);
  const std::size_t n = flow.points.rows, T = flow.points.times;
  Figure figure{title,
                {},
                {{source + ", t = " + short_number(flow.first), colours::noise},
                 {"end, t = " + short_number(flow.last), colours::samples},
                 {"paths", colours::ink.faded(0.4), true}},
                {make_path_panel(flow)},
                1,
                {}};
  if (n == 0 || T == 0) {
    figure.panels[0].placard = "no paths";
    return figure.note(flow.note);
  }
  Lines lines{{}, 0.6, {colours::ink.faded(std::clamp(3 / std::sqrt(double(n)), 0.2, 0.6))}};
  Dots starts{{}, 2, {colours::noise.faded(0.8)}}, ends{{}, 2.3, {colours::samples.faded(0.85)}};
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<Spot> path;
    for (std::size_t k = 0; k < T; ++k) path.push_back(state_of(flow, k, i));
    starts.at.push_back(path.front());
    ends.at.push_back(path.back());
    lines.lines.push_back(std::move(path));
  }
  figure.panels[0].marks = {std::move(lines), std::move(starts), std::move(ends)};
  const std::string chosen =
      n < trajectories.rows
          ? whole_number(double(n)) + " of " + whole_number(double(trajectories.rows)) + " paths"
          : "";
  return figure.note(joined(std::array{chosen, flow.note}));
}

}  // namespace pushforward::app
