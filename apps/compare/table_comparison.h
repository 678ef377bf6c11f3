// Compares two tables by all measures: column by column, by a classifier, by their closest records,
// and by the distances between sets of points. The result is available as text and JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/compare/closest_record.h"
#include "apps/compare/columns.h"
#include "apps/compare/two_sample.h"
#include "apps/json/json.h"
#include "apps/report/comparison.h"

namespace pushforward::app {

// The comparison of a table A with a table B.
struct TableComparison {
  std::string a, b, held_out;  // the files; held_out: "" if there is none
  std::size_t rows_a = 0, rows_b = 0;
  std::vector<ComparedColumn> columns;
  ComparedCorrelations correlations;
  TwoSampleTest test;
  ClosestComparison closest;
  Comparison points;
  std::uint64_t seed = 0;  // of the network and of drawn rows
  // The measures that are left out because the files have too few rows, and how many rows these
  // measures need, one line each.
  std::vector<std::string> too_small;
};

// Compares table number 0 (A) with number 1 (B). Table number 2, if there is one, has the held-out
// rows. The scale of the options may be "auto", which means "std" if the columns have names or are
// not all numbers, and else "none". Throws Failure (exit 2) for "none" with columns that are not
// numbers.
TableComparison compare_tables(const SharedTables& tables, const ComparisonOptions& options,
                               Workers& workers);

// Returns the comparison as text. With more than 50 columns, there are no lines about each column.
std::string table_comparison_text(const TableComparison& c);
// Returns the comparison as a JSON object, which has the members of comparison_object (report/
// comparison.h) too. Measures for which the tables have too few rows are null.
Json table_comparison_object(const TableComparison& c);

// Returns the comparison as CSV: the header measure,column,a,b,value,p, and one row for each measure.
// Rows of a column have its name and the values of A and B; measures of all columns have an empty
// column. Places without a number are empty.
std::string table_comparison_csv(const TableComparison& c);

}  // namespace pushforward::app
