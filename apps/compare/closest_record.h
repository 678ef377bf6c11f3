// The distance to the closest record: how near the rows of one table come to the rows of another.
// This is the usual check of whether synthetic rows repeat the rows that a model was trained on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "apps/compare/shared_columns.h"
#include "autograd/tensor/workers.h"

namespace pushforward::app {

// The distances of some rows to their closest row in a table, in standard deviations (see
// StandardizedTables), and the number of rows that equal a row of the table in all columns.
struct ClosestRecords {
  std::size_t rows = 0;
  double median = 0, low = 0;  // the median and the 5 % quantile; NaN below 2 and below 20 rows
  std::size_t copies = 0;
};

// Distances to the closest row of table B: of the rows of table A, of the rows of B (to another row
// of B), and of the held-out rows, if they are given.
struct ClosestComparison {
  ClosestRecords samples, own, held_out;
  bool has_own = false, has_held_out = false;
  std::size_t searched = 0;  // rows of B, drawn at random if there are more than `most`
  // With held-out rows: the share of rows of A that are closer to B than to the held-out rows,
  // where equal distances count half. It is measured with `each` rows of B and as many held-out
  // rows, so that it is 1/2 on average if the rows of A depend on neither.
  double closer = 0;
  std::size_t each = 0;
};

// Compares table number 0 (A) with number 1 (B), and number 2 (held out) if there is one. At most
// `most` rows of each table are used for distances, drawn by `seed`; copies are counted among all rows.
ClosestComparison compare_closest(const SharedTables& shared, const StandardizedTables& tables,
                                  int most, std::uint64_t seed, Workers& workers);

}  // namespace pushforward::app
