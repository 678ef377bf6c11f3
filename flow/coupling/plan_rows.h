// Passes over one row of a cost matrix or an entropic plan, vectorised with Highway. These inner
// loops do not check their arguments.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward::detail {

// Returns ln sum_j exp((g[j] - cost[j]) / reg) over n > 0 costs without overflow.
double log_sum_exp(const double* cost, const double* g, double reg, int n);

// These two functions compute the sum of exp((f - cost[j]) / reg) over the rows for each column j,
// without overflow and one row at a time; f is the row's potential. First call raise_columns for
// every row: maximum[j] = max(maximum[j], f - cost[j]). Then call add_exp_columns for every row:
// sum[j] += exp((f - cost[j] - maximum[j]) / reg).
void raise_columns(const double* cost, double f, int n, double* maximum);
void add_exp_columns(const double* cost, double f, const double* maximum, double reg, int n,
                     double* sum);

// Writes a row of the entropic plan, given its potentials f and g: out[j] = exp((f + g[j] -
// cost[j]) / reg). Exponents must be at most 700.
void plan_row(const double* cost, double f, const double* g, double reg, int n, double* out);

// dot_row returns the sum of a[j] b[j]. add_scaled_row adds scale * a[j] to sum[j].
double dot_row(const double* a, const double* b, int n);
void add_scaled_row(const double* a, double scale, int n, double* sum);

}  // namespace pushforward::detail
