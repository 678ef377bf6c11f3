// The axis of a column of a table: its limits and the names at its ticks, and histograms on it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "apps/figures/data.h"

namespace pushforward::app {

// A column as an axis. A column is discrete if it is a category, or if it has only a few different
// whole numbers or dates. Each value of a discrete column has a place of width 1 on the axis.
struct ColumnAxis {
  std::string name;
  TableColumn type{};
  Limits limits{};
  bool discrete = false;
  std::vector<double> values{};   // discrete: the values in ascending order
  std::vector<AxisName> names{};  // at the ticks; empty: numbers that the panel finds itself

  // Returns the place of a value on the axis: for a discrete one the number of the value.
  double place(double value) const;
};

// Returns the axis of column `k` of tables with the same columns.
ColumnAxis make_column_axis(std::span<const Points* const> tables, std::size_t k);

// Returns the share of values in each bin of a column: one bin for each value if it is discrete, else
// bins of equal width between the limits.
std::vector<double> shares_on(const ColumnAxis& axis, const std::vector<double>& values,
                              std::size_t bins);
std::size_t bins_for(const ColumnAxis& axis, std::size_t smallest_set);

// Make the column the x axis or the y axis of the panel. If `shown` is true, the axis has the
// numbers or names of its ticks and the name of the column.
void set_x_axis(Panel& panel, const ColumnAxis& axis, bool shown);
void set_y_axis(Panel& panel, const ColumnAxis& axis, bool shown);

// Adds the shares of data and samples in the bins of the column on the panel's x axis: as outlined
// histograms that overlap, or, if it is discrete, as bars side by side. Sets the limits of the y
// axis to fit.
void add_shares(Panel& panel, const ColumnAxis& axis, const std::vector<double>& data,
                const std::vector<double>& samples);

}  // namespace pushforward::app
