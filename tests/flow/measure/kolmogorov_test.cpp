// Tests the two-sample Kolmogorov-Smirnov distance and its p-value: hand-computed cases, values of
// SciPy, and repeated numbers.
#include "flow/measure/kolmogorov.h"

#include <cmath>
#include <limits>
#include <vector>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

KolmogorovSmirnov ks_of(std::vector<double> a, std::vector<double> b) {
  return kolmogorov_smirnov(a, b);
}

// Numbers scale sin(k step) + shift for k = 1, ..., n.
std::vector<double> sines(int n, double step, double shift) {
  std::vector<double> x;
  for (int k = 1; k <= n; ++k) x.push_back(2 * std::sin(k * step) + shift);
  return x;
}

}  // namespace

TEST_CASE("the Kolmogorov-Smirnov distance of three numbers has a p-value by counting") {
  // Of the three places that the single number can have, the first and the last give distance 1.
  const KolmogorovSmirnov found = ks_of({2, 1}, {3});
  CHECK(found.distance == 1);
  CHECK(found.p == Approx(2. / 3));
  CHECK(found.least_p == Approx(2. / 3));
  CHECK(found.exact);
  // In the middle the distance is 1/2, which every place reaches.
  CHECK(ks_of({1, 3}, {2}).distance == 0.5);
  CHECK(ks_of({1, 3}, {2}).p == 1);
  // Equal sets.
  CHECK(ks_of({1, 2, 3}, {3, 2, 1}).distance == 0);
  CHECK(ks_of({1, 2, 3}, {3, 2, 1}).p == 1);
  CHECK(ks_of({5, 5}, {5}).distance == 0);
}

TEST_CASE("p-values without repeated numbers are those of SciPy") {
  // scipy.stats.ks_2samp(a, b, method="exact") of SciPy 1.10.1.
  const KolmogorovSmirnov few =
      ks_of({0.1, 0.5, 0.7, 1.2, 1.9, 2.3, 3.1}, {0.3, 0.9, 2.1, 2.7, 3.3, 3.9, 4.2, 4.8, 5.5});
  CHECK(few.distance == Approx(0.5555555555555556));
  CHECK(few.p == Approx(0.12674825174825174).epsilon(1e-10));
  const KolmogorovSmirnov more = ks_of(sines(300, 1.7, 0), sines(200, 2.3, 0.3));
  CHECK(more.distance == Approx(0.175));
  CHECK(more.p == Approx(0.001156189541489953).epsilon(1e-9));
  CHECK(more.exact);
  // 2,000 and 1,500 numbers are beyond the limit of the exact count. SciPy's exact value is
  // 0.00031074, and Kolmogorov's limit without a correction 0.00032558.
  const KolmogorovSmirnov many = ks_of(sines(2000, 1.7, 0), sines(1500, 2.3, 0.05));
  CHECK(many.distance == Approx(0.07133333333333333));
  CHECK_FALSE(many.exact);
  CHECK(many.p == Approx(0.00031074).epsilon(0.04));
}

TEST_CASE("repeated numbers are counted once in a p-value") {
  // All 462 ways to divide the eleven numbers, by itertools.combinations in Python: 102 have a
  // distance of 1/2 or more.
  const KolmogorovSmirnov found = ks_of({1, 1, 2, 3, 3}, {2, 3, 3, 4, 4, 4});
  CHECK(found.distance == Approx(0.5));
  CHECK(found.p == Approx(102. / 462).epsilon(1e-12));
}

TEST_CASE("p-values of far sets are tiny and not 0, and those of one distribution are spread") {
  std::vector<double> low, high;
  for (int k = 0; k < 60; ++k) low.push_back(k), high.push_back(100 + k);
  const KolmogorovSmirnov far = ks_of(low, high);
  CHECK(far.p == Approx(far.least_p).epsilon(1e-9));
  CHECK(far.p > 0);
  CHECK(far.p < 1e-33);
  // The limit is 1 for small distances and continuous at 1 between its two series.
  std::vector<double> grid, shifted;
  for (int k = 0; k < 1200; ++k) grid.push_back(k), shifted.push_back(k + 0.5);
  CHECK(ks_of(grid, shifted).p == Approx(1));
}

TEST_CASE("the Kolmogorov-Smirnov distance refuses empty sets and numbers that are not finite") {
  CHECK_THROWS_WITH(
      ks_of({}, {1}),
      Contains("[kolmogorov_smirnov] sets of 0 and 1 numbers; both need at least one"));
  CHECK_THROWS_WITH(ks_of({1}, {std::nan("")}),
                    Contains("a number is nan; all numbers must be finite"));
}

}  // namespace pushforward
