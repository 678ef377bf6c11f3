// Draws arrows and curves of velocity fields.
#include "apps/figures/arrows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// Returns a quantile of the finite values, or 0 if there are none.
double quantile(std::vector<double> values, double q) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  if (values.empty()) return 0;
  const auto at = values.begin() + std::ptrdiff_t(q * double(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Draws an arrow of the given length with its middle at `middle`, or a dot if the velocity is 0.
void draw_arrow(Canvas& canvas, Spot middle, double dx, double dy, double length,
                const Colour& colour) {
  const double size = std::hypot(dx, dy);
  if (!(size > 0)) return canvas.disc(middle, 0.9, colour);
  const double ux = dx / size, uy = dy / size;
  const Spot from{middle.x - ux * length / 2, middle.y - uy * length / 2};
  const Spot tip{middle.x + ux * length / 2, middle.y + uy * length / 2};
  const double head = std::min(5.2, 0.55 * length), half = 0.42 * head;
  const Spot neck{tip.x - ux * head, tip.y - uy * head};
  canvas.line(from, {neck.x + ux, neck.y + uy}, colour, 1.15);
  const std::array corners{tip, Spot{neck.x - uy * half, neck.y + ux * half},
                           Spot{neck.x + ux * 0.25 * head, neck.y + uy * 0.25 * head},
                           Spot{neck.x + uy * half, neck.y - ux * half}};
  canvas.polygon(corners, colour);
}

std::vector<double> compute_speeds(const FieldSlice& slice) {
  std::vector<double> speeds;
  for (std::size_t i = 0; i < slice.velocity.rows; ++i) {
    speeds.push_back(std::hypot(slice.velocity.at(i, 0), slice.velocity.at(i, 1)));
  }
  return speeds;
}

// Returns for each arrow of the slice whether a flowing point is within 1.2 arrow distances. All
// are true if there are no flowing points.
std::vector<bool> near_points(const FieldSlice& slice) {
  if (slice.flowing.rows == 0) return std::vector<bool>(slice.at.rows, true);
  std::vector<bool> near(slice.at.rows, false);
  const double area =
      find_limits(column(slice.at, 0)).width() * find_limits(column(slice.at, 1)).width();
  const double reach = 1.44 * area / double(std::max<std::size_t>(1, slice.at.rows));  // squared
  const std::size_t stride = slice.flowing.rows / 2000 + 1;
  for (std::size_t i = 0; i < slice.at.rows; ++i) {
    for (std::size_t j = 0; j < slice.flowing.rows && !near[i]; j += stride) {
      const double dx = slice.at.at(i, 0) - slice.flowing.at(j, 0),
                   dy = slice.at.at(i, 1) - slice.flowing.at(j, 1);
      near[i] = dx * dx + dy * dy <= reach;
    }
  }
  return near;
}

// Returns the distance on the page between neighbouring points of a roughly regular set.
double spacing(const Points& at, const Axes& axes) {
  std::size_t inside = 0;
  for (std::size_t i = 0; i < at.rows; ++i) {
    inside += at.at(i, 0) >= axes.x.low && at.at(i, 0) <= axes.x.high &&
              at.at(i, 1) >= axes.y.low && at.at(i, 1) <= axes.y.high;
  }
  return std::sqrt(axes.box.width * axes.box.height / std::max<double>(1, double(inside)));
}

// Returns the interval in which points flow, without a few outliers, or
// everything if there are no points.
Limits flow_limits(const FieldSlice& slice) {
  std::vector<double> x = slice.flowing.values;
  if (x.empty()) return {-INFINITY, INFINITY};
  std::sort(x.begin(), x.end());
  const std::size_t strays = x.size() / 500;
  return {x[strays], x[x.size() - 1 - strays]};
}

// Returns the colour of slice k of n.
Colour slice_colour(std::size_t k, std::size_t n) {
  return speed_colour(n > 1 ? double(k) / double(n - 1) : 0);
}

}  // namespace

FieldSlices finite_slices(const FieldSlices& slices, std::size_t& dropped) {
  check(!slices.empty(), "plot", "the velocity field has no times; give at least one");
  const std::size_t D = slices.front().at.cols;
  FieldSlices kept;
  for (const FieldSlice& slice : slices) {
    check_shape("plot", slice.at);
    check_shape("plot", slice.velocity);
    check_shape("plot", slice.flowing);
    check(D == 1 || D == 2, "plot", "a velocity field of dimension ", D,
          "; only 1 and 2 can be drawn");
    check(slice.at.cols == D && slice.velocity.cols == D && slice.at.rows == slice.velocity.rows,
          "plot", "at t = ", slice.t, " velocities (", slice.velocity.rows, ", ",
          slice.velocity.cols, ") at points (", slice.at.rows, ", ", slice.at.cols,
          "); give one velocity for each point, of dimension ", D);
    check(slice.flowing.rows == 0 || slice.flowing.cols == D, "plot",
          "flowing points of dimension ", slice.flowing.cols, " in a field of dimension ", D,
          "; both need the same dimension");
    FieldSlice clean{slice.t, {{}, 0, D}, {{}, 0, D}, finite_rows(slice.flowing, dropped)};
    for (std::size_t i = 0; i < slice.at.rows; ++i) {
      const auto row = std::ptrdiff_t(i * D), next = row + std::ptrdiff_t(D);
      const auto finite = [](double v) { return std::isfinite(v); };
      const auto x = slice.at.values.begin(), u = slice.velocity.values.begin();
      if (!std::all_of(x + row, x + next, finite) || !std::all_of(u + row, u + next, finite)) {
        ++dropped;
        continue;
      }
      clean.at.values.insert(clean.at.values.end(), x + row, x + next);
      clean.velocity.values.insert(clean.velocity.values.end(), u + row, u + next);
      ++clean.at.rows;
      ++clean.velocity.rows;
    }
    kept.push_back(std::move(clean));
  }
  return kept;
}

std::string time_title(double t) { return "t = " + short_number(t); }

double speed_scale(const FieldSlices& slices) {
  std::vector<double> near, all;
  for (const FieldSlice& slice : slices) {
    const std::vector<double> speeds = compute_speeds(slice);
    const std::vector<bool> counted = near_points(slice);
    for (std::size_t i = 0; i < speeds.size(); ++i) {
      all.push_back(speeds[i]);
      if (counted[i]) near.push_back(speeds[i]);
    }
  }
  const double typical = quantile(near, 0.97), greatest = quantile(all, 1);
  return typical > 0 ? typical : greatest > 0 ? greatest : 1;
}

double greatest_speed(const FieldSlices& slices) {
  double greatest = 0;
  for (const FieldSlice& slice : slices) {
    for (double speed : compute_speeds(slice)) greatest = std::max(greatest, speed);
  }
  return greatest;
}

ViewLimits make_view_limits(const FieldSlices& slices) {
  std::vector<const Points*> places;
  for (const FieldSlice& slice : slices) places.push_back(&slice.at);
  ViewLimits view = common_view(places);
  fit_aspect(view.x, view.y, 1, 1);
  return view;
}

void draw_arrows(Canvas& canvas, const Axes& axes, const FieldSlice& slice, double top, Far far) {
  if (slice.flowing.rows > 0) {
    const Dot dot = dot_for(slice.flowing.rows, axes.box.width * axes.box.height);
    draw_points(canvas, axes, slice.flowing, {dot.radius, 0.55 * dot.alpha}, colours::noise);
  }
  const std::vector<bool> near = near_points(slice);
  const double longest = 0.92 * spacing(slice.at, axes);
  const double across = axes.box.width / axes.x.width(), up = axes.box.height / axes.y.width();
  canvas.clipped(axes.box, [&](Canvas& inside) {
    for (std::size_t i = 0; i < slice.at.rows; ++i) {
      if (far == Far::none && !near[i]) continue;
      const double u = slice.velocity.at(i, 0), v = slice.velocity.at(i, 1);
      const double part = std::min(1.0, std::hypot(u, v) / top);
      draw_arrow(inside, axes.spot(slice.at.at(i, 0), slice.at.at(i, 1)), across * u, -up * v,
                 longest * (0.3 + 0.7 * part), speed_colour(part).faded(near[i] ? 1 : 0.38));
    }
  });
}

void draw_curves(Canvas& canvas, const Axes& axes, const FieldSlices& slices) {
  for (std::size_t k = 0; k < slices.size(); ++k) {
    const FieldSlice& slice = slices[k];
    std::vector<std::size_t> order(slice.at.rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return slice.at.values[a] < slice.at.values[b];
    });
    const Limits flows = flow_limits(slice);
    std::vector<Spot> all, near;
    for (std::size_t i : order) {
      const double x = slice.at.values[i];
      all.push_back(axes.spot(x, slice.velocity.values[i]));
      if (x >= flows.low && x <= flows.high) near.push_back(all.back());
    }
    const Colour colour = slice_colour(k, slices.size());
    canvas.clipped(axes.box, [&](Canvas& inside) {
      inside.line(all, colour.faded(0.3), 1.2);
      inside.line(near, colour, 1.8);
    });
  }
}

void draw_times(Canvas& canvas, const Axes& axes, const std::vector<std::string>& words) {
  const double right = axes.box.right();
  for (std::size_t k = 0; k < words.size(); ++k) {
    const double y = axes.box.y + 12 + 20 * double(k);
    canvas.line({right + 12, y - 4}, {right + 26, y - 4}, slice_colour(k, words.size()), 2.2);
    canvas.text({right + 31, y}, words[k], {sizes::tick});
  }
}

Limits point_limits(const FieldSlices& slices) {
  std::vector<double> x;
  for (const FieldSlice& slice : slices)
    x.insert(x.end(), slice.at.values.begin(), slice.at.values.end());
  return padded(find_limits(x), 0.02);
}

Limits velocity_limits(const FieldSlices& slices) {
  std::vector<double> u;
  for (const FieldSlice& slice : slices) {
    const Limits flows = flow_limits(slice);
    for (std::size_t i = 0; i < slice.at.rows; ++i) {
      const double x = slice.at.values[i];
      if (x >= flows.low && x <= flows.high) u.push_back(slice.velocity.values[i]);
    }
  }
  return padded(robust_limits(u), 0.06);
}

}  // namespace pushforward::app
