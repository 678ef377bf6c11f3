// Compares MMD and energy distance with plain double loops and with closed forms for normal
// distributions.
#include "flow/measure/discrepancy.h"

#include <cmath>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

std::vector<double> discrepancy_normals(int n, int dim, std::uint32_t step, double shift = 0) {
  const Stream stream{31, Purpose::user, step};
  std::vector<double> x(static_cast<std::size_t>(n) * dim);
  for (std::size_t k = 0; k < x.size(); ++k)
    x[k] = shift + stream.normal(static_cast<std::uint32_t>(k));
  return x;
}

PointSet discrepancy_points(const std::vector<double>& x, int dim) {
  return {static_cast<int>(x.size()) / dim, dim, x.data()};
}

double distance(PointSet a, int i, PointSet b, int j) {
  double sum = 0;
  for (int k = 0; k < a.dim; ++k) sum += std::pow(a.row(i)[k] - b.row(j)[k], 2);
  return std::sqrt(sum);
}

// Returns the mean of f over the pairs (i, j) of two sets. If both are the same set, pairs with i =
// j count only if `same` is true.
template <class F>
double mean_over_pairs(PointSet a, PointSet b, bool same, F f) {
  double sum = 0, count = 0;
  for (int i = 0; i < a.rows; ++i) {
    for (int j = 0; j < b.rows; ++j) {
      if (a.x == b.x && i == j && !same) continue;
      sum += f(distance(a, i, b, j));
      ++count;
    }
  }
  return sum / count;
}

}  // namespace

TEST_CASE("mmd and energy distance agree with their formulas, on any number of threads") {
  Workers one(1), three(3);
  for (const int dim : {1, 2, 7}) {
    const auto x = discrepancy_normals(50, dim, 1), y = discrepancy_normals(33, dim, 2, 0.7);
    const PointSet a = discrepancy_points(x, dim), b = discrepancy_points(y, dim);
    const std::vector<double> bandwidths{0.4, 1, 3};
    const auto k = [&](double r) {
      double sum = 0;
      for (const double s : bandwidths) sum += std::exp(-r * r / (2 * s * s)) / 3;
      return sum;
    };
    const double mmd = mmd2(a, b, bandwidths, one);
    CHECK(mmd == Approx(mean_over_pairs(a, a, false, k) + mean_over_pairs(b, b, false, k) -
                        2 * mean_over_pairs(a, b, true, k))
                     .epsilon(1e-10));
    CHECK(mmd == mmd2(a, b, bandwidths, three));
    const double biased = biased_mmd2(a, b, bandwidths, one);
    CHECK(biased == Approx(mean_over_pairs(a, a, true, k) + mean_over_pairs(b, b, true, k) -
                           2 * mean_over_pairs(a, b, true, k))
                        .epsilon(1e-10));
    CHECK(biased == biased_mmd2(a, b, bandwidths, three));
    CHECK(biased > mmd);
    CHECK(std::abs(biased_mmd2(a, a, bandwidths, one)) < 1e-14);
    const auto r = [](double length) { return length; };
    const double energy = energy_distance(a, b, one);
    CHECK(energy * energy == Approx(2 * mean_over_pairs(a, b, true, r) -
                                    mean_over_pairs(a, a, true, r) - mean_over_pairs(b, b, true, r))
                                 .epsilon(1e-10));
    CHECK(energy == energy_distance(a, b, three));
    CHECK(energy_distance(a, a, one) < 1e-7);
  }
}

