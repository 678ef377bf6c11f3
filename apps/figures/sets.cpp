#include "apps/figures/sets.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "apps/figures/panels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// The sets of points, projected to one or two axes, without rows that are not finite.
struct FlatSets {
  std::vector<Points> points;
  Projection projection;
  std::size_t dropped = 0;

  std::vector<const Points*> pointers() const {
    std::vector<const Points*> all;
    for (const Points& set : points) all.push_back(&set);
    return all;
  }
  bool line() const { return points.front().cols == 1; }
};

FlatSets flatten(const std::vector<NamedPoints>& sets) {
  check(!sets.empty(), "plot", "there are no sets of points to compare; give at least one");
  FlatSets flat;
  for (const NamedPoints& set : sets) {
    check_shape("plot", set.points);
    check(set.points.cols == sets.front().points.cols, "plot", set.name, " has ", set.points.cols,
          " columns and ", sets.front().name, " has ", sets.front().points.cols,
          "; compare points of the same dimension");
    flat.points.push_back(finite_rows(set.points, flat.dropped));
  }
  flat.projection = make_projection(flat.points.front());
  for (Points& set : flat.points) set = flat.projection(set);
  return flat;
}

Limits common_limits(const FlatSets& flat, double part) {
  std::vector<double> ends;
  for (const Points& set : flat.points) {
    if (set.rows == 0) continue;
    const Limits one = robust_limits(set.values);
    ends.insert(ends.end(), {one.low, one.high});
  }
  return padded(find_limits(ends), part);
}

std::string counted(const NamedPoints& set) {
  return set.name + "  (n = " + whole_number(double(set.points.rows)) + ")";
}

// Returns a histogram as bars.
Bars histogram_bars(const Points& points, Limits x, const Colour& colour, double& top) {
  const auto bins = std::size_t(
      std::clamp(3 * std::cbrt(double(std::max<std::size_t>(1, points.rows))), 10.0, 80.0));
  std::vector<double> heights(bins, 0.0);
  const double step = x.width() / double(bins);
  for (double value : points.values) {
    const double place = (value - x.low) / step;
    if (place >= 0 && place <= double(bins))
      heights[std::min(std::size_t(place), bins - 1)] += 1 / (double(points.rows) * step);
  }
  Bars bars{{}, {colour.faded(0.5)}};
  for (std::size_t i = 0; i < bins; ++i) {
    const double low = x.low + double(i) * step;
    bars.at.push_back({{low, low + step}, {0, heights[i]}});
    top = std::max(top, heights[i]);
  }
  return bars;
}

void add_set_histograms(Figure& figure, const FlatSets& flat,
                        const std::vector<NamedPoints>& sets) {
  const Limits x = common_limits(flat, 0.05);
  double top = 1e-300;
  for (std::size_t k = 0; k < sets.size(); ++k) {
    Panel panel;
    panel.height = 240;
    panel.x = x;
    panel.title = counted(sets[k]);
    panel.x_label = flat.projection.x_label;
    panel.y_label = k == 0 ? "density" : "";
    panel.marks.push_back(histogram_bars(flat.points[k], x, category_colour(k), top));
    figure.panels.push_back(std::move(panel));
  }
  for (Panel& panel : figure.panels) panel.y = {0, 1.08 * top};
}

void add_set_scatters(Figure& figure, const FlatSets& flat, const std::vector<NamedPoints>& sets) {
  const View view = make_view(flat.pointers(), flat.projection.named, 300);
  const double area = view.width * view.height;
  Dots all;
  for (std::size_t k = 0; k < sets.size(); ++k) {
    Panel panel = panel_of(view, flat.projection.x_label, k == 0 ? flat.projection.y_label : "");
    panel.title = counted(sets[k]);
    panel.y_numbers = k == 0;
    const Dot dot = dot_for(flat.points[k].rows, area);
    panel.marks.push_back(dots_of(flat.points[k], dot, category_colour(k)));
    if (flat.points[k].rows == 0) panel.placard = "no points";
    figure.panels.push_back(std::move(panel));
  }
  if (sets.size() != 2) return;
  Panel panel = panel_of(view, flat.projection.x_label, "");
  panel.title = "overlay";
  panel.y_numbers = false;
  panel.marks.push_back(mixed_dots(flat.points[0], dot_for(flat.points[0].rows, area),
                                   category_colour(0), flat.points[1],
                                   dot_for(flat.points[1].rows, area), category_colour(1)));
  figure.panels.push_back(std::move(panel));
}

