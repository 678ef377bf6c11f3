// Passes over one row of a cost matrix, vectorised with Highway. The optimal transport solvers
// spend most of their time here.
//
// If several indices qualify, the first one is returned, so no result depends on the width of a
// SIMD vector. These inner loops do not check their arguments.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstdint>

namespace pushforward::detail {

// Writes the squared distances between the rows of x (rows, dim) and n points to out (rows, n). `y`
// is (dim, n) and has one of the points per column. Summing squared differences keeps the digits of
// near points.
void squared_distances(int rows, const double* x, int n, int dim, const double* y, double* out);

// Returns whether |row[j]| <= limit for every j; false if one is NaN.
bool all_within(const double* row, int n, double limit);

// For every j with row[j] < minimum[j], sets minimum[j] = row[j] and at[j] = i.
void lower_columns(const double* row, int n, std::int64_t i, double* minimum, std::int64_t* at);

// The two least of the differences row[j] - v[j] of a cost and the price of its column, and the
// index of the least.
struct TwoMinima {
  double minimum, second;
  int at;
};
TwoMinima two_minima(const double* row, const double* v, int n);

// Minimum is a least distance and its index. For every j with row[j] - v[j] - offset < distance[j],
// `relax` sets distance[j] to the left side of the inequality and from[j] to i, and then returns
// the least distance.
struct Minimum {
  double value;
  int at;
};
Minimum relax(const double* row, const double* v, int n, double offset, std::int64_t i,
              double* distance, std::int64_t* from);

}  // namespace pushforward::detail
