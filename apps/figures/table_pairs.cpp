#include "apps/figures/table_pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "apps/figures/column_axis.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

bool is_category(const Points& table, std::size_t k) {
  return k < table.kinds.size() && table.kinds[k].kind == ColumnKind::category;
}

// Data and samples without rows that are not finite, and the axes of their columns.
struct PairedTables {
  Points data, samples;
  std::vector<ColumnAxis> axes;
  std::size_t dropped = 0;

  PairedTables(const Points& all_samples, const Points& all_data) {
    check_shape("plot", all_samples);
    check_shape("plot", all_data);
    check(all_samples.cols == all_data.cols || all_samples.rows == 0 || all_data.rows == 0, "plot",
          "samples have ", all_samples.cols, " columns and data ", all_data.cols,
          "; give tables of the same columns");
    data = finite_rows(all_data, dropped);
    samples = finite_rows(all_samples, dropped);
    const std::array tables{&data, &samples};
    for (std::size_t k = 0; k < std::max(data.cols, samples.cols); ++k)
      axes.push_back(make_column_axis(tables, k));
  }
  std::size_t smallest() const {
    return data.rows == 0      ? samples.rows
           : samples.rows == 0 ? data.rows
                               : std::min(data.rows, samples.rows);
  }
  // The number of points of each set in a panel. It is equal, so that neither set hides the other.
  std::size_t shown() const { return std::clamp<std::size_t>(smallest(), 200, 2000); }
  std::string words_of_shown() const {
    const std::size_t most = std::max(data.rows, samples.rows);
    return most > shown() ? "at most " + whole_number(double(shown())) + " points of each set" : "";
  }
};

std::vector<LegendEntry> legend_of(const PairedTables& tables) {
  std::vector<LegendEntry> legend;
  const auto add = [&](const char* name, const Points& set, const Colour& colour) {
    if (set.rows > 0)
      legend.push_back(
          {std::string(name) + "  (n = " + whole_number(double(set.rows)) + ")", colour});
  };
  add("data", tables.data, colours::data);
  add("samples", tables.samples, colours::samples);
  return legend;
}

