// Computes eigenvalues and square roots of small symmetric matrices in double.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <span>
#include <vector>

namespace pushforward {

// The decomposition a = vectors^T diag(values) vectors: row k of `vectors` is the eigenvector of
// values[k].
struct SymmetricEigen {
  std::vector<double> values;   // (n), ascending
  std::vector<double> vectors;  // (n, n), row-major, orthonormal rows
};

// Returns the eigenvalues and eigenvectors of a symmetric matrix a (n, n), row-major, by Jacobi
// rotations (Golub and Van Loan, "Matrix computations", section 8.5). The error of an
// eigenvalue is a few units of round-off of the largest one. Takes O(n^3). Fails on a size that
// is not n^2, on numbers that are not finite, and on a matrix that is not symmetric within 1e-9
// of its largest number.
SymmetricEigen symmetric_eigen(int n, std::span<const double> a);

// Returns the square root of a, the symmetric matrix without negative eigenvalues whose square is
// a. Fails as symmetric_eigen does, and on an eigenvalue below -1e-9 times the largest. Negative
// eigenvalues within this limit count as 0.
std::vector<double> symmetric_root(int n, std::span<const double> a);

}  // namespace pushforward
