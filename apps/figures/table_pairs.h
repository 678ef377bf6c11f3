// Figures of tables of several columns: one shows each column and each pair of columns, another
// shows columns of numbers for each value of a category.
#pragma once

#include <string>

#include "apps/figures/data.h"

namespace pushforward::app {

// Of a table with more columns than this, only the first ones are shown; a note says so.
inline constexpr std::size_t kMostPaired = 8;

// Shows data (M, D) and samples (N, D) of a table with the same columns, in the columns' own units.
// The diagonal has a histogram of each column, or bars for categories and few whole numbers. Below
// the diagonal, the two columns of each pair are shown as points, which are moved at random within
// the place of a category or whole number. Above the diagonal are the correlations of data and
// samples. Throws [plot] if the shapes differ.
Figure table_pairs_figure(const Points& samples, const Points& data, const std::string& title);

// Shows histograms of the columns that are not categories, one row each, for the rows with each value
// of a category, one column each. Shows at most kMostPaired rows and columns. Throws [plot] if the
// shapes differ or if there is no category or no other column.
Figure conditional_figure(const Points& samples, const Points& data, const std::string& title);

// Whether a column of the table is a category, and whether one is not.
bool has_category(const Points& table);
bool has_other_than_category(const Points& table);

}  // namespace pushforward::app