// Returns a number on (-1/2, 1/2) that looks random and is the same for each call (the finalizer of
// SplitMix64; Steele, Lea and Flood 2014).
double jitter(std::size_t row, std::size_t column) {
  std::uint64_t z = (2 * std::uint64_t(row) + column + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return double((z ^ (z >> 31)) >> 11) * 0x1p-53 - 0.5;
}

// Returns the places of the first `rows` rows of a set in a plot of two columns. On a discrete
// axis, points are moved within the place of their value: to its left half if `side` is -1, and to
// its right half if `side` is 1.
Points places_of(const Points& set, std::size_t rows, const ColumnAxis& x, std::size_t j,
                 const ColumnAxis& y, std::size_t k, double side) {
  Points places{{}, 0, 2};
  places.rows = std::min(set.rows, rows);
  places.values.reserve(2 * places.rows);
  for (std::size_t row = 0; row < places.rows; ++row) {
    const double across = x.discrete ? 0.2 * side + 0.32 * jitter(row, 0) : 0,
                 up = y.discrete ? 0.7 * jitter(row, 1) : 0;
    places.values.push_back(x.place(set.at(row, j)) + across);
    places.values.push_back(y.place(set.at(row, k)) + up);
  }
  return places;
}

void add_scatter(Panel& panel, const PairedTables& tables, std::size_t j, std::size_t k) {
  const ColumnAxis &x = tables.axes[j], &y = tables.axes[k];
  const std::size_t most = tables.shown();
  const Points data = places_of(tables.data, most, x, j, y, k, -1),
               samples = places_of(tables.samples, most, x, j, y, k, 1);
  const double area = panel.width * panel.height;
  const auto small = [area](std::size_t rows) {
    Dot dot = dot_for(rows, area);
    dot.radius = std::min(dot.radius, 1.7);
    return dot;
  };
  panel.marks.push_back(mixed_dots(data, small(data.rows), colours::data, samples,
                                   small(samples.rows), colours::samples));
}

// Returns Pearson's correlation of two columns, or NaN if one is constant.
double correlation_of(const Points& set, std::size_t j, std::size_t k) {
  double mean_j = 0, mean_k = 0, jj = 0, kk = 0, jk = 0;
  for (std::size_t row = 0; row < set.rows; ++row) {
    mean_j += set.at(row, j) / double(set.rows);
    mean_k += set.at(row, k) / double(set.rows);
  }
  for (std::size_t row = 0; row < set.rows; ++row) {
    const double a = set.at(row, j) - mean_j, b = set.at(row, k) - mean_k;
    jj += a * a, kk += b * b, jk += a * b;
  }
  return jk / std::sqrt(jj * kk);
}

// Writes the correlations of data and samples into an empty panel.
void add_correlations(Panel& panel, const PairedTables& tables, std::size_t j, std::size_t k) {
  panel.axes = false;
  panel.x = panel.y = {0, 1};
  double y = 0.56;
  const auto add = [&](const Points& set, const Colour& colour) {
    const double r = correlation_of(set, j, k);
    if (!std::isfinite(r)) return;
    // The text has two decimals and a typographic minus sign.
    std::string words = short_number(std::round(100 * r) / 100);
    if (words == "\u22120") words = "0";
    panel.marks.push_back(
        Texts{{{0.5, y}}, {words}, {sizes::panel_title, colour, Align::middle}, {colour}});
    y -= 0.2;
  };
  add(tables.data, colours::data);
  add(tables.samples, colours::samples);
}

// Returns the side of a panel, so that all fit on a page of usual width.
double side_of(std::size_t panels) { return std::clamp(1040 / double(panels), 100.0, 220.0); }

std::string more_columns(std::size_t shown, std::size_t all, const char* what) {
  if (shown == all) return "";
  return "the first " + std::to_string(shown) + " of " + std::to_string(all) + " " + what;
}

// The rows of a table with one value in a column.
Points rows_with(const Points& table, std::size_t column, double value) {
  Points rows{{}, 0, table.cols, table.names, table.kinds};
  for (std::size_t row = 0; row < table.rows; ++row) {
    if (table.at(row, column) != value) continue;
    const auto begin = table.values.begin() + std::ptrdiff_t(row * table.cols);
    rows.values.insert(rows.values.end(), begin, begin + std::ptrdiff_t(table.cols));
    ++rows.rows;
  }
  return rows;
}

// A value of a category.
struct GivenValue {
  std::size_t column = 0;
  double value = 0;
  std::string words;
};

std::vector<GivenValue> conditions_of(const PairedTables& tables) {
  std::vector<GivenValue> conditions;
  for (std::size_t k = 0; k < tables.axes.size(); ++k) {
    const ColumnAxis& axis = tables.axes[k];
    if (axis.type.kind != ColumnKind::category) continue;
    for (const double value : axis.values)
      conditions.push_back({k, value, axis.name + " " + cell_text(axis.type, value)});
  }
  return conditions;
}

Panel conditional_panel(const PairedTables& tables, std::size_t k, const GivenValue& condition,
                        double side) {
  const ColumnAxis& axis = tables.axes[k];
  const Points data = rows_with(tables.data, condition.column, condition.value),
               samples = rows_with(tables.samples, condition.column, condition.value);
  Panel panel;
  panel.width = side;
  panel.height = 108;
  const std::size_t bins = bins_for(axis, std::min(data.rows > 0 ? data.rows : samples.rows,
                                                   samples.rows > 0 ? samples.rows : data.rows));
  const auto shares = [&](const Points& set) {
    return set.rows == 0 ? std::vector<double>() : shares_on(axis, column(set, k), bins);
  };
  set_x_axis(panel, axis, true);
  panel.x_label = "";
  add_shares(panel, axis, shares(data), shares(samples));
  if (data.rows + samples.rows == 0) panel.placard = "no rows";
  return panel;
}

}  // namespace

