#include "apps/sweep/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pushforward::app {
namespace {

// The runs that differ only in the seed and in the axis that the picture shows from left to right.
struct Series {
  std::string words;
  std::vector<std::vector<std::size_t>> runs;  // at each value of the axis
};

std::vector<Series> series_of(const SweepGrid& grid, std::size_t across) {
  const SweepAxis& axis = grid.axes[across];
  const std::optional<std::size_t> seed = seed_axis(grid);
  std::vector<Series> series;
  for (std::size_t k = 0; k < grid.points.size(); ++k) {
    std::string others;
    for (std::size_t a = 0; a < grid.axes.size(); ++a) {
      if (a == across || (seed && a == *seed)) continue;
      others += (others.empty() ? "" : ", ") + grid.axes[a].key + "=" + grid.points[k].values[a];
    }
    const auto same = [&](const Series& s) { return s.words == others; };
    auto found = std::find_if(series.begin(), series.end(), same);
    if (found == series.end()) {
      series.push_back({others, std::vector<std::vector<std::size_t>>(axis.values.size())});
      found = series.end() - 1;
    }
    const auto at =
        std::find(axis.values.begin(), axis.values.end(), grid.points[k].values[across]);
    found->runs[static_cast<std::size_t>(at - axis.values.begin())].push_back(k);
  }
  return series;
}

// Adds a line through the means of a series and a dot for each of its runs.
void add_series(Panel& panel, const Series& series, const std::vector<SweepResult>& results,
                std::size_t measure, const Colour& colour) {
  Dots dots{{}, 3, {colour.faded(0.6)}};
  std::vector<Spot> line;
  for (std::size_t v = 0; v < series.runs.size(); ++v) {
    const double x = static_cast<double>(v);
    line.push_back({x, spread_of(results, series.runs[v], measure).mean});
    for (const std::size_t k : series.runs[v]) {
      const double value = results[k].measures[measure];
      if (std::isfinite(value)) dots.at.push_back({x, value});
    }
  }
  panel.marks.push_back(Lines{{std::move(line)}, 1.6, {colour}});
  panel.marks.push_back(std::move(dots));
}

// Sets the limits of the y axis. It is logarithmic if the values span more than a factor of 8.
void fit_values(Panel& panel, const std::vector<SweepResult>& results, std::size_t measure) {
  Limits y{HUGE_VAL, -HUGE_VAL};
  for (const SweepResult& result : results) {
    const double value = result.measures[measure];
    if (std::isfinite(value)) y = {std::min(y.low, value), std::max(y.high, value)};
  }
  panel.log_y = y.low > 0 && y.high / y.low > 8;
  const double reach = std::pow(y.high / y.low, 0.05);
  panel.y = panel.log_y ? Limits{y.low / reach, y.high * reach} : padded(y, 0.08);
}

}  // namespace

Figure sweep_figure(const SweepGrid& grid, const std::vector<SweepResult>& results,
                    const std::string& title) {
  Figure figure{title, {}, {}, {}, 1, {}};
  const std::optional<std::size_t> seed = seed_axis(grid);
  const std::size_t across = seed && *seed == 0 && grid.axes.size() > 1 ? 1 : 0;
  const SweepAxis& axis = grid.axes[across];
  Panel panel;
  panel.width = 460;
  panel.height = 300;
  panel.x_numbers = false;
  panel.x_label = axis.key;
  panel.x = {-0.5, static_cast<double>(axis.values.size()) - 0.5};
  for (std::size_t v = 0; v < axis.values.size(); ++v)
    panel.x_names.push_back({static_cast<double>(v), axis.values[v]});
  const std::vector<std::size_t> known = known_measures(results);
  if (known.empty()) {
    panel.placard = "no results";
    figure.panels.push_back(std::move(panel));
    return figure;
  }
  const std::size_t measure = known.back();
  const SweepMeasure& shown = sweep_measures()[measure];
  panel.y_label = shown.name;
  fit_values(panel, results, measure);
  const std::vector<Series> all = series_of(grid, across);
  for (std::size_t s = 0; s < all.size(); ++s) {
    const Colour colour = category_colour(s);
    add_series(panel, all[s], results, measure, colour);
    if (!all[s].words.empty()) figure.legend.push_back({all[s].words, colour, true});
  }
  figure.panels.push_back(std::move(panel));
  figure.note(fmt::format("{}: {}. A dot is a run, and a line joins their means.", shown.name,
                          shown.about));
  const auto missing = std::count_if(
      results.begin(), results.end(),
      [&](const SweepResult& result) { return !std::isfinite(result.measures[measure]); });
  return figure.note(missing == 0 ? ""
                                  : fmt::format("{} of {} runs do not have this number.", missing,
                                                results.size()));
}

}  // namespace pushforward::app
