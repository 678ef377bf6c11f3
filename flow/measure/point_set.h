// Sets of points as plain numbers: what measures of samples compare.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/tensor/rng.h"

namespace pushforward {

// Points x (rows, dim), row-major, owned by someone else. Plain data: `row` does not check its
// number, and the measures check the set.
struct PointSet {
  int rows = 0, dim = 0;
  const double* x = nullptr;
  const double* row(int k) const { return x + static_cast<std::size_t>(k) * dim; }
};

// n of the points, drawn without replacement and kept in
// their order; all of them if there are no more. (n, dim). Fails on n < 0 and on a set without
// memory.
std::vector<double> subsample(PointSet points, int n, Stream stream);

// Fails unless both sets have points, of one dimension, all finite; `where` names the measure.
void check_comparable(const char* where, PointSet a, PointSet b);

}  // namespace pushforward