void add_set_legend(Figure& figure, const std::vector<NamedPoints>& sets, bool line) {
  for (std::size_t k = 0; k < sets.size(); ++k)
    figure.legend.push_back({sets[k].name, category_colour(k), line});
}

}  // namespace

Figure sets_figure(const std::vector<NamedPoints>& sets, const std::string& title) {
  const FlatSets flat = flatten(sets);
  Figure figure{title, {}, {}, {}, 1, {}};
  if (flat.line())
    add_set_histograms(figure, flat, sets);
  else
    add_set_scatters(figure, flat, sets);
  figure.columns = figure.panels.size();
  if (sets.size() > 1) add_set_legend(figure, sets, false);
  return figure.note(joined(std::vector{flat.projection.note, dropped_note(flat.dropped)}));
}

Figure sets_density_figure(const std::vector<NamedPoints>& sets, const std::string& title) {
  const FlatSets flat = flatten(sets);
  const Projection& names = flat.projection;
  Figure figure{title, {}, {}, {}, 1, {}};
  View view;
  if (flat.line())
    view = {common_limits(flat, 0.12), {}, 620, 300, true};
  else
    view = make_view(flat.pointers(), names.named, 350);
  const std::size_t columns = flat.line() ? 400 : 180,
                    rows =
                        flat.line() ? 1 : std::size_t(std::round(180 * view.height / view.width));
  const Bandwidth h =
      kernel_bandwidth(flat.points.front(), view.x, view.y, columns, rows, view.equal);
  std::vector<DensityGrid> grids;
  double top = 1e-300;
  for (const Points& points : flat.points) {
    grids.push_back(kernel_density(points, view.x, view.y, columns, rows, h));
    top = std::max(top, greatest(grids.back()));
  }
  if (flat.line()) {
    view.y = {0, 1.08 * top};
    Panel panel = panel_of(view, names.x_label, "density");
    for (std::size_t k = 0; k < sets.size(); ++k)
      panel.marks.push_back(Lines{{make_curve(grids[k])}, 2, {category_colour(k)}});
    figure.panels.push_back(std::move(panel));
    add_set_legend(figure, sets, true);
  } else {
    for (std::size_t k = 0; k < sets.size(); ++k) {
      Panel panel = panel_of(view, names.x_label, k == 0 ? names.y_label : "");
      panel.title = counted(sets[k]);
      panel.y_numbers = k == 0;
      panel.marks.push_back(heat_of(grids[k], top));
      if (k + 1 == sets.size()) panel.bar = ColourBar{{0, top}, "density", ColourScale::sequential};
      figure.panels.push_back(std::move(panel));
    }
    figure.columns = sets.size();
  }
  return figure.note(joined(
      std::vector{names.note, (sets.size() > 1 ? "Gaussian kernel estimates of one bandwidth: "
                                               : "Gaussian kernel estimate of bandwidth ") +
                                  bandwidth_text(h, view.equal, names.x_label, names.y_label)}));
}

namespace {

// Returns the root mean square distance of rows that are finite in both sets.
double distance_between(const Points& a, const Points& b) {
  double sum = 0, rows = 0;
  for (std::size_t i = 0; i < std::min(a.rows, b.rows); ++i) {
    double square = 0;
    for (std::size_t d = 0; d < a.cols; ++d) square += std::pow(a.at(i, d) - b.at(i, d), 2);
    if (!std::isfinite(square)) continue;
    sum += square;
    rows += 1;
  }
  return rows > 0 ? std::sqrt(sum / rows) : 0;
}

}  // namespace

