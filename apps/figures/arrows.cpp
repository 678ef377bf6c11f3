// Makes the arrows and curves that show velocity fields.
#include "apps/figures/arrows.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

double speed_of(const FieldSlice& slice, std::size_t i, const SpeedScales& scales) {
  return std::hypot(slice.velocity.at(i, 0) / scales.unit_x,
                    slice.velocity.at(i, 1) / scales.unit_y);
}

// Returns for each arrow of the slice whether a flowing point (a sample of p_t) is near, that is,
// within 1.2 times the distance between arrows. Both axes are first scaled to the width of the
// region of the arrows. All are true if there are no flowing points.
std::vector<bool> near_points(const FieldSlice& slice) {
  if (slice.flowing.rows == 0) return std::vector<bool>(slice.at.rows, true);
  std::vector<bool> near(slice.at.rows, false);
  const auto width = [](double w) { return w > 0 ? w : 1; };
  const double x = width(find_limits(column(slice.at, 0)).width()),
               y = width(find_limits(column(slice.at, 1)).width());
  const double reach = 1.44 / double(std::max<std::size_t>(1, slice.at.rows));  // squared
  const std::size_t stride = slice.flowing.rows / 2000 + 1;
  for (std::size_t i = 0; i < slice.at.rows; ++i) {
    for (std::size_t j = 0; j < slice.flowing.rows && !near[i]; j += stride) {
      const double dx = (slice.at.at(i, 0) - slice.flowing.at(j, 0)) / x,
                   dy = (slice.at.at(i, 1) - slice.flowing.at(j, 1)) / y;
      near[i] = dx * dx + dy * dy <= reach;
    }
  }
  return near;
}

// Returns the distance on the page between neighbouring points of a roughly regular set.
double spacing(const Points& at, const Panel& panel) {
  std::size_t inside = 0;
  for (std::size_t i = 0; i < at.rows; ++i) {
    inside += at.at(i, 0) >= panel.x.low && at.at(i, 0) <= panel.x.high &&
              at.at(i, 1) >= panel.y.low && at.at(i, 1) <= panel.y.high;
  }
  return std::sqrt(panel.width * panel.height / std::max<double>(1, double(inside)));
}

// Returns the interval of the slice's flowing points (samples of p_t) without a few outliers, or
// the whole line if there are none.
Limits flow_limits(const FieldSlice& slice) {
  std::vector<double> x = slice.flowing.values;
  if (x.empty()) return {-INFINITY, INFINITY};
  std::sort(x.begin(), x.end());
  const std::size_t strays = x.size() / 500;
  return {x[strays], x[x.size() - 1 - strays]};
}

// Returns the colour of slice number k of n, for one-dimensional fields.
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
    FieldSlice clean{
        slice.t, {{}, 0, D, slice.at.names}, {{}, 0, D}, finite_rows(slice.flowing, dropped)};
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

SpeedScales speed_scales(const std::vector<const FieldSlices*>& fields, const View& view) {
  SpeedScales scales;
  if (!view.equal) {
    scales.unit_x = view.x.width();
    scales.unit_y = view.y.width();
  }
  std::vector<std::vector<double>> near(fields.front()->size());
  std::vector<double> every;
  for (std::size_t k = 0; k < near.size(); ++k) {
    for (const FieldSlices* field : fields) {
      const std::vector<bool> counted = near_points((*field)[k]);
      for (std::size_t i = 0; i < counted.size(); ++i) {
        if (counted[i]) near[k].push_back(speed_of((*field)[k], i, scales));
      }
    }
    const double top = quantile(near[k], 0.95), greatest = quantile(near[k], 1);
    scales.top.push_back(top > 0 ? top : greatest > 0 ? greatest : 1);
    every.insert(every.end(), near[k].begin(), near[k].end());
  }
  const auto [least, greatest] = std::minmax_element(scales.top.begin(), scales.top.end());
  scales.shared = *greatest <= 3 * *least;
  if (scales.shared) {
    const double top = quantile(every, 0.95);
    for (double& one : scales.top) one = top > 0 ? top : *greatest;
  }
  double faster = 0, all = 0;
  for (std::size_t k = 0; k < near.size(); ++k) {
    for (double speed : near[k]) {
      all += 1;
      faster += speed > 1.0001 * scales.top[k] ? 1 : 0;
    }
  }
  scales.beyond = all > 0 ? faster / all : 0;
  return scales;
}

