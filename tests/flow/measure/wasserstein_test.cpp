// Compares Wasserstein distances with closed forms: for shifts, scalings, one dimension, and sets
// of different sizes.
#include "flow/measure/wasserstein.h"

#include <algorithm>
#include <cmath>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

std::vector<double> wasserstein_normals(int n, int dim, std::uint32_t step, double scale = 1) {
  const Stream stream{21, Purpose::user, step};
  std::vector<double> x(static_cast<std::size_t>(n) * dim);
  for (std::size_t k = 0; k < x.size(); ++k)
    x[k] = scale * stream.normal(static_cast<std::uint32_t>(k));
  return x;
}

PointSet wasserstein_points(const std::vector<double>& x, int dim) {
  return {static_cast<int>(x.size()) / dim, dim, x.data()};
}

// Returns the rows moved by `shift`.
std::vector<double> shifted(std::vector<double> x, const std::vector<double>& shift) {
  for (std::size_t k = 0; k < x.size(); ++k) x[k] += shift[k % shift.size()];
  return x;
}

}  // namespace

TEST_CASE("distances on a line have hand-computed values") {
  std::vector<double> a{0, 1, 3, 6}, b{-1, 2, 2, 10};
  CHECK(wasserstein2(wasserstein_points(a, 1), wasserstein_points(b, 1)) ==
        Approx(2.179449472).epsilon(1e-9));
  CHECK(wasserstein_sorting(a, b, 1) == Approx(1.75).epsilon(1e-12));
  CHECK(wasserstein_sorting(a, b) == Approx(2.179449472).epsilon(1e-9));
  std::vector<double> one{2}, two{0, 1}, three{0, 0.5, 4};
  // The quantile functions of {0, 1} and {0, 1/2, 4} are 0 and 0 for probabilities up to 1/3, 0 and
  // 1/2 up to 1/2, 1 and 1/2 up to 2/3, and then 1 and 4.
  CHECK(wasserstein_sorting(two, three, 1) == Approx((0.5 + 0.5) / 6 + 3. / 3).epsilon(1e-12));
  CHECK(wasserstein_sorting(two, three, 2) ==
        Approx(std::sqrt((0.25 + 0.25) / 6 + 9. / 3)).epsilon(1e-12));
  CHECK(wasserstein_sorting(one, two, 2) == Approx(std::sqrt(2.5)).epsilon(1e-12));
  CHECK(wasserstein_sorting(two, one, 3) == Approx(std::cbrt(4.5)).epsilon(1e-12));
}

TEST_CASE("a shift by d has distance |d|, in any dimension and for any number of points") {
  for (const auto& size : {std::pair{1, 2}, {2, 1}, {100, 2}, {100, 20}, {1500, 2}}) {
    const int n = size.first, dim = size.second;
    const auto x = wasserstein_normals(n, dim, 1);
    std::vector<double> shift(dim);
    for (int k = 0; k < dim; ++k) shift[k] = 0.3 * (k + 1);
    double length = 0;
    for (const double s : shift) length += s * s;
    const auto y = shifted(x, shift);
    CAPTURE(n, dim);
    CHECK(wasserstein2(wasserstein_points(x, dim), wasserstein_points(y, dim)) ==
          Approx(std::sqrt(length)).epsilon(1e-12));
    CHECK(wasserstein2(wasserstein_points(x, dim), wasserstein_points(x, dim)) == 0);
  }
}

TEST_CASE("a scaling moves each point along its ray from the origin") {
  const auto x = wasserstein_normals(200, 3, 2);
  auto y = x;
  double squared = 0;
  for (double& c : y) squared += c * c, c *= 3;
  CHECK(wasserstein2(wasserstein_points(x, 3), wasserstein_points(y, 3)) ==
        Approx(std::sqrt(4 * squared / 200)));
}

