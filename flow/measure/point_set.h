// Sets of points as plain numbers, which the measures of samples compare.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/tensor/rng.h"

namespace pushforward {

// Points x (rows, dim), row-major, in memory that someone else owns. `row` does not check k; the
// functions that measure a set check its sizes and numbers.
struct PointSet {
  int rows = 0, dim = 0;
  const double* x = nullptr;
  const double* row(int k) const { return x + static_cast<std::size_t>(k) * dim; }
};

// Returns n of the points (n, dim), drawn without replacement and in their original order, or all
// points if there are at most n. Fails on n < 0, and if points.x is null.
std::vector<double> subsample(PointSet points, int n, Stream stream);

// Fails unless both sets have points, have the same dimension, and contain only finite numbers.
// `where` is the name of the measure for the error text.
void check_comparable(const char* where, PointSet a, PointSet b);

}  // namespace pushforward
