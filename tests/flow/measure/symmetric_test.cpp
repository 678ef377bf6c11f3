// Compares eigenvalues and square roots of symmetric matrices with numpy and with their
// definitions.
#include "flow/measure/symmetric.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/tensor/rng.h"
#include "tests/tools/catch.h"

namespace pushforward {
namespace {

const std::vector<double> kThree{2, 0.5, -0.3, 0.5, 1, 0.2, -0.3, 0.2, 0.5};

// Returns a symmetric matrix with normally distributed elements.
std::vector<double> random_symmetric(int n, std::uint32_t step) {
  const Stream stream{7, Purpose::user, step};
  std::vector<double> a(static_cast<std::size_t>(n) * n);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j <= i; ++j)
      a[i * n + j] = a[j * n + i] =
          stream.normal(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
  return a;
}

}  // namespace

TEST_CASE("eigenvalues agree with numpy") {
  const SymmetricEigen three = symmetric_eigen(3, kThree);
  const double wanted[] = {0.2976852276339717, 0.9710885190773361, 2.231226253288692};
  for (int k = 0; k < 3; ++k) CHECK(three.values[k] == Approx(wanted[k]).epsilon(1e-14));
  // The eigenvalues of the Hilbert matrix span six orders of magnitude.
  std::vector<double> hilbert;
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j) hilbert.push_back(1. / (i + j + 1));
  const SymmetricEigen five = symmetric_eigen(5, hilbert);
  const double spread[] = {3.287928772171574e-06, 0.00030589804015119553, 0.011407491623419811,
                           0.20853421861101323, 1.5670506910982311};
  for (int k = 0; k < 5; ++k) CHECK(five.values[k] == Approx(spread[k]).epsilon(1e-9));
  CHECK(symmetric_eigen(1, std::vector<double>{-3}).values == std::vector<double>{-3});
}

TEST_CASE("eigenvectors are orthonormal, and with the eigenvalues they give the matrix") {
  for (const int n : {1, 2, 3, 8, 25}) {
    const std::vector<double> a = random_symmetric(n, static_cast<std::uint32_t>(n));
    const SymmetricEigen eigen = symmetric_eigen(n, a);
    double worst = 0;
    for (int i = 0; i < n; ++i) {
      if (i > 0) CHECK(eigen.values[i] >= eigen.values[i - 1]);
      for (int j = 0; j < n; ++j) {
        double entry = 0, dot = 0;
        for (int k = 0; k < n; ++k) {
          entry += eigen.values[k] * eigen.vectors[k * n + i] * eigen.vectors[k * n + j];
          dot += eigen.vectors[i * n + k] * eigen.vectors[j * n + k];
        }
        worst = std::max({worst, std::abs(entry - a[i * n + j]), std::abs(dot - (i == j))});
      }
    }
    CHECK(worst < 1e-13 * n);
  }
}

TEST_CASE("the square of a matrix's root is the matrix") {
  const std::vector<double> root = symmetric_root(3, kThree);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      double entry = 0;
      for (int k = 0; k < 3; ++k) entry += root[i * 3 + k] * root[k * 3 + j];
      CHECK(entry == Approx(kThree[i * 3 + j]).epsilon(1e-13));
    }
  // The next two checks are for a matrix of rank 1 and for the zero matrix.
  const std::vector<double> flat = symmetric_root(2, std::vector<double>{1, 2, 2, 4});
  CHECK(flat[1] == Approx(2 / std::sqrt(5.)).epsilon(1e-12));
  CHECK(symmetric_root(2, std::vector<double>(4)) == std::vector<double>(4));
}

TEST_CASE("arrays that are not square, not symmetric or without a root are refused") {
  CHECK_THROWS_WITH(symmetric_eigen(2, kThree),
                    "[symmetric] 9 numbers for a matrix (2, 2); give n^2, n at least 1");
  CHECK_THROWS_WITH(symmetric_eigen(0, {}),
                    "[symmetric] 0 numbers for a matrix (0, 0); give n^2, n at least 1");
  CHECK_THROWS_WITH(symmetric_eigen(2, std::vector<double>{1, 2, 3, 4}),
                    "[symmetric] row 1, column 0 is 3 and the other way round 2; "
                    "the matrix must be symmetric");
  const double inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(symmetric_eigen(2, std::vector<double>{1, 2, 2, inf}),
                    "[symmetric] row 1, column 1 is inf; a matrix is finite");
  CHECK_THROWS_WITH(symmetric_root(2, std::vector<double>{1, 0, 0, -1}),
                    "[symmetric] an eigenvalue is -1 and the largest 1; "
                    "only a matrix without negative ones has a root");
}

}  // namespace pushforward