TEST_CASE("on a line, transport pairs sorted points, with a matrix of costs or without") {
  for (const int n : {300, 1200}) {
    auto a = wasserstein_normals(n, 1, 3), b = wasserstein_normals(n, 1, 4, 2);
    const double exact = wasserstein2(wasserstein_points(a, 1), wasserstein_points(b, 1));
    CHECK(wasserstein_sorting(a, b) == Approx(exact).epsilon(1e-12));
  }
}

TEST_CASE("the order of points and of the sets does not matter") {
  auto x = wasserstein_normals(64, 2, 5);
  const auto y = wasserstein_normals(64, 2, 6, 2);
  const double w = wasserstein2(wasserstein_points(x, 2), wasserstein_points(y, 2));
  CHECK(wasserstein2(wasserstein_points(y, 2), wasserstein_points(x, 2)) ==
        Approx(w).epsilon(1e-13));
  for (int k = 0; k < 32; ++k)
    for (int c : {0, 1}) std::swap(x[2 * k + c], x[2 * (63 - k) + c]);
  CHECK(wasserstein2(wasserstein_points(x, 2), wasserstein_points(y, 2)) ==
        Approx(w).epsilon(1e-13));
}

TEST_CASE(
    "on a line the sliced distance is the distance, and for a shift it is the mean projection") {
  Workers one(1), three(3);
  const Stream stream{2, Purpose::user, 0};
  const auto a = wasserstein_normals(500, 1, 7), b = wasserstein_normals(300, 1, 8, 2);
  auto sa = a, sb = b;
  CHECK(sliced_wasserstein2(wasserstein_points(a, 1), wasserstein_points(b, 1), 5, stream, one) ==
        Approx(wasserstein_sorting(sa, sb)).epsilon(1e-12));
  for (const int dim : {2, 10}) {
    const auto x = wasserstein_normals(100, dim, 9);
    const auto y = shifted(x, std::vector<double>(dim, 1.5));
    // The projection of the shift d on a random direction has the mean square |d|^2 / dim.
    const double w = sliced_wasserstein2(wasserstein_points(x, dim), wasserstein_points(y, dim),
                                         2000, stream, one);
    CHECK(w == Approx(1.5).epsilon(0.05));
    CHECK(w == sliced_wasserstein2(wasserstein_points(x, dim), wasserstein_points(y, dim), 2000,
                                   stream, three));
    CHECK(w != sliced_wasserstein2(wasserstein_points(x, dim), wasserstein_points(y, dim), 2000,
                                   stream.at(1), one));
    CHECK(sliced_wasserstein2(wasserstein_points(x, dim), wasserstein_points(x, dim), 10, stream,
                              one) == 0);
  }
}

TEST_CASE("Gaussians have the distance of the closed form") {
  // The expected number is from numpy and scipy: |m|^2 + tr(A + B - 2 sqrtm(sqrtm(A) B sqrtm(A))),
  // where m is the difference of the means and A and B are the covariances of a and b.
  const GaussianMoments a{{1, 2, -1}, {2, 0.5, -0.3, 0.5, 1, 0.2, -0.3, 0.2, 0.5}},
      b{{0, 0.5, 1}, {1, -0.4, 0.1, -0.4, 3, 0.6, 0.1, 0.6, 2}};
  CHECK(gaussian_wasserstein2(a, b) == Approx(2.979522234879328).epsilon(1e-13));
  CHECK(gaussian_wasserstein2(b, a) == Approx(2.979522234879328).epsilon(1e-13));
  CHECK(gaussian_wasserstein2(a, a) == Approx(0).margin(1e-7));
  const GaussianMoments turned{
      {0, 0}, {2.4436883929379523, 1.847718243728363, 1.847718243728363, 1.806311607062048}},
      stretched{{0, 0}, {1, 0, 0, 4}};
  CHECK(gaussian_wasserstein2(turned, stretched) == Approx(1.3622391432358454).epsilon(1e-12));
  // For a covariance A = v v^T (a distribution on a line) and any covariance B, with equal means,
  // the distance is sqrt(tr A + tr B - 2 sqrt(v^T B v)).
  CHECK(gaussian_wasserstein2({{0, 0}, {1, 2, 2, 4}}, stretched) ==
        Approx(std::sqrt(10 - 2 * std::sqrt(17.))).epsilon(1e-12));
  // For diagonal covariances with standard deviations s_i and t_i and a difference m of the means,
  // the squared distance is |m|^2 + sum of (s_i - t_i)^2.
  CHECK(gaussian_wasserstein2({{1, 0}, {4, 0, 0, 0.25}}, {{0, 2}, {1, 0, 0, 9}}) ==
        Approx(std::sqrt(1 + 4 + 1 + 2.5 * 2.5)).epsilon(1e-14));
  CHECK(gaussian_wasserstein2({{1}, {4}}, {{3}, {0}}) == Approx(std::sqrt(8.)));
}

