#include "flow/measure/symmetric.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

constexpr double kRoundOff = 1e-9;  // allowed error of a matrix, relative to its largest number

double largest(std::span<const double> a) {
  double most = 0;
  for (const double x : a) most = std::max(most, std::abs(x));
  return most;
}

void check_symmetric(int n, std::span<const double> a) {
  const std::size_t size = static_cast<std::size_t>(std::max(n, 0));
  check(n > 0 && a.size() == size * size, "symmetric", a.size(), " numbers for a matrix (", n, ", ",
        n, "); give n^2, n at least 1");
  for (std::size_t k = 0; k < a.size(); ++k)
    check(std::isfinite(a[k]), "symmetric", "row ", k / size, ", column ", k % size, " is ", a[k],
          "; a matrix is finite");
  const double slack = kRoundOff * largest(a);
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < i; ++j)
      check(std::abs(a[i * size + j] - a[j * size + i]) <= slack, "symmetric", "row ", i,
            ", column ", j, " is ", a[i * size + j], " and the other way round ", a[j * size + i],
            "; the matrix must be symmetric");
}

}  // namespace

SymmetricEigen symmetric_eigen(int n, std::span<const double> matrix) {
  check_symmetric(n, matrix);
  const std::size_t size = static_cast<std::size_t>(n);
  std::vector<double> a(matrix.begin(), matrix.end()), v(size * size, 0);
  for (std::size_t i = 0; i < size; ++i) {
    v[i * size + i] = 1;
    for (std::size_t j = 0; j < i; ++j)
      a[i * size + j] = a[j * size + i] = (a[i * size + j] + a[j * size + i]) / 2;
  }
  const double small = std::numeric_limits<double>::epsilon() * largest(a);
  // A sweep rotates every pair of rows and columns once. From sweep to sweep, the elements off the
  // diagonal converge to 0 quadratically.
  constexpr int kSweeps = 60;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    bool turned = false;
    for (std::size_t p = 0; p + 1 < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) {
        const double off = a[p * size + q];
        if (std::abs(off) <= small / n) continue;
        turned = true;
        // Takes the smaller of the rotation angles that make element (p, q) 0: its tangent t solves
        // t^2 + 2 theta t - 1 = 0.
        const double theta = (a[q * size + q] - a[p * size + p]) / (2 * off),
                     t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::hypot(theta, 1)),
                     c = 1 / std::hypot(t, 1), s = t * c;
        for (std::size_t k = 0; k < size; ++k) {
          const double ap = a[k * size + p], aq = a[k * size + q];
          a[k * size + p] = c * ap - s * aq;
          a[k * size + q] = s * ap + c * aq;
        }
        for (std::size_t k = 0; k < size; ++k) {
          const double ap = a[p * size + k], aq = a[q * size + k];
          a[p * size + k] = c * ap - s * aq;
          a[q * size + k] = s * ap + c * aq;
          const double vp = v[p * size + k], vq = v[q * size + k];
          v[p * size + k] = c * vp - s * vq;
          v[q * size + k] = s * vp + c * vq;
        }
      }
    }
    if (!turned) break;
  }
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return a[k * size + k]; });
  SymmetricEigen out;
  for (const std::size_t k : order) {
    out.values.push_back(a[k * size + k]);
    out.vectors.insert(out.vectors.end(), v.begin() + static_cast<std::ptrdiff_t>(k * size),
                       v.begin() + static_cast<std::ptrdiff_t>((k + 1) * size));
  }
  return out;
}

std::vector<double> symmetric_root(int n, std::span<const double> a) {
  const SymmetricEigen eigen = symmetric_eigen(n, a);
  const std::size_t size = static_cast<std::size_t>(n);
  const double top = std::max(std::abs(eigen.values.front()), std::abs(eigen.values.back()));
  check(eigen.values.front() >= -kRoundOff * top, "symmetric", "an eigenvalue is ",
        eigen.values.front(), " and the largest ", top,
        "; only a matrix without negative ones has a root");
  std::vector<double> root(size * size, 0);
  for (std::size_t k = 0; k < size; ++k) {
    const double value = std::sqrt(std::max(0., eigen.values[k]));
    const double* v = eigen.vectors.data() + k * size;
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j) root[i * size + j] += value * v[i] * v[j];
  }
  return root;
}

}  // namespace pushforward