bool has_category(const Points& table) {
  for (std::size_t k = 0; k < table.cols; ++k)
    if (is_category(table, k)) return true;
  return false;
}

bool has_other_than_category(const Points& table) {
  for (std::size_t k = 0; k < table.cols; ++k)
    if (!is_category(table, k)) return true;
  return false;
}

Figure table_pairs_figure(const Points& samples, const Points& data, const std::string& title) {
  const PairedTables tables(samples, data);
  const std::size_t all = tables.axes.size(), shown = std::min(all, kMostPaired);
  Figure figure{title, {}, legend_of(tables), {}, shown, {}};
  const double side = side_of(shown);
  bool moved = false, correlated = false;
  for (std::size_t k = 0; k < shown; ++k)
    for (std::size_t j = 0; j < shown; ++j) {
      Panel panel;
      panel.width = side;
      panel.height = 0.86 * side;
      const bool discrete = tables.axes[j].discrete || tables.axes[k].discrete;
      if (j > k) {
        panel.axes = false;
        const bool numbers = tables.axes[j].type.kind != ColumnKind::category &&
                             tables.axes[k].type.kind != ColumnKind::category;
        if (numbers) add_correlations(panel, tables, j, k);
        correlated = correlated || numbers;
      } else {
        set_x_axis(panel, tables.axes[j], k + 1 == shown);
        if (j < k) {
          set_y_axis(panel, tables.axes[k], j == 0);
          add_scatter(panel, tables, j, k);
          moved = moved || discrete;
        } else {
          const std::size_t bins = bins_for(tables.axes[k], tables.smallest());
          const auto shares = [&](const Points& set) {
            return set.rows == 0 ? std::vector<double>()
                                 : shares_on(tables.axes[k], column(set, k), bins);
          };
          add_shares(panel, tables.axes[k], shares(tables.data), shares(tables.samples));
          if (k == 0) panel.y_label = tables.axes[0].name;
        }
      }
      figure.panels.push_back(std::move(panel));
    }
  figure.note(joined(std::array{more_columns(shown, all, "columns"),
                                std::string("on the diagonal the share of rows"),
                                std::string(correlated ? "above it the correlations" : "")}));
  return figure.note(joined(std::array{
      tables.words_of_shown(),
      std::string(moved ? "points of equal whole numbers or categories are moved apart" : ""),
      dropped_note(tables.dropped)}));
}

Figure conditional_figure(const Points& samples, const Points& data, const std::string& title) {
  const PairedTables tables(samples, data);
  const auto holds = [](const Points& table) {
    return has_category(table) && has_other_than_category(table);
  };
  check(holds(data) || holds(samples), "plot", "the table needs a category and another column");
  const std::vector<GivenValue> conditions = conditions_of(tables);
  std::vector<std::size_t> numbers;
  for (std::size_t k = 0; k < tables.axes.size(); ++k)
    if (tables.axes[k].type.kind != ColumnKind::category) numbers.push_back(k);
  const std::size_t across = std::min(conditions.size(), kMostPaired),
                    down = std::min(numbers.size(), kMostPaired);
  Figure figure{title, {}, legend_of(tables), {}, across, {}};
  for (std::size_t r = 0; r < down; ++r)
    for (std::size_t c = 0; c < across; ++c) {
      Panel panel =
          conditional_panel(tables, numbers[r], conditions[c], std::min(170.0, side_of(across)));
      if (r == 0) panel.title = conditions[c].words;
      if (c == 0) panel.y_label = tables.axes[numbers[r]].name;
      figure.panels.push_back(std::move(panel));
    }
  return figure.note(joined(
      std::array{std::string("each panel: the share of the rows with this value of the category"),
                 more_columns(across, conditions.size(), "values"),
                 more_columns(down, numbers.size(), "columns"), dropped_note(tables.dropped)}));
}

}  // namespace pushforward::app
