#include "apps/figures/pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "apps/figures/panels.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

// Returns a panel that holds all states of all the paths, projected to the same axes.
Panel panel_for(const std::vector<const Trajectories*>& all, const Projection& names, bool line) {
  Panel panel;
  Points states{{}, 0, std::min<std::size_t>(all.front()->cols, 2)};
  for (const Trajectories* paths : all) {
    const Points flat = names(Points{paths->values, paths->times * paths->rows, paths->cols});
    states.values.insert(states.values.end(), flat.values.begin(), flat.values.end());
    states.rows += flat.rows;
  }
  if (line) {
    panel.width = 380;
    panel.height = 300;
    panel.x = padded({0, 1}, 0.03);
    panel.y = padded(find_limits(states.values), 0.06);
    panel.x_label = "t";
    panel.y_label = names.x_label;
    return panel;
  }
  const Limits x = find_limits(column(states, 0)), y = find_limits(column(states, 1));
  const Points corners{{x.low, y.low, x.high, y.high}, 2, 2};
  const std::array sets{&corners};
  return panel_of(make_view(sets, names.named, 380), names.x_label, names.y_label);
}

// Adds the paths as lines with marked ends.
void add_paths(Panel& panel, const Trajectories& paths, const Projection& names) {
  const bool line = paths.cols == 1;
  Lines lines{{}, 0.7, {colours::ink.faded(0.35)}};
  Dots starts{{}, 2.2, {colours::noise.faded(0.9)}}, ends{{}, 2.4, {colours::samples.faded(0.9)}};
  const Points flat = names(Points{paths.values, paths.times * paths.rows, paths.cols});
  for (std::size_t i = 0; i < paths.rows; ++i) {
    std::vector<Spot> spots;
    for (std::size_t k = 0; k < paths.times; ++k) {
      const std::size_t row = k * paths.rows + i;
      spots.push_back(line ? Spot{paths.t[k], flat.at(row, 0)}
                           : Spot{flat.at(row, 0), flat.at(row, 1)});
    }
    starts.at.push_back(spots.front());
    ends.at.push_back(spots.back());
    lines.lines.push_back(std::move(spots));
  }
  panel.marks = {std::move(lines), std::move(starts), std::move(ends)};
}

Trajectories as_paths(const PairedPoints& pairs) {
  check_shape("plot", pairs.x0);
  check_shape("plot", pairs.x1);
  check(pairs.x0.rows == pairs.x1.rows && pairs.x0.cols == pairs.x1.cols, "plot",
        "source points of shape (", pairs.x0.rows, ", ", pairs.x0.cols, ") beside data of shape (",
        pairs.x1.rows, ", ", pairs.x1.cols, "); pairs need as many of each");
  Trajectories paths{pairs.x0.values, 2, pairs.x0.rows, pairs.x0.cols, {0, 1}};
  paths.values.insert(paths.values.end(), pairs.x1.values.begin(), pairs.x1.values.end());
  paths.names = pairs.x1.names;
  return paths;
}

// Returns a figure of two panels of paths. For D > 2, both panels use the principal axes of the
// points at which the paths `one` end.
Figure two_panels(const Trajectories& one, const Trajectories& other,
                  const std::array<std::string, 2>& heads, const std::string& title,
                  const std::string& source) {
  check_shape("plot", one);
  check_shape("plot", other);
  check(
      one.times > 1 && other.times > 1 && one.rows > 0 && other.rows > 0 && one.cols == other.cols,
      "plot", "paths of shape (", one.times, ", ", one.rows, ", ", one.cols,
      ") beside paths of shape (", other.times, ", ", other.rows, ", ", other.cols,
      "); both need points at two times or more, of one dimension");
  const Projection names = make_projection(points_at(one, one.t.back()));
  Panel panel = panel_for({&one, &other}, names, one.cols == 1);
  Figure figure{
      title,          {}, {{source, colours::noise}, {"end of the path", colours::samples}},
      {panel, panel}, 2,  {}};
  add_paths(figure.panels[0], one, names);
  add_paths(figure.panels[1], other, names);
  for (std::size_t k = 0; k < 2; ++k) figure.panels[k].title = heads[k];
  figure.panels[1].y_label = "";
  figure.panels[1].y_numbers = false;
  return figure.note(names.note);
}

std::string with_length(const PairedPoints& pairs) {
  double sum = 0;
  for (std::size_t i = 0; i < pairs.x0.values.size(); ++i)
    sum += std::pow(pairs.x1.values[i] - pairs.x0.values[i], 2);
  const double rows = double(std::max<std::size_t>(1, pairs.x0.rows));
  return pairs.name + ": length " + short_number(std::sqrt(sum / rows));
}

}  // namespace

Figure paths_figure(const Trajectories& conditional, const Trajectories& marginal,
                    const std::string& title, const std::string& source) {
  return two_panels(conditional, marginal, {"conditional, to its data", "marginal, of the flow"},
                    title, source);
}

Figure coupling_figure(const PairedPoints& one, const PairedPoints& other, const std::string& title,
                       const std::string& source) {
  Figure figure = two_panels(as_paths(one), as_paths(other), {with_length(one), with_length(other)},
                             title, source);
  figure.legend[1].words = "data";
  figure.legend.push_back({"a pair", colours::ink.faded(0.5), true});
  return figure.note("length: root mean square distance of the pairs");
}

}  // namespace pushforward::app
