// Shows a source flowing to data: the animation of the points, and a strip of six times.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figures/figures.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

constexpr std::size_t max_points = 3000;

// A flow with the limits of all frames and a colour for each point. The colour depends on the first
// coordinate of the place where the point starts.
struct Scene {
  DrawnPaths flow;
  View view;
  double top = 1;  // the upper limit of the histograms
  std::vector<Colour> colours;

  bool flat() const { return flow.points.cols == 1; }
};

// Returns the points at a time as a histogram of 48 bins.
std::vector<double> bar_heights(const Points& now, Limits x) {
  std::vector<double> heights(48, 0.0);
  const double width = x.width() / double(heights.size());
  for (double value : now.values) {
    const double place = (value - x.low) / width;
    if (place >= 0 && place < double(heights.size())) {
      heights[std::size_t(place)] += 1 / (double(now.rows) * width);
    }
  }
  return heights;
}

std::shared_ptr<const Scene> make_scene(const Trajectories& trajectories, double side) {
  auto scene = std::make_shared<Scene>();
  scene->flow = make_drawn_paths(trajectories, max_points);
  const Trajectories& all = scene->flow.points;
  const Points start = points_at(all, scene->flow.first), end = points_at(all, scene->flow.last);
  if (scene->flat()) {
    std::vector<double> both = start.values;
    both.insert(both.end(), end.values.begin(), end.values.end());
    scene->view = {padded(robust_limits(both), 0.05), {}, side, side, false};
    double top = 0;
    for (double t : {scene->flow.first, scene->flow.last}) {
      for (double height : bar_heights(points_at(all, t), scene->view.x))
        top = std::max(top, height);
    }
    scene->view.y = {0, top > 0 ? 1.15 * top : 1};
  } else {
    const Points every{all.values, all.times * all.rows, all.cols};
    const std::array sets{&start, &end, &every};
    scene->view = make_view(sets, scene->flow.named, side, true);
  }
  if (all.times > 0)
    scene->colours = rank_colours(start, std::max(0.45, dot_for(all.rows, side * side).alpha));
  return scene;
}

Panel moment(const Scene& scene, double t, bool first, bool last) {
  const bool flat = scene.flat();
  Panel panel = panel_of(scene.view, flat && scene.flow.x_label.empty() ? "x" : scene.flow.x_label,
                         !first ? ""
                         : flat ? "density"
                                : scene.flow.y_label);
  panel.y_numbers = first;
  if (scene.colours.empty()) {
    panel.placard = "no points";
    return panel;
  }
  const Points now = points_at(scene.flow.points, t);
  if (flat) {
    Bars bars{{}, {colours::samples.faded(0.75)}};
    const std::vector<double> heights = bar_heights(now, panel.x);
    const double step = panel.x.width() / double(heights.size());
    for (std::size_t i = 0; i < heights.size(); ++i) {
      const double low = panel.x.low + double(i) * step;
      bars.at.push_back({{low + 0.06 * step, low + 0.94 * step}, {0, heights[i]}});
    }
    panel.marks.push_back(std::move(bars));
    return panel;
  }
  const Dot dot = dot_for(now.rows, panel.width * panel.height);
  Dots dots = dots_of(now, dot, colours::ink);
  dots.colours = scene.colours;
  panel.marks.push_back(std::move(dots));
  if (last)
    panel.bar =
        ColourBar{{0, 1}, "rank along " + scene.flow.x_label + " at the start", ColourScale::speed};
  return panel;
}

}  // namespace

MovingFigure flow_animation(const Trajectories& trajectories, const std::string& title,
                            const std::string& source, std::size_t frames) {
  const auto scene = make_scene(trajectories, 400);
  const Timing timing = make_timing(trajectories, frames);
  return {timing.durations, [=](std::size_t k) {
            Figure figure{title, {}, {}, {moment(*scene, timing.t[k], true, true)}, 1, {}};
            figure.clock = clock_at(timing, k, source);
            return figure.note(scene->flow.note);
          }};
}

Figure flow_strip(const Trajectories& trajectories, const std::string& title) {
  constexpr std::size_t moments = 6;
  const auto scene = make_scene(trajectories, 190);
  Figure figure{title, {}, {}, {}, moments, {}};
  for (std::size_t k = 0; k < moments; ++k) {
    const double part = double(k) / double(moments - 1);
    const double t = scene->flow.first + part * (scene->flow.last - scene->flow.first);
    Panel panel = moment(*scene, t, k == 0, k + 1 == moments);
    panel.title = "t = " + short_number(t);
    figure.panels.push_back(std::move(panel));
  }
  return figure.note(scene->flow.note);
}

}  // namespace pushforward::app