TEST_CASE("shifted normal distributions have the mmd and energy distance of closed forms") {
  Workers workers(2);
  const int n = 3000;
  const double shift = 0.8, s = 1.2;
  const auto x = discrepancy_normals(n, 2, 3), y = discrepancy_normals(n, 2, 4, shift);
  // In two dimensions, the mean of the Gaussian kernel k with bandwidth s, for x - y ~ N(m, 2 I),
  // is E k = s^2 / (s^2 + 2) exp(-|m|^2 / (2 (s^2 + 2))).
  const double scale = s * s / (s * s + 2);
  const double expected = 2 * scale * (1 - std::exp(-2 * shift * shift / (2 * (s * s + 2))));
  const std::vector<double> bandwidth{s};
  CHECK(mmd2(discrepancy_points(x, 2), discrepancy_points(y, 2), bandwidth, workers) ==
        Approx(expected).epsilon(0.1));
  const auto z = discrepancy_normals(n, 2, 5);
  CHECK(std::abs(mmd2(discrepancy_points(x, 2), discrepancy_points(z, 2), bandwidth, workers)) <
        0.02 * expected);
  // In one dimension E|N(m, 2)| = 2 exp(-m^2 / 4) / sqrt(pi) + m erf(m / 2).
  const auto p = discrepancy_normals(n, 1, 6), q = discrepancy_normals(n, 1, 7, shift);
  const double root_pi = std::sqrt(std::acos(-1.));
  const double apart = 2 * std::exp(-shift * shift / 4) / root_pi + shift * std::erf(shift / 2);
  CHECK(energy_distance(discrepancy_points(p, 1), discrepancy_points(q, 1), workers) ==
        Approx(std::sqrt(2 * apart - 2 * 2 / root_pi)).epsilon(0.08));
}

TEST_CASE("the median distance has known values") {
  const std::vector<double> a{0, 1}, b{3};
  // The distances between the three points of a and b are 1, 2 and 3.
  CHECK(median_distance(discrepancy_points(a, 1), discrepancy_points(b, 1)) == 2);
  CHECK(usual_bandwidths(discrepancy_points(a, 1), discrepancy_points(b, 1)) ==
        std::vector<double>{1, 2, 4});
  // The distance of two normal points in the plane is |N(0, 2 I)|, with median sqrt(4 ln 2).
  const auto x = discrepancy_normals(5000, 2, 8), y = discrepancy_normals(4000, 2, 9);
  CHECK(median_distance(discrepancy_points(x, 2), discrepancy_points(y, 2)) ==
        Approx(std::sqrt(4 * std::log(2.))).epsilon(0.03));
}

TEST_CASE("sets and bandwidths without a discrepancy are refused") {
  Workers workers(1);
  const auto x = discrepancy_normals(5, 2, 1), y = discrepancy_normals(1, 2, 1);
  const std::vector<double> one{1}, bad{1, 0};
  CHECK_THROWS_WITH(mmd2(discrepancy_points(x, 2), discrepancy_points(y, 2), one, workers),
                    Contains("[mmd] sets of 5 and 1 points; both need at least two"));
  CHECK_THROWS_WITH(mmd2(discrepancy_points(x, 2), discrepancy_points(x, 2), {}, workers),
                    Contains("no bandwidth is given"));
  CHECK_THROWS_WITH(biased_mmd2(discrepancy_points(x, 2), discrepancy_points(x, 2), {}, workers),
                    "[mmd] no bandwidth is given; usual_bandwidths gives some");
  // The biased estimate of MMD^2 needs only one point in each set. For points x and y and the
  // kernel k, it is then 2 - 2 k(x, y).
  const std::vector<double> here{0, 0}, there{1, 1};
  CHECK(biased_mmd2(discrepancy_points(here, 2), discrepancy_points(there, 2), one, workers) ==
        Approx(2 - 2 * std::exp(-1)));
  CHECK_THROWS_WITH(mmd2(discrepancy_points(x, 2), discrepancy_points(x, 2), bad, workers),
                    Contains("a bandwidth is 0"));
  const std::vector<double> same(8, 1.);
  CHECK_THROWS_WITH(median_distance(discrepancy_points(same, 2), discrepancy_points(same, 2)),
                    Contains("more than half of the pairs of points coincide"));
  CHECK_THROWS_WITH(energy_distance(discrepancy_points(x, 2), {1, 1, y.data()}, workers),
                    Contains("[energy distance] one set has dimension 2 and the other 1"));
}

}  // namespace pushforward
