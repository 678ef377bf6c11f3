#include "apps/globe/globe.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "apps/figures/panels.h"
#include "apps/globe/sphere.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {
namespace {

bool is_finite(const Vector3& x) { return std::isfinite(x[0] + x[1] + x[2]); }

Panel dotted_globe(const std::vector<Vector3>& points, const GlobeView& view,
                   const Coastlines& coasts, const std::string& name, const Colour& hue) {
  Panel panel = empty_globe(view, coasts, 300);
  panel.title = name + " from " + view.words;
  Dots dots{{}, 1, {hue.faded(0.5)}};
  for (const Vector3& x : points)
    if (is_finite(x) && view.sees(x)) dots.at.push_back(view.spot(x));
  dots.radius = dots.at.size() > 3000 ? 0.9 : dots.at.size() > 600 ? 1.3 : 2;
  if (points.empty()) panel.placard = "no points";
  panel.marks.push_back(std::move(dots));
  return panel;
}

double length_of(const Vector3& v) { return std::hypot(v[0], v[1], v[2]); }

// The velocities of one time.
struct Winds {
  double t = 0;
  std::vector<Vector3> at, velocity, flowing;
};

Winds winds_of(const FieldSlice& slice) {
  Winds winds{slice.t, vectors_of(slice.at), vectors_of(slice.velocity), vectors_of(slice.flowing)};
  detail::check(winds.at.size() == winds.velocity.size(), "plot", winds.velocity.size(),
                " velocities at ", winds.at.size(), " points of a globe; give one for each");
  return winds;
}

// Adds the visible arrows. The longest is `longest` page units, for a tangent of the speed `top` in
// the plane of the page; faster ones are not longer.
void add_winds(Panel& panel, const Winds& winds, const GlobeView& view, double top) {
  const double longest = 0.95 * std::sqrt(3.1416 * panel.width * panel.width / 4 /
                                          (0.5 * double(winds.at.size()) + 1));
  Dots dots{{}, 1, {colours::noise.faded(0.4)}};
  for (const Vector3& x : winds.flowing)
    if (is_finite(x) && view.sees(x)) dots.at.push_back(view.spot(x));
  panel.marks.push_back(std::move(dots));
  Arrows arrows;
  for (std::size_t k = 0; k < winds.at.size(); ++k) {
    const Vector3 &x = winds.at[k], &v = winds.velocity[k];
    if (!is_finite(x) || !is_finite(v) || !view.sees(x)) continue;
    const Spot along = view.spot(v);
    const double flat = std::hypot(along.x, along.y), speed = length_of(v);
    if (!(flat > 0)) continue;
    arrows.at.push_back(view.spot(x));
    arrows.along.push_back(along);
    arrows.length.push_back(longest * std::min(1., flat / top));
    arrows.colours.push_back(speed_colour(std::min(1., speed / top)));
  }
  panel.marks.push_back(std::move(arrows));
}

double top_speed(const std::vector<Winds>& all) {
  std::vector<double> speeds;
  for (const Winds& winds : all)
    for (const Vector3& v : winds.velocity)
      if (is_finite(v)) speeds.push_back(length_of(v));
  const double top = quantile(speeds, 0.95), greatest = quantile(speeds, 1);
  return top > 0 ? top : greatest > 0 ? greatest : 1;
}

// A flow of at most 3000 points, with the empty globes of all frames.
struct GlobeScene {
  Trajectories flow;
  std::array<GlobeView, 2> views;
  std::array<Panel, 2> empty;
  std::vector<Colour> colours;
};

std::vector<Colour> longitude_colours(const std::vector<Vector3>& start) {
  std::vector<Colour> all;
  for (const Vector3& x : start)
    all.push_back(speed_colour(0.5 + std::atan2(x[1], x[0]) / 6.283185307179586).faded(0.7));
  return all;
}

std::shared_ptr<const GlobeScene> scene_of(const Trajectories& given, const Coastlines& coasts) {
  check_shape("plot", given);
  constexpr std::size_t kMost = 3000;
  auto scene = std::make_shared<GlobeScene>();
  Trajectories& flow = scene->flow;
  flow = given;
  flow.values.clear();
  flow.rows = std::min(given.rows, kMost);
  for (std::size_t k = 0; k < given.times; ++k)
    for (std::size_t r = 0; r < flow.rows; ++r) {
      const double* x =
          given.values.data() + (k * given.rows + r * given.rows / flow.rows) * given.cols;
      flow.values.insert(flow.values.end(), x, x + given.cols);
    }
  const bool given_times = !flow.t.empty();
  const std::vector<Vector3> start = vectors_of(points_at(flow, given_times ? flow.t.front() : 0));
  scene->views = both_sides(vectors_of(points_at(flow, given_times ? flow.t.back() : 1)));
  for (std::size_t k = 0; k < 2; ++k) {
    scene->empty[k] = empty_globe(scene->views[k], coasts, 300);
    scene->empty[k].title = "from " + scene->views[k].words;
  }
  scene->colours = longitude_colours(start);
  return scene;
}

Panel globe_moment(const GlobeScene& scene, std::size_t side, double t) {
  Panel panel = scene.empty[side];
  const GlobeView& view = scene.views[side];
  std::vector<Vector3> now = vectors_of(points_at(scene.flow, t));
  Dots dots{{}, now.size() > 1500 ? 1.2 : 1.7, {}};
  for (std::size_t k = 0; k < now.size(); ++k) {
    const double size = length_of(now[k]);
    for (double& one : now[k]) one /= size;
    if (!is_finite(now[k]) || !view.sees(now[k])) continue;
    dots.at.push_back(view.spot(now[k]));
    dots.colours.push_back(scene.colours[k]);
  }
  if (!dots.at.empty()) panel.marks.push_back(std::move(dots));
  return panel;
}

}  // namespace

