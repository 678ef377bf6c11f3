#include "flow/measure/discrepancy.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"
#include "autograd/tensor/tensor.h"
#include "flow/coupling/plan_rows.h"
#include "flow/coupling/squared_costs.h"

namespace pushforward {

using detail::check;

using namespace detail;

namespace {

constexpr int kDiscrepancyRows = 16;  // rows of a chunk

// Returns the sum over all points a_i of of_row(squared, count, scratch): `squared` points to the
// squared distances from a_i to all `count` points of b, and `scratch` to memory for `count`
// numbers.
template <class OfRow>
double sum_over_pairs(PointSet a, PointSet b, Workers& workers, OfRow of_row) {
  SquaredCosts costs;
  costs.set(a.rows, a.x, b.rows, b.x, a.dim);
  const std::size_t m = static_cast<std::size_t>(b.rows);
  std::vector<AlignedVector<double>> squared(workers.threads()), scratch(workers.threads());
  const Chunks chunks{a.rows, kDiscrepancyRows};
  std::vector<double> parts(chunks.count());
  workers.run(chunks.count(), [&](int k, int worker) {
    squared[worker].resize(kDiscrepancyRows * m);
    scratch[worker].resize(m);
    costs.fill(chunks.begin(k), chunks.rows_of(k), squared[worker].data());
    for (int r = 0; r < chunks.rows_of(k); ++r)
      parts[k] += of_row(squared[worker].data() + r * m, b.rows, scratch[worker].data());
  });
  double sum = 0;
  for (const double part : parts) sum += part;
  return sum;
}

double pairs(PointSet a, PointSet b) { return static_cast<double>(a.rows) * b.rows; }

// The sums of the kernel k(x, y) over all pairs of a point of a with a point of a (aa), of b with b
// (bb), and of a with b (ab).
struct KernelSums {
  double aa, bb, ab;
};

KernelSums kernel_sums(PointSet a, PointSet b, std::span<const double> bandwidths,
                       Workers& workers) {
  check(!bandwidths.empty(), "mmd", "no bandwidth is given; usual_bandwidths gives some");
  for (const double s : bandwidths)
    check(s > 0 && std::isfinite(s), "mmd", "a bandwidth is ", s, "; it must be positive");
  const std::vector<double> zeros(std::max(a.rows, b.rows), 0);
  const auto kernel = [&](const double* squared, int n, double* scratch) {
    double sum = 0;
    for (const double s : bandwidths) {
      plan_row(squared, 0, zeros.data(), 2 * s * s, n, scratch);
      for (int j = 0; j < n; ++j) sum += scratch[j];
    }
    return sum / static_cast<double>(bandwidths.size());
  };
  return {sum_over_pairs(a, a, workers, kernel), sum_over_pairs(b, b, workers, kernel),
          sum_over_pairs(a, b, workers, kernel)};
}

}  // namespace

double mmd2(PointSet a, PointSet b, std::span<const double> bandwidths, Workers& workers) {
  check_comparable("mmd", a, b);
  check(a.rows >= 2 && b.rows >= 2, "mmd", "sets of ", a.rows, " and ", b.rows,
        " points; both need at least two");
  const KernelSums sums = kernel_sums(a, b, bandwidths, workers);
  // The unbiased mean leaves out the pairs of a point with itself. For each of them the kernel is
  // 1, so the number of points is subtracted.
  return (sums.aa - a.rows) / (pairs(a, a) - a.rows) + (sums.bb - b.rows) / (pairs(b, b) - b.rows) -
         2 * sums.ab / pairs(a, b);
}

double biased_mmd2(PointSet a, PointSet b, std::span<const double> bandwidths, Workers& workers) {
  check_comparable("mmd", a, b);
  const KernelSums sums = kernel_sums(a, b, bandwidths, workers);
  return sums.aa / pairs(a, a) + sums.bb / pairs(b, b) - 2 * sums.ab / pairs(a, b);
}

double median_distance(PointSet a, PointSet b) {
  check_comparable("median distance", a, b);
  constexpr int kMaxRows = 1000;
  std::vector<double> pooled;
  for (const PointSet& set : {a, b}) {
    const int count = std::min(set.rows, kMaxRows);
    for (int k = 0; k < count; ++k) {
      const double* row = set.row(static_cast<int>(std::int64_t{k} * set.rows / count));
      pooled.insert(pooled.end(), row, row + set.dim);
    }
  }
  const int n = static_cast<int>(pooled.size() / a.dim);
  SquaredCosts costs;
  costs.set(n, pooled.data(), n, pooled.data(), a.dim);
  std::vector<double> squared;
  squared.reserve(static_cast<std::size_t>(n) * (n - 1) / 2);
  for (int i = 0; i < n; ++i) {
    const double* row = costs.row(i);
    squared.insert(squared.end(), row, row + i);
  }
  const auto middle = squared.begin() + static_cast<std::ptrdiff_t>(squared.size() / 2);
  std::nth_element(squared.begin(), middle, squared.end());
  check(*middle > 0, "median distance",
        "more than half of the pairs of points coincide; give bandwidths of your own");
  return std::sqrt(*middle);
}

std::vector<double> usual_bandwidths(PointSet a, PointSet b) {
  const double median = median_distance(a, b);
  return {median / 2, median, 2 * median};
}

double energy_distance(PointSet a, PointSet b, Workers& workers) {
  check_comparable("energy distance", a, b);
  const auto distance = [](const double* squared, int n, double*) {
    double sum = 0;
    for (int j = 0; j < n; ++j) sum += std::sqrt(squared[j]);
    return sum;
  };
  const double aa = sum_over_pairs(a, a, workers, distance) / pairs(a, a),
               bb = sum_over_pairs(b, b, workers, distance) / pairs(b, b),
               ab = sum_over_pairs(a, b, workers, distance) / pairs(a, b);
  return std::sqrt(std::max(0., 2 * ab - aa - bb));
}

}  // namespace pushforward