namespace {

// Returns the limits of the last set, widened towards the other sets by at most three quarters of
// their width on each side. So the last set stays large enough to see even if points of another set
// are far away, because a solver with few steps diverged.
View view_of_last(const FlatSets& flat) {
  const Points& last = flat.points.back();
  const bool line = flat.line();
  Points corners{{}, 2, 2};
  for (const double end : {-1.0, 1.0}) {
    for (std::size_t d = 0; d < 2; ++d) {
      if (line && d == 1) {
        corners.values.push_back(end);
        continue;
      }
      const Limits own = robust_limits(column(last, d));
      double reach = end < 0 ? own.low : own.high;
      for (const Points& set : flat.points) {
        const Limits one = set.rows > 0 ? robust_limits(column(set, d)) : own;
        reach = end < 0 ? std::min(reach, one.low) : std::max(reach, one.high);
      }
      const double most = 0.75 * own.width();
      corners.values.push_back(std::clamp(reach, own.low - most, own.high + most));
    }
  }
  const std::array sets{&corners};
  if (!line) return make_view(sets, flat.projection.named, 210);
  return {padded({corners.at(0, 0), corners.at(1, 0)}, 0.05), {}, 210, 190, false};
}

// Returns the share of points outside of the view, as ", 12 % outside", or "" if there are none.
std::string outside_text(const Points& points, const View& view, bool line) {
  std::size_t outside = 0;
  for (std::size_t i = 0; i < points.rows; ++i) {
    const auto within = [](double x, Limits limits) { return x >= limits.low && x <= limits.high; };
    outside += !(within(points.at(i, 0), view.x) && (line || within(points.at(i, 1), view.y)));
  }
  if (outside == 0) return "";
  const double percent = std::ceil(100 * double(outside) / double(points.rows));
  return ", " + short_number(percent) + " % outside";
}

}  // namespace

Figure steps_figure(const std::vector<NamedPoints>& sets, const Points& starts,
                    const std::string& title) {
  FlatSets flat = flatten(sets);
  // Rows that are not finite are kept here, so that row i has the same colour in every set. They
  // are not drawn.
  for (std::size_t k = 0; k < sets.size(); ++k) flat.points[k] = flat.projection(sets[k].points);
  Figure figure{title, {}, {}, {}, sets.size(), {}};
  const bool line = flat.line();
  const View view = view_of_last(flat);
  const std::vector<Colour> colours =
      rank_colours(starts, std::max(0.5, dot_for(starts.rows, view.width * view.height).alpha));
  double top = 1e-300;
  for (std::size_t k = 0; k < sets.size(); ++k) {
    Panel panel = panel_of(view, flat.projection.x_label,
                           k > 0  ? ""
                           : line ? "density"
                                  : flat.projection.y_label);
    const bool last = k + 1 == sets.size();
    panel.title = sets[k].name;
    if (!last)
      panel.title +=
          ", off by " + short_number(distance_between(sets[k].points, sets.back().points));
    panel.title += outside_text(flat.points[k], view, line);
    panel.y_numbers = k == 0;
    if (line) {
      panel.marks.push_back(histogram_bars(flat.points[k], view.x, colours::samples, top));
    } else {
      Dots dots =
          dots_of(flat.points[k], dot_for(starts.rows, view.width * view.height), colours::samples);
      dots.colours = colours;
      panel.marks.push_back(std::move(dots));
      if (last) panel.bar = ColourBar{{0, 1}, "rank at the start", ColourScale::speed};
    }
    figure.panels.push_back(std::move(panel));
  }
  if (line) {
    for (Panel& panel : figure.panels) panel.y = {0, 1.08 * top};
  }
  return figure.note(joined(
      std::vector{flat.projection.note,
                  "off by: root mean square distance to the same points in " + sets.back().name}));
}

}  // namespace pushforward::app