Figure globe_figure(const Points& samples, const Points& data, const Coastlines& coasts,
                    const std::string& title) {
  const std::vector<Vector3> of_data = vectors_of(data), of_samples = vectors_of(samples);
  Figure figure{title, {}, {{"data", colours::data}, {"samples", colours::samples}}, {}, 4, {}};
  const std::array views = both_sides(of_data.empty() ? of_samples : of_data);
  for (std::size_t set = 0; set < 2; ++set)
    for (const GlobeView& view : views)
      figure.panels.push_back(dotted_globe(set == 0 ? of_data : of_samples, view, coasts,
                                           set == 0 ? "data" : "samples",
                                           set == 0 ? colours::data : colours::samples));
  return figure.note(coasts.note);
}

Figure globe_field_figure(const std::vector<FieldSlice>& slices, const Coastlines& coasts,
                          const std::string& title) {
  detail::check(!slices.empty(), "plot", "the velocity field has no times; give at least one");
  std::vector<Winds> all;
  for (const FieldSlice& slice : slices) all.push_back(winds_of(slice));
  const double top = top_speed(all);
  Figure figure{title, {}, {}, {}, slices.size(), {}};
  for (const GlobeView& view : both_sides(all.back().flowing))
    for (std::size_t k = 0; k < all.size(); ++k) {
      Panel panel = empty_globe(view, coasts, 226);
      panel.title = "t = " + short_number(all[k].t) + (k == 0 ? ", from " + view.words : "");
      add_winds(panel, all[k], view, top);
      if (k + 1 == all.size() && figure.panels.size() < slices.size())
        panel.bar =
            ColourBar{{0, top}, "speed |u|, radians per unit of time", ColourScale::speed, 2};
      figure.panels.push_back(std::move(panel));
    }
  figure.legend.push_back({"points of the flow at this time", colours::noise});
  return figure.note("length and colour end at " + short_number(top)).note(coasts.note);
}

MovingFigure globe_animation(const Trajectories& trajectories, const Coastlines& coasts,
                             const std::string& title, const std::string& source,
                             std::size_t frames) {
  const auto scene = scene_of(trajectories, coasts);
  const Timing timing = make_timing(trajectories, frames);
  return {timing.durations, [=, note = coasts.note](std::size_t k) {
            Figure figure{
                title, {},
                {},    {globe_moment(*scene, 0, timing.t[k]), globe_moment(*scene, 1, timing.t[k])},
                2,     {}};
            figure.clock = clock_at(timing, k, source);
            return figure.note("coloured by the longitude at the start").note(note);
          }};
}

}  // namespace pushforward::app
