// Sets of points as plain numbers, which the measures of samples compare.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/tensor/rng.h"

namespace pushforward {

// Points x (rows, dim), row-major, owned by someone else. `row` does not check k; the measures
// check the set.
struct PointSet {
  int rows = 0, dim = 0;
  const double* x = nullptr;
  const double* row(int k) const { return x + static_cast<std::size_t>(k) * dim; }
};

// Returns n of the points (n, dim), drawn without replacement and in their original order, or all
// points if there are at most n. Fails on n < 0, and on a set without memory.
std::vector<double> subsample(PointSet points, int n, Stream stream);

// Fails unless both sets have points, are of one dimension, and are finite.
// `where` names the measure.
void check_comparable(const char* where, PointSet a, PointSet b);

}  // namespace pushforward
