// Compares two tables column by column: moments, quantiles and the Kolmogorov-Smirnov distance of
// numbers, the shares of categories, and the correlations of all pairs of columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/compare/shared_columns.h"
#include "flow/measure/kolmogorov.h"

namespace pushforward::app {

// Files with fewer rows than these have no such measure.
inline constexpr int kRowsForQuantiles = 20;  // the 5 % and 95 % quantiles
inline constexpr int kRowsForCorrelation = 10;
// More columns than this (categories have one for each value) have no correlations.
inline constexpr std::size_t kMostCorrelated = 200;

// Moments and quantiles of numbers. A measure that needs more rows is NaN.
struct NumberSummary {
  double mean = 0;
  double std = 0;  // with the divisor n - 1
  double low = 0, median = 0,
         high = 0;  // the 5, 50 and 95 % quantiles, linear between the sorted numbers
};
NumberSummary summary_of(std::vector<double> x);

// The comparison of a column in a table A with that in a table B.
struct ComparedColumn {
  SharedColumn column;
  // Numbers, dates and times.
  NumberSummary a{}, b{};
  KolmogorovSmirnov ks{};
  // Categories: the share of each value, and the total variation distance, which is half the sum of
  // their differences. `chance` is the mean of this distance, by the normal approximation, for two
  // tables of these sizes that are drawn from one distribution, whose shares are those of both
  // tables together.
  std::vector<double> shares_a{}, shares_b{};
  double total_variation = 0, chance = 0;
};
std::vector<ComparedColumn> compare_columns(const SharedTables& tables, std::size_t a,
                                            std::size_t b);

// The pair of columns whose Pearson correlations differ most. A category counts as one column of 0
// and 1 for each value. `pairs` is the number of pairs that were compared. Constant columns have no
// correlation, and the columns of one category are not compared with each other.
struct ComparedCorrelations {
  std::size_t pairs = 0;
  std::string first, second;
  double a = 0, b = 0;
  double error = 0;  // the standard error of the difference a - b for normal columns
};
ComparedCorrelations compare_correlations(const StandardizedTables& tables, std::size_t a,
                                          std::size_t b);

}  // namespace pushforward::app
