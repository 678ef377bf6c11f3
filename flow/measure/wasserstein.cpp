#include "flow/measure/wasserstein.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/tensor/check.h"
#include "flow/coupling/assignment.h"
#include "flow/coupling/squared_costs.h"
#include "flow/measure/symmetric.h"

namespace pushforward {

using detail::check;

namespace {

// Up to this dimension of the points, computing a distance is faster than reading it from a stored
// matrix.
constexpr int kCheapDim = 8;
constexpr int kInCache = 1024;     // the largest cost matrix that fits in the caches, in rows
constexpr int kInMemory = 12'000;  // the largest cost matrix of about a gigabyte, in rows

}  // namespace

double wasserstein2(PointSet a, PointSet b) {
  check_comparable("wasserstein", a, b);
  check(a.rows == b.rows, "wasserstein", "the sets have ", a.rows, " and ", b.rows,
        " points; exact transport needs sets of equal size; "
        "subsample the larger one, or take the sliced distance");
  const int n = a.rows;
  SquaredCosts costs;
  costs.set(n, a.x, n, b.x, a.dim);
  Assignment assignment;
  if (n <= kInCache || (a.dim > kCheapDim && n <= kInMemory)) {
    AlignedVector<double> matrix(static_cast<std::size_t>(n) * n);
    costs.fill(matrix.data());
    assignment.solve(n, matrix.data());
  } else {
    assignment.solve(n, costs.on_demand());
  }
  return std::sqrt(assignment.cost() / n);
}

double wasserstein_sorting(std::span<double> a, std::span<double> b, double p) {
  check(!a.empty() && !b.empty(), "wasserstein", "sets of ", a.size(), " and ", b.size(),
        " numbers; both need at least one");
  check(p >= 1 && std::isfinite(p), "wasserstein", "the power is ", p, "; it must be at least 1");
  for (const std::span<double> set : {a, b})
    for (std::size_t k = 0; k < set.size(); ++k)
      check(!std::isnan(set[k]), "wasserstein", "number ", k, " of the ",
            set.data() == a.data() ? "first" : "second", " set is NaN");
  std::ranges::sort(a);
  std::ranges::sort(b);
  const auto power = [p](double x) { return p == 2 ? x * x : std::pow(std::abs(x), p); };
  // The quantile functions of a and b are step functions; i and j number their current steps. The
  // ends of these steps are compared as integers, (i + 1) m against (j + 1) n, without rounding.
  const std::size_t n = a.size(), m = b.size();
  double sum = 0, last = 0;
  for (std::size_t i = 0, j = 0; i < n && j < m;) {
    const std::size_t ends_a = (i + 1) * m, ends_b = (j + 1) * n;
    const double end = static_cast<double>(std::min(ends_a, ends_b));
    sum += (end - last) * power(a[i] - b[j]);
    last = end;
    if (ends_a <= ends_b) ++i;
    if (ends_b <= ends_a) ++j;
  }
  const double mean = sum / (static_cast<double>(n) * static_cast<double>(m));
  return p == 2 ? std::sqrt(mean) : std::pow(mean, 1 / p);
}

double sliced_wasserstein2(PointSet a, PointSet b, int projections, Stream stream,
                           Workers& workers) {
  check_comparable("sliced wasserstein", a, b);
  check(projections > 0, "sliced wasserstein", projections, " directions; take at least one");
  std::vector<double> squared(projections);
  struct ProjectionWorkspace {
    std::vector<double> direction, a, b;
  };
  std::vector<ProjectionWorkspace> workspaces(workers.threads());
  workers.run(projections, [&](int k, int worker) {
    ProjectionWorkspace& workspace = workspaces[worker];
    workspace.direction.resize(a.dim);
    double norm = 0;
    for (int c = 0; c < a.dim; ++c) {
      workspace.direction[c] =
          stream.normal(static_cast<std::uint32_t>(k), static_cast<std::uint32_t>(c));
      norm += workspace.direction[c] * workspace.direction[c];
    }
    norm = std::sqrt(norm);
    const auto project = [&](PointSet set, std::vector<double>& out) {
      out.resize(set.rows);
      for (int r = 0; r < set.rows; ++r) {
        double sum = 0;
        for (int c = 0; c < set.dim; ++c) sum += set.row(r)[c] * workspace.direction[c];
        out[r] = sum / norm;
      }
    };
    project(a, workspace.a);
    project(b, workspace.b);
    const double w = wasserstein_sorting(workspace.a, workspace.b);
    squared[k] = w * w;
  });
  double sum = 0;
  for (const double w : squared) sum += w;
  return std::sqrt(sum / projections);
}

GaussianMoments gaussian_moments(PointSet points) {
  check_comparable("gaussian moments", points, points);
  const std::size_t d = static_cast<std::size_t>(points.dim);
  GaussianMoments m{std::vector<double>(d, 0), std::vector<double>(d * d, 0)};
  for (int k = 0; k < points.rows; ++k)
    for (std::size_t i = 0; i < d; ++i) m.mean[i] += points.row(k)[i];
  for (double& x : m.mean) x /= points.rows;
  for (int k = 0; k < points.rows; ++k)
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t j = 0; j <= i; ++j)
        m.covariance[i * d + j] += (points.row(k)[i] - m.mean[i]) * (points.row(k)[j] - m.mean[j]);
  for (std::size_t i = 0; i < d; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      m.covariance[j * d + i] = m.covariance[i * d + j] /= points.rows;
  return m;
}

double gaussian_wasserstein2(const GaussianMoments& a, const GaussianMoments& b) {
  const std::size_t d = a.mean.size();
  check(d > 0 && b.mean.size() == d && a.covariance.size() == d * d && b.covariance.size() == d * d,
        "gaussian wasserstein", "means of ", d, " and ", b.mean.size(),
        " numbers and covariances of ", a.covariance.size(), " and ", b.covariance.size(),
        "; give (D) and (D, D) of one D");
  for (const GaussianMoments* m : {&a, &b})
    for (const double x : m->mean)
      check(std::isfinite(x), "gaussian wasserstein", "a mean is ", x, "; means are finite");
  const int n = static_cast<int>(d);
  const std::vector<double> root = symmetric_root(n, a.covariance);
  (void)symmetric_root(n, b.covariance);  // throws if b's covariance is not valid
  const auto product = [d](const std::vector<double>& x, const std::vector<double>& y) {
    std::vector<double> out(d * d, 0);
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t k = 0; k < d; ++k)
        for (std::size_t j = 0; j < d; ++j) out[i * d + j] += x[i * d + k] * y[k * d + j];
    return out;
  };
  // With the covariances A and B, the trace of (A^(1/2) B A^(1/2))^(1/2) is the sum of the square
  // roots of the eigenvalues of A^(1/2) B A^(1/2).
  const SymmetricEigen middle = symmetric_eigen(n, product(product(root, b.covariance), root));
  double squared = 0;
  for (std::size_t i = 0; i < d; ++i) {
    const double gap = a.mean[i] - b.mean[i];
    squared += gap * gap + a.covariance[i * d + i] + b.covariance[i * d + i] -
               2 * std::sqrt(std::max(0., middle.values[i]));
  }
  return std::sqrt(std::max(0., squared));
}

}  // namespace pushforward
