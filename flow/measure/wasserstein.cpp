#include "flow/measure/wasserstein.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/tensor/check.h"
#include "flow/coupling/assignment.h"
#include "flow/coupling/squared_costs.h"

namespace pushforward {
namespace {

// Up to this dimension, computing a cost is faster than reading it from memory.
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
  std::ranges::sort(a);
  std::ranges::sort(b);
  const auto power = [p](double x) { return p == 2 ? x * x : std::pow(std::abs(x), p); };
  // Both quantile functions are step functions, and i and j are the current steps. The ends of
  // steps are compared as integers, (i + 1) / n against (j + 1) / m, without rounding.
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

}  // namespace pushforward
