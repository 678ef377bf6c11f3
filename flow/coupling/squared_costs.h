// Squared Euclidean costs between two sets of points, as a matrix or row by row on demand.
#pragma once

#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/coupling/assignment.h"

namespace pushforward {

// The costs c_ij = |x_i - y_j|^2 of points x (n, dim) and y (m, dim), float or double. They are
// computed in double from differences, so they are exact to a few units in the last place at any
// distance. Memory is reused from one pair of sets to the next.
class SquaredCosts {
 public:
  // Throws if a number of points is negative or the dimension is below 1.
  template <class T>
  void set(int n, const T* x, int m, const T* y, int dim);

  // Writes the matrix (n, m), row-major, or `rows` of its rows. Throws if a row does not exist.
  void fill(double* cost) const { fill(0, n_, cost); }
  void fill(int first, int rows, double* cost) const;
  // Computes row i in this object's memory at each call, for sets too large for a matrix. Throws
  // if the row does not exist.
  const double* row(int i);
  CostRows on_demand() {
    return [this](int i) { return row(i); };
  }

 private:
  int n_ = 0, m_ = 0, dim_ = 0;
  AlignedVector<double> x_, y_;  // y by columns: (dim, m)
  AlignedVector<double> row_;
};

}  // namespace pushforward