std::string scale_note(const SpeedScales& scales) {
  std::string words = scales.shared ? "length and colour end at " + short_number(scales.top[0])
                                    : "each time has its own scale of length and colour";
  if (scales.unit_x != 1 || scales.unit_y != 1) words += ", in lengths of the axes";
  if (!(scales.beyond > 0)) return words;
  const double percent = std::round(1000 * scales.beyond) / 10;
  return words + "; " + (percent > 0 ? short_number(percent) : "fewer than 0.1") +
         " % of the arrows are faster and drawn as the longest";
}

ColourBar speed_bar(const SpeedScales& scales, const std::string& what) {
  if (scales.shared) return {{0, scales.top[0]}, what, ColourScale::speed};
  return {{0, 1}, what + " / scale", ColourScale::speed};
}

std::string scaled_title(const SpeedScales& scales, std::size_t k, double t) {
  return time_title(t) + (scales.shared ? "" : ", scale " + short_number(scales.top[k]));
}

View field_view(const FieldSlices& slices, double side) {
  std::vector<const Points*> places;
  for (const FieldSlice& slice : slices) places.push_back(&slice.at);
  return make_view(places, !slices.front().at.names.empty(), side, true);
}

void add_arrows(Panel& panel, const FieldSlice& slice, const SpeedScales& scales, std::size_t k,
                Far far) {
  if (slice.flowing.rows > 0) {
    const Dot dot = dot_for(slice.flowing.rows, panel.width * panel.height);
    panel.marks.push_back(dots_of(slice.flowing, {dot.radius, 0.55 * dot.alpha}, colours::noise));
  }
  const std::vector<bool> near = near_points(slice);
  const double longest = 0.92 * spacing(slice.at, panel);
  Arrows arrows;
  for (std::size_t i = 0; i < slice.at.rows; ++i) {
    if (far == Far::none && !near[i]) continue;
    const Spot along{slice.velocity.at(i, 0), slice.velocity.at(i, 1)};
    const double part = std::min(1.0, speed_of(slice, i, scales) / scales.top[k]);
    arrows.at.push_back({slice.at.at(i, 0), slice.at.at(i, 1)});
    arrows.along.push_back(along);
    arrows.length.push_back(longest * (0.3 + 0.7 * part));
    arrows.colours.push_back(speed_colour(part).faded(near[i] ? 1 : 0.38));
  }
  panel.marks.push_back(std::move(arrows));
}

void add_field_curves(Panel& panel, const FieldSlices& slices) {
  Lines all{{}, 1.2, {}}, near{{}, 1.8, {}};
  for (std::size_t k = 0; k < slices.size(); ++k) {
    const FieldSlice& slice = slices[k];
    std::vector<std::size_t> order(slice.at.rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return slice.at.values[a] < slice.at.values[b];
    });
    const Limits flows = flow_limits(slice);
    std::vector<Spot> curve, inner;
    for (std::size_t i : order) {
      const double x = slice.at.values[i];
      curve.push_back({x, slice.velocity.values[i]});
      if (x >= flows.low && x <= flows.high) inner.push_back(curve.back());
    }
    const Colour colour = slice_colour(k, slices.size());
    all.lines.push_back(std::move(curve));
    all.colours.push_back(colour.faded(0.3));
    near.lines.push_back(std::move(inner));
    near.colours.push_back(colour);
  }
  panel.marks.push_back(std::move(all));
  panel.marks.push_back(std::move(near));
}

std::vector<LegendEntry> time_legend(const std::vector<std::string>& words) {
  std::vector<LegendEntry> entries;
  for (std::size_t k = 0; k < words.size(); ++k)
    entries.push_back({words[k], slice_colour(k, words.size()), true});
  return entries;
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
