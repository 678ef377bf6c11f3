// Passes over one row of a cost matrix, vectorised for the CPU at hand (Highway): what the solvers
// of optimal transport spend their time in.
//
// Indices found are the first of their kind, so no answer depends on the width of a vector. Inner
// loops: none checks what it is given.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cstdint>

namespace pushforward::detail {

// out (rows, n): the squared distances of x (rows, dim) to n points, given as columns: `y` is
// (dim, n). Sums of squared differences, so near points keep their digits in every dimension.
void squared_distances(int rows, const double* x, int n, int dim, const double* y, double* out);

// Whether every |row[j]| is at most `limit`; NaN is not.
bool all_within(const double* row, int n, double limit);

// least[j] = min(least[j], row[j]) for all j; where row[j] is less, at[j] = i.
void lower_columns(const double* row, int n, std::int64_t i, double* minimum, std::int64_t* at);

// The two least of row[j] - v[j], and where the first of them stands.
struct TwoMinima {
  double minimum, second;
  int at;
};
TwoMinima two_minima(const double* row, const double* v, int n);

// Where row[j] - v[j] - offset is less than distance[j], that becomes the distance, and from[j] =
// i. Returns the least distance afterwards and its place.
struct Minimum {
  double value;
  int at;
};
Minimum relax(const double* row, const double* v, int n, double offset, std::int64_t i,
              double* distance, std::int64_t* from);

}  // namespace pushforward::detail
