// Draws noise flowing to data: the animation of the points, and a strip of six times.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figures/figures.h"
#include "apps/figures/panels.h"

namespace pushforward::app {
namespace {

constexpr std::size_t max_points = 3000;

// A flow with the limits of all frames and a colour for each point. The colour depends on the start
// of the point along the first axis.
struct Scene {
  DrawnPaths flow;
  Limits x, y;
  std::vector<Colour> colours;
};

std::shared_ptr<const Scene> make_scene(const Trajectories& trajectories, double width,
                                        double height) {
  auto scene = std::make_shared<Scene>();
  scene->flow = make_drawn_paths(trajectories, max_points);
  const Trajectories& all = scene->flow.points;
  const std::size_t n = all.times > 0 ? all.rows : 0;
  const Points start = points_at(all, scene->flow.first), end = points_at(all, scene->flow.last);
  if (all.cols == 1) {
    std::vector<double> both = start.values;
    both.insert(both.end(), end.values.begin(), end.values.end());
    scene->x = padded(robust_limits(both), 0.05);
  } else {
    const std::array sets{&start, &end};
    const ViewLimits view = common_view(sets);
    scene->x = view.x;
    scene->y = view.y;
    fit_aspect(scene->x, scene->y, width, height);
  }
  std::vector<std::size_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return start.at(a, 0) < start.at(b, 0); });
  const double alpha = std::max(0.45, dot_for(n, width * height).alpha);
  scene->colours.resize(n);
  for (std::size_t rank = 0; rank < n; ++rank) {
    const double part = n > 1 ? double(rank) / double(n - 1) : 0;
    scene->colours[order[rank]] = speed_colour(part).faded(alpha);
  }
  return scene;
}

// Draws the points at time t as discs.
void draw_moment(Canvas& canvas, const Axes& axes, const Scene& scene, double t) {
  const Points now = points_at(scene.flow.points, t);
  std::vector<Spot> spots(now.rows);
  for (std::size_t i = 0; i < now.rows; ++i) spots[i] = axes.spot(now.at(i, 0), now.at(i, 1));
  const double radius = dot_for(now.rows, axes.box.width * axes.box.height).radius;
  canvas.dense(axes.box, [&](Canvas& inside) { inside.discs(spots, radius, scene.colours); });
}

// Draws the points at time t as a histogram of 48 bins. `top` is the
// density at the top of the panel.
std::vector<double> bars(const Points& now, Limits x) {
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

void draw_bars(Canvas& canvas, const Axes& axes, const std::vector<double>& heights) {
  const double width = axes.x.width() / double(heights.size());
  for (std::size_t i = 0; i < heights.size(); ++i) {
    const Spot low = axes.spot(axes.x.low + double(i) * width, 0);
    const Spot high = axes.spot(axes.x.low + double(i + 1) * width, heights[i]);
    canvas.fill({low.x + 0.5, high.y, high.x - low.x - 1, low.y - high.y},
                colours::samples.faded(0.75));
  }
}

Limits find_heights(const Scene& scene) {
  double top = 0;
  for (double t : {scene.flow.first, scene.flow.last}) {
    for (double height : bars(points_at(scene.flow.points, t), scene.x))
      top = std::max(top, height);
  }
  return {0, top > 0 ? 1.15 * top : 1};
}

void draw_panel(Canvas& canvas, const Box& box, const Scene& scene, double t,
                const AxesText& words) {
  const bool flat = scene.flow.points.cols == 1;
  const Axes axes{box, scene.x, flat ? find_heights(scene) : scene.y};
  axes.draw(canvas, words);
  if (scene.colours.empty()) return draw_placard(canvas, box, "no points");
  if (flat) {
    canvas.clipped(box, [&](Canvas& inside) {
      draw_bars(inside, axes, bars(points_at(scene.flow.points, t), scene.x));
    });
  } else {
    draw_moment(canvas, axes, scene, t);
  }
}

}  // namespace

Animation flow_animation(const Trajectories& trajectories, const std::string& title,
                         std::size_t frames) {
  constexpr double side = 400, left = 46, top = 40;
  const auto scene = make_scene(trajectories, side, side);
  const Timing timing = make_timing(trajectories, frames);
  Animation animation{left + side + 18, top + side + 70, timing.durations, {}};
  animation.draw = [=](Canvas& canvas, std::size_t k) {
    draw_title(canvas, title);
    draw_panel(canvas, {left, top, side, side}, *scene, timing.t[k], {});
    draw_clock(canvas, {left, top + side + 34, side, 5}, timing, k);
  };
  return animation;
}

Picture flow_strip(const Trajectories& trajectories, const std::string& title) {
  constexpr std::size_t moments = 6;
  constexpr double side = 190;
  const auto scene = make_scene(trajectories, side, side);
  const Row row = make_row(moments, side, side, {.left = 56, .gap = 12}, scene->flow.note);
  const bool flat = scene->flow.points.cols == 1;
  return {row.width, row.height, [=](Canvas& canvas) {
            draw_title(canvas, title);
            draw_note(canvas, scene->flow.note);
            for (std::size_t k = 0; k < moments; ++k) {
              const double part = double(k) / double(moments - 1);
              const double t = scene->flow.first + part * (scene->flow.last - scene->flow.first);
              draw_panel(canvas, row.panel(k), *scene, t,
                         {"t = " + short_number(t), flat ? "x" : scene->flow.x_label,
                          k == 0 ? (flat ? "density" : scene->flow.y_label) : "", true, k == 0});
            }
          }};
}

}  // namespace pushforward::app
