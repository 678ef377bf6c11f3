#include "flow/measure/kolmogorov.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

// If the product of the sizes of the two sets is larger than this, the p-value is that of the limit
// of large sets.
constexpr double kMostPaths = 1e6;

// The numbers of both sets in ascending order. `last[k]` is true if the next number differs from
// number k, so that both distribution functions are known after k + 1 numbers. `gap` is the
// Kolmogorov-Smirnov distance times the product of the sizes of the sets, a whole number.
struct Pooled {
  std::vector<char> last;
  std::int64_t gap = 0;

  Pooled(std::span<const double> a, std::span<const double> b) {
    const std::size_t m = a.size(), n = b.size();
    last.reserve(m + n);
    for (std::size_t i = 0, j = 0; i < m || j < n;) {
      const bool of_a = j == n || (i < m && a[i] <= b[j]);
      const double x = of_a ? a[i++] : b[j++];
      const bool ends = (i == m || a[i] != x) && (j == n || b[j] != x);
      last.push_back(ends ? 1 : 0);
      if (ends)
        gap = std::max(
            gap, std::abs(static_cast<std::int64_t>(i * n) - static_cast<std::int64_t>(j * m)));
    }
  }
};

// Among the ways to divide the pooled numbers into sets of sizes m and n, returns the share of
// those whose distance is at least the gap. A way is a path on the lattice from (0, 0) to (m, n),
// which takes a step in i for a number of the first set. Two counts are kept for each point of the
// lattice: of all paths to it, and of those that have reached the gap. The counts are divided by
// the number of paths to (i, n), so that they do not overflow.
double share_of_paths(std::int64_t m, std::int64_t n, const Pooled& pooled) {
  std::vector<double> all(static_cast<std::size_t>(n) + 1), reached(all.size());
  for (std::int64_t i = 0; i <= m; ++i) {
    const double weight = i == 0 ? 0 : static_cast<double>(i) / static_cast<double>(i + n);
    for (std::int64_t j = 0; j <= n; ++j) {
      const auto at = static_cast<std::size_t>(j);
      double paths = weight * all[at], far = weight * reached[at];
      if (i == 0 && j == 0) paths = 1;
      if (j > 0) paths += all[at - 1], far += reached[at - 1];
      const bool reaches = i + j > 0 && pooled.last[static_cast<std::size_t>(i + j - 1)] != 0 &&
                           std::abs(i * n - j * m) >= pooled.gap;
      all[at] = paths;
      reached[at] = reaches ? paths : far;
    }
  }
  return std::min(1., reached.back() / all.back());
}

// Returns Kolmogorov's limit, 2 sum_k (-1)^(k-1) exp(-2 k^2 s^2), by the one of two series that
// converges fast at this s.
double kolmogorov_tail(double s) {
  double sum = 0;
  if (s < 1) {
    if (s < 0.05) return 1;
    for (int k = 1; k < 20; k += 2)
      sum += std::exp(-k * k * std::numbers::pi * std::numbers::pi / (8 * s * s));
    return 1 - std::sqrt(2 * std::numbers::pi) / s * sum;
  }
  for (int k = 1; k < 20; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2. * k * k * s * s);
  return sum;
}

// Returns 2 / (m + n choose m): only two ways to divide distinct numbers do not overlap.
double least_probability(double m, double n) {
  return std::min(1.,
                  2 * std::exp(std::lgamma(m + 1) + std::lgamma(n + 1) - std::lgamma(m + n + 1)));
}

}  // namespace

KolmogorovSmirnov kolmogorov_smirnov(std::span<double> a, std::span<double> b) {
  check(!a.empty() && !b.empty(), "kolmogorov_smirnov", "sets of ", a.size(), " and ", b.size(),
        " numbers; both need at least one");
  for (const std::span<double> set : {a, b})
    for (const double x : set)
      check(std::isfinite(x), "kolmogorov_smirnov", "a number is ", x,
            "; all numbers must be finite");
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  const double m = static_cast<double>(a.size()), n = static_cast<double>(b.size());
  const Pooled pooled(a, b);
  KolmogorovSmirnov found;
  found.distance = static_cast<double>(pooled.gap) / (m * n);
  found.least_p = least_probability(m, n);
  found.exact = m * n <= kMostPaths;
  if (found.exact) {
    found.p = share_of_paths(static_cast<std::int64_t>(a.size()),
                             static_cast<std::int64_t>(b.size()), pooled);
  } else {
    const double root = std::sqrt(m * n / (m + n));
    found.p = kolmogorov_tail((root + 0.12 + 0.11 / root) * found.distance);
  }
  return found;
}

}  // namespace pushforward
