// Passes over one row of a cost matrix or an entropic
// plan, vectorised for the CPU at hand (Highway). Inner loops: none checks what it is given.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward::detail {

// ln sum_j exp((g[j] - cost[j]) / reg) over n > 0 costs, however large or small its terms are.
double log_sum_exp(const double* cost, const double* g, double reg, int n);

// The same over columns, a row at a time: first most[j] = max(most[j], f - cost[j]) with every row,
// then sum[j] += exp((f - cost[j] - most[j]) / reg).
void raise_columns(const double* cost, double f, int n, double* maximum);
void add_exp_columns(const double* cost, double f, const double* maximum, double reg, int n,
                     double* sum);

// out[j] = exp((f + g[j] - cost[j]) / reg), a row of the plan; exponents up to 700.
void plan_row(const double* cost, double f, const double* g, double reg, int n, double* out);

// The sum of a[j] b[j]; and sum[j] += scale * a[j].
double dot_row(const double* a, const double* b, int n);
void add_scaled_row(const double* a, double scale, int n, double* sum);

}  // namespace pushforward::detail