TEST_CASE("the Gaussian distance of two sets' moments is a lower bound of their distance") {
  const std::vector<double> four{0, 0, 2, 0, 0, 4, 2, 4};
  const GaussianMoments m = gaussian_moments(wasserstein_points(four, 2));
  CHECK(m.mean == std::vector<double>{1, 2});
  CHECK(m.covariance == std::vector<double>{1, 0, 0, 4});
  const std::vector<double> x = wasserstein_normals(200, 2, 1), y = wasserstein_normals(200, 2, 2);
  const double frechet = gaussian_wasserstein2(gaussian_moments(wasserstein_points(x, 2)),
                                               gaussian_moments(wasserstein_points(y, 2)));
  CHECK(frechet > 0);
  CHECK(frechet < wasserstein2(wasserstein_points(x, 2), wasserstein_points(y, 2)));
}

TEST_CASE("invalid Gaussians are refused") {
  const GaussianMoments one{{0}, {1}}, two{{0, 0}, {1, 0, 0, 1}};
  CHECK_THROWS_WITH(gaussian_wasserstein2(one, two),
                    "[gaussian wasserstein] means of 1 and 2 numbers and covariances of 1 and 4; "
                    "give (D) and (D, D) of one D");
  CHECK_THROWS_WITH(gaussian_wasserstein2(two, {{0, std::nan("")}, {1, 0, 0, 1}}),
                    "[gaussian wasserstein] a mean is nan; means are finite");
  CHECK_THROWS_WITH(gaussian_wasserstein2(two, {{0, 0}, {1, 2, 3, 4}}),
                    Contains("the matrix must be symmetric"));
  CHECK_THROWS_WITH(gaussian_wasserstein2(two, {{0, 0}, {1, 2, 2, 1}}),
                    Contains("an eigenvalue is -1 and the largest 3"));
  CHECK_THROWS_WITH(gaussian_moments({0, 2, nullptr}),
                    Contains("[gaussian moments] sets of 0 and 0 points"));
}

TEST_CASE("sets without a Wasserstein distance are refused") {
  Workers workers(1);
  std::vector<double> x = wasserstein_normals(10, 2, 1), y = wasserstein_normals(8, 2, 1), none;
  CHECK_THROWS_WITH(
      wasserstein2(wasserstein_points(x, 2), wasserstein_points(y, 2)),
      Contains(
          "[wasserstein] the sets have 10 and 8 points; exact transport needs sets of equal size; "
          "subsample the larger one, or take the sliced distance"));
  CHECK_THROWS_WITH(wasserstein2(wasserstein_points(x, 2), {10, 1, y.data()}),
                    Contains("one set has dimension 2 and the other 1"));
  CHECK_THROWS_WITH(
      sliced_wasserstein2(wasserstein_points(x, 2), wasserstein_points(y, 2), 0, {}, workers),
      Contains("0 directions; take at least one"));
  CHECK_THROWS_WITH(wasserstein_sorting(x, none), Contains("both need at least one"));
  CHECK_THROWS_WITH(wasserstein_sorting(x, y, 0.5), Contains("the power is 0.5"));
  y[3] = std::nan("");
  CHECK_THROWS_WITH(wasserstein_sorting(x, y), "[wasserstein] number 3 of the second set is NaN");
}

}  // namespace pushforward
