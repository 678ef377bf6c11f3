#include "apps/figures/column_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "apps/figures/date_ticks.h"

namespace pushforward::app {
namespace {

// A column of whole numbers or dates with at most this many values is discrete.
constexpr std::size_t kFewValues = 12;
constexpr double kWidestName = 84;  // page units; longer names are cut

bool is_whole(ColumnKind kind) {
  return kind == ColumnKind::integer || kind == ColumnKind::date || kind == ColumnKind::category;
}

std::string cut_name(const std::string& words) {
  return cut_text(words, tick_style(), kWidestName);
}

// Returns names of round dates and times, because round numbers of days or seconds are not round.
std::vector<AxisName> date_names(const TableColumn& type, Limits limits) {
  std::vector<AxisName> names;
  for (const Tick& tick : date_ticks(type, limits, 4)) names.push_back({tick.at, tick.text});
  return names;
}

// Returns a part of the names that do not touch, at least `least` page units apart.
std::vector<AxisName> thinned_names(const std::vector<AxisName>& names, Limits limits,
                                    double length, double least) {
  std::vector<AxisName> kept;
  for (const AxisName& name : names) {
    const double apart =
        kept.empty() ? least : (name.at - kept.back().at) / limits.width() * length;
    if (apart >= least) kept.push_back(name);
  }
  return kept;
}

std::vector<double> places_of_names(const std::vector<AxisName>& names) {
  std::vector<double> places;
  for (const AxisName& name : names) places.push_back(name.at);
  return places;
}

// Adds the outline of a histogram and its area.
void add_outline(Panel& panel, Limits limits, const std::vector<double>& shares,
                 const Colour& colour) {
  Bars bars{{}, {colour.faded(0.25)}};
  std::vector<Spot> outline{{limits.low, 0}};
  const double step = limits.width() / double(shares.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double low = limits.low + double(i) * step;
    bars.at.push_back({{low, low + step}, {0, shares[i]}});
    outline.push_back({low, shares[i]});
    outline.push_back({low + step, shares[i]});
  }
  outline.push_back({limits.high, 0});
  panel.marks.push_back(std::move(bars));
  panel.marks.push_back(Lines{{std::move(outline)}, 1.3, {colour}});
}

// Adds a bar for each share, on one side of the middle of its place.
void add_bars(Panel& panel, const std::vector<double>& shares, const Colour& colour, double from,
              double to) {
  Bars bars{{}, {colour.faded(0.75)}};
  for (std::size_t v = 0; v < shares.size(); ++v)
    bars.at.push_back({{double(v) + from, double(v) + to}, {0, shares[v]}});
  panel.marks.push_back(std::move(bars));
}

}  // namespace

double ColumnAxis::place(double value) const {
  if (!discrete) return value;
  const auto at = std::lower_bound(values.begin(), values.end(), value);
  return double(at - values.begin());
}

ColumnAxis make_column_axis(std::span<const Points* const> tables, std::size_t k) {
  ColumnAxis axis;
  std::set<double> values;
  std::vector<double> ends;
  for (const Points* table : tables) {
    if (k < table->names.size()) axis.name = table->names[k];
    if (k < table->kinds.size()) axis.type = table->kinds[k];
    if (table->rows == 0) continue;
    const std::vector<double> of_table = column(*table, k);
    values.insert(of_table.begin(), of_table.end());
    const Limits one = robust_limits(of_table);
    ends.insert(ends.end(), {one.low, one.high});
  }
  if (axis.name.empty()) axis.name = "column " + std::to_string(k);
  axis.discrete = axis.type.kind == ColumnKind::category ||
                  (is_whole(axis.type.kind) && values.size() <= kFewValues);
  if (!axis.discrete) {
    axis.limits = padded(find_limits(ends), 0.05);
    if (axis.type.kind == ColumnKind::date || axis.type.kind == ColumnKind::time)
      axis.names = date_names(axis.type, axis.limits);
    return axis;
  }
  axis.values.assign(values.begin(), values.end());
  axis.limits = {-0.6, std::max(1.0, double(axis.values.size())) - 0.4};
  for (std::size_t v = 0; v < axis.values.size(); ++v)
    axis.names.push_back({double(v), cut_name(cell_text(axis.type, axis.values[v]))});
  return axis;
}

std::size_t bins_for(const ColumnAxis& axis, std::size_t smallest_set) {
  if (axis.discrete) return axis.values.size();
  const double few = double(std::max<std::size_t>(1, smallest_set));
  return std::size_t(std::clamp(2.2 * std::cbrt(few), 8.0, 40.0));
}

std::vector<double> shares_on(const ColumnAxis& axis, const std::vector<double>& values,
                              std::size_t bins) {
  std::vector<double> shares(std::max<std::size_t>(1, bins), 0.0);
  const double one = 1 / double(std::max<std::size_t>(1, values.size()));
  for (const double value : values) {
    const double place =
        axis.discrete ? axis.place(value)
                      : (value - axis.limits.low) / axis.limits.width() * double(shares.size());
    if (place >= 0 && place <= double(shares.size()))
      shares[std::min(std::size_t(place), shares.size() - 1)] += one;
  }
  return shares;
}

void set_x_axis(Panel& panel, const ColumnAxis& axis, bool shown) {
  panel.x = axis.limits;
  panel.x_numbers = shown && axis.names.empty();
  const std::vector<AxisName> names = thinned_names(axis.names, axis.limits, panel.width, 13);
  panel.x_grid = places_of_names(names);
  if (!shown) return;
  panel.x_below = names;
  panel.x_label = axis.name;
}

void set_y_axis(Panel& panel, const ColumnAxis& axis, bool shown) {
  panel.y = axis.limits;
  panel.y_numbers = shown && axis.names.empty();
  const std::vector<AxisName> names = thinned_names(axis.names, axis.limits, panel.height, 13);
  panel.y_grid = places_of_names(names);
  if (!shown) return;
  panel.y_names = names;
  panel.y_label = axis.name;
}

void add_shares(Panel& panel, const ColumnAxis& axis, const std::vector<double>& data,
                const std::vector<double>& samples) {
  double top = 0;
  for (const auto* shares : {&data, &samples})
    for (const double share : *shares) top = std::max(top, share);
  panel.y = {0, top > 0 ? 1.08 * top : 1};
  panel.y_numbers = false;
  if (axis.discrete) {
    if (!data.empty()) add_bars(panel, data, colours::data, -0.4, 0);
    if (!samples.empty()) add_bars(panel, samples, colours::samples, 0, 0.4);
    return;
  }
  if (!data.empty()) add_outline(panel, axis.limits, data, colours::data);
  if (!samples.empty()) add_outline(panel, axis.limits, samples, colours::samples);
}

}  // namespace pushforward::app
