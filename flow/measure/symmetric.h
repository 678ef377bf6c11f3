// Symmetric matrices in double: eigenvalues and the square root, for closed forms of small
// dimension.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <span>
#include <vector>

namespace pushforward {

// a = vectors^T diag(values) vectors: row k of `vectors` is the eigenvector of values[k].
struct SymmetricEigen {
  std::vector<double> values;   // (n), rising
  std::vector<double> vectors;  // (n, n), row-major, orthonormal rows
};

// Of a symmetric matrix a (n, n), row-major, by Jacobi's rotations (Golub and Van Loan, "Matrix
// computations", section 8.5): every eigenvalue to a few units of round-off of the largest. O(n^3).
// Fails on a size that is not n^2, on numbers that are not finite, and on a matrix that is not
// symmetric, beyond 1e-9 of its largest number.
SymmetricEigen symmetric_eigen(int n, std::span<const double> a);

// The square root of a, the symmetric matrix without negative eigenvalues whose square is a.
// Fails as symmetric_eigen, and on an eigenvalue below 0, beyond 1e-9 of the largest; what
// round-off puts there counts as 0.
std::vector<double> symmetric_root(int n, std::span<const double> a);

}  // namespace pushforward
