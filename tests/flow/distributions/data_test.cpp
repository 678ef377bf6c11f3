// Tests noise sources, mixtures, data sets that are the rows of an array, and distributions that are
// shifted and scaled.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/dequantised.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/permuted.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

const Stream kDataStream{5, Purpose::data, 3};

Tensor counting(int rows, int cols) {
  Tensor x({rows, cols});
  std::iota(x.data(), x.data() + x.size(), real(0));
  return x;
}

}  // namespace

TEST_CASE("sources have their moments, and rows depend on their number") {
  const GaussianSource normal(3, 2, -1);
  const UniformSource uniform(3, -1, 3);
  struct Row {
    const Distribution& distribution;
    double mean, std;
  };
  for (const Row& row : {Row{normal, -1, 2}, Row{uniform, 1, 4 / std::sqrt(12.)}}) {
    const ColumnMoments m = column_moments(row.distribution);
    for (int j = 0; j < 3; ++j) {
      CHECK(std::abs(m.mean[j] - row.mean) < 5 * row.std / 256);
      CHECK(m.std[j] == Approx(row.std).epsilon(0.02));
    }
    const Tensor all = draw_rows(row.distribution, kDataStream, 300);
    Tensor part({100, 3});
    row.distribution.draw(kDataStream, 150, 100, part.data());
    for (int i = 0; i < 300; ++i)
      CHECK(std::abs(part.data()[i] - all.data()[450 + i]) < real(1e-5));
  }
  const Tensor u = draw_rows(uniform, kDataStream, 5000);
  for (real x : u.values()) CHECK((x > -1 && x < 3));
  CHECK_THROWS_WITH(GaussianSource(2, 0), "[gaussian] std is 0; it must be positive and finite");
  CHECK_THROWS_WITH(GaussianSource(0), "[gaussian] the dimension is 0; it must be positive");
  CHECK_THROWS_WITH(UniformSource(2, 1, 1),
                    "[uniform] low 1 and high 1; low must be below high, and both finite");
}

TEST_CASE("a mixture draws its components in proportion to their weights, around their means") {
  const GaussianMixture mixture({2, 0, 6}, Tensor({3, 2}, std::vector<real>{-5, 0, 9, 9, 5, 1}),
                                {0.5, 1, 2});
  std::vector<int> labels;
  constexpr int n = 20000;
  const Tensor x = draw_rows(mixture, kDataStream, n, &labels);
  double count[3] = {}, mean[3][2] = {}, square[3] = {};
  for (int i = 0; i < n; ++i) {
    ++count[labels[i]];
    for (int j = 0; j < 2; ++j) mean[labels[i]][j] += static_cast<double>(x(i, j));
  }
  CHECK(count[1] == 0);
  CHECK(std::abs(count[0] / n - 0.25) < 0.015);
  for (int k : {0, 2}) {
    for (int j = 0; j < 2; ++j) mean[k][j] /= count[k];
  }
  for (int i = 0; i < n; ++i)
    square[labels[i]] +=
        std::pow(static_cast<double>(x(i, 0)) - mean[labels[i]][0], 2) / count[labels[i]];
  CHECK(mean[0][0] == Approx(-5).margin(0.05));
  CHECK(mean[2][0] == Approx(5).margin(0.1));
  CHECK(mean[2][1] == Approx(1).margin(0.1));
  CHECK(square[0] == Approx(0.25).epsilon(0.08));
  CHECK(square[2] == Approx(4).epsilon(0.05));
  CHECK(mixture.classes() == 3);

  const Tensor means({2, 1}, std::vector<real>{0, 1});
  CHECK_THROWS_WITH(
      GaussianMixture({1}, means, {1, 1}),
      "[gaussian_mixture] 1 weights, 2 means and 2 stds; give one of each for every component");
  CHECK_THROWS_WITH(GaussianMixture({1, -1}, means, {1, 1}),
                    "[gaussian_mixture] weight 1 is -1; weights must be finite and not negative");
  CHECK_THROWS_WITH(GaussianMixture({0, 0}, means, {1, 1}),
                    "[gaussian_mixture] all 2 weights are 0; at least one must be positive");
  CHECK_THROWS_WITH(GaussianMixture({1, 1}, means, {1, 0}),
                    "[gaussian_mixture] std 1 is 0; it must be positive and finite");
}

TEST_CASE("a permutation contains every number once") {
  for (std::uint32_t n : {1u, 2u, 3u, 7u, 16u, 17u, 1797u, 70000u}) {
    std::vector<bool> seen(n);
    const std::array<std::uint32_t, 4> key{n, 2, 3, 4};
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t p = permuted(i, n, key);
      REQUIRE(p < n);
      CHECK_FALSE(seen[p]);
      seen[p] = true;
    }
  }
  // permuted(i, n, key) for i = 0 to n - 1 is a random permutation of 0 to n - 1. At each place i,
  // all numbers are equally likely. The number at place 1 is that at place 0 plus 1 (mod n) with
  // probability 1/9.
  constexpr int n = 10, trials = 20000;
  int count[n][n] = {}, next = 0;
  for (std::uint32_t trial = 0; trial < trials; ++trial) {
    const auto key = Stream{trial, Purpose::shuffle, 0}.words(0, 0);
    for (std::uint32_t i = 0; i < n; ++i) ++count[i][permuted(i, n, key)];
    next += permuted(1, n, key) == (permuted(0, n, key) + 1) % n;
  }
  double chi2 = 0;
  for (auto& row : count) {
    for (int c : row) chi2 += std::pow(c - trials / 10., 2) / (trials / 10.);
  }
  CHECK(chi2 < 81 + 5 * std::sqrt(2 * 81.));
  CHECK(std::abs(next / double(trials) - 1. / 9) < 0.012);
}

TEST_CASE("an array without an order is drawn with replacement") {
  const ArrayData data(counting(10, 2));
  int count[10] = {};
  constexpr int n = 20000;
  const Tensor x = draw_rows(data, kDataStream, n);
  for (int i = 0; i < n; ++i) {
    CHECK(x(i, 1) == x(i, 0) + 1);
    ++count[static_cast<int>(x(i, 0)) / 2];
  }
  double chi2 = 0;
  for (int c : count) chi2 += std::pow(c - n / 10., 2) / (n / 10.);
  CHECK(chi2 < 27.9);  // the 0.001 quantile for 9 degrees of freedom
}

TEST_CASE("an array is drawn epoch by epoch, and labels stay with their rows") {
  std::vector<int> all(10);
  std::iota(all.begin(), all.end(), 0);
  const ArrayData data(counting(10, 3), all, {.batch = 4});
  CHECK(data.classes() == 10);
  std::vector<std::vector<int>> epochs(4);
  // The batches contain 40 rows, which are 4 epochs. Some batches contain the end of an epoch.
  for (std::uint32_t step = 0; step < 10; ++step) {
    std::vector<int> labels;
    const Tensor x = draw_rows(data, kDataStream.at(step), 4, &labels);
    for (int k = 0; k < 4; ++k) {
      CHECK(x(k, 0) == static_cast<real>(3 * labels[k]));
      epochs[(step * 4 + k) / 10].push_back(labels[k]);
    }
  }
  for (const auto& epoch : epochs) CHECK(std::set<int>(epoch.begin(), epoch.end()).size() == 10);
  CHECK(epochs[0] != epochs[1]);
  // A source and a data set with the same rows and seed are drawn in different orders.
  const Stream noise = kDataStream.with(Purpose::noise);
  int same = 0;
  for (std::uint32_t step = 0; step < 250; ++step) {
    for (std::uint32_t k = 0; k < 4; ++k)
      same += data.index(noise.at(step), k) == data.index(kDataStream.at(step), k);
  }
  CHECK(same < 160);
}

TEST_CASE("arrays that cannot be data are refused") {
  CHECK_THROWS_WITH(
      ArrayData(Tensor({0, 2})),
      "[data] the array has shape (0, 2); it must be (rows, dimension), and neither may be 0");
  CHECK_THROWS_WITH(ArrayData(Tensor(Shape{4})), Contains("it must be (rows, dimension)"));
  CHECK_THROWS_WITH(ArrayData(counting(3, 2), {1, 2}),
                    "[data] 2 labels for 3 rows; give one label per row");
  CHECK_THROWS_WITH(ArrayData(counting(2, 2), {1, -2}),
                    "[data] label 1 is -2; labels count from 0");
  Tensor x = counting(3, 2);
  x(1, 1) = std::numeric_limits<real>::quiet_NaN();
  CHECK_THROWS_WITH(ArrayData(x),
                    "[data] row 1, column 1 is nan; remove the row or fill in the value");
}

TEST_CASE("standardized data has mean 0 and std 1, and restore undoes it") {
  const auto raw = std::make_shared<Toy>("swissroll");
  for (const DistributionPtr& inner : {DistributionPtr(raw), affine_data(raw, 100, 7)}) {
    const DistributionPtr data = standardize(inner);
    const ColumnMoments m = column_moments(*data);
    for (int j = 0; j < 2; ++j) {
      CHECK(std::abs(m.mean[j]) < 1e-5);
      CHECK(m.std[j] == Approx(1).epsilon(1e-5));
    }
    Tensor x = draw_rows(*data, kDataStream, 200);
    data->restore(200, x.data());
    const Tensor original = draw_rows(*raw, kDataStream, 200);  // restore undoes all wrappers
    for (int i = 0; i < 400; ++i) CHECK(std::abs(x.data()[i] - original.data()[i]) < real(1e-5));
  }
}

TEST_CASE("units are exact through any number of wrappers") {
  const DistributionPtr far = affine_data(
      std::make_shared<DequantisedData>(affine_data(std::make_shared<GaussianSource>(2), 3, 0.1)),
      1e-4, 1e6);
  const ColumnUnits units = far->units();
  for (int j = 0; j < 2; ++j) {
    CHECK(units.scale[j] == Approx(1 / 3e-4).epsilon(1e-15));
    // A value x of `far` has the raw value (y - 0.1) / 3 with y = (x - 1e6) / 1e-4. In float,
    // numbers near x have a spacing of 0.06.
    CHECK(units.shift[j] == Approx((-1e10 - 0.1) / 3).epsilon(1e-15));
  }
  const ColumnUnits plain = GaussianSource(3).units();
  CHECK(plain.scale == std::vector<double>(3, 1));
  CHECK(plain.shift == std::vector<double>(3, 0));
}

TEST_CASE("standardizing an array: constant columns, and one scale for all columns") {
  const auto array = std::make_shared<ArrayData>(
      Tensor({4, 3}, std::vector<real>{0, 7, 1, 0, 7, 3, 4, 7, 5, 4, 7, 7}));
  const DistributionPtr columns = standardize(array);
  REQUIRE(columns->all());
  CHECK(columns->all()->values()[0] == Approx(-1));
  // The constant column 1 is only shifted.
  CHECK(columns->all()->values()[1] == Approx(0).margin(1e-6));
  CHECK(columns->all()->values()[2] == Approx(-3 / std::sqrt(5.)));
  const DistributionPtr together = standardize(array, Standardize::together);
  const Tensor& x = *together->all();
  double mean = 0, square = 0;
  for (real v : x.values()) {
    mean += static_cast<double>(v) / 12;
    square += static_cast<double>(v * v) / 12;
  }
  CHECK(std::abs(mean) < 1e-6);
  CHECK(square == Approx(1));
  // Standardize::together uses one scale for all columns, which keeps the ratios of differences.
  CHECK((x(0, 1) - x(0, 0)) * 4 == Approx((x(2, 0) - x(0, 0)) * 7));

  CHECK_THROWS_WITH(AffineData(array, {1, 1}, {0, 0, 0}),
                    "[affine] 2 scales and 3 shifts for 3 columns; give one of each per column");
  CHECK_THROWS_WITH(
      affine_data(array, 0, 1),
      "[affine] scale 0 and shift 1 of column 0; both must be finite, and the scale not 0");
}

TEST_CASE("distributions know which mixture of isotropic Gaussians they are") {
  const auto same = [](const Mixture& m, const Mixture& n) {
    CHECK(m.dim == n.dim);
    REQUIRE(m.weights.size() == n.weights.size());
    for (std::size_t k = 0; k < n.weights.size(); ++k) {
      CHECK(m.weights[k] == Approx(n.weights[k]).epsilon(1e-15));
      CHECK(m.stds[k] == Approx(n.stds[k]).epsilon(1e-15));
    }
    REQUIRE(m.means.size() == n.means.size());
    for (std::size_t i = 0; i < n.means.size(); ++i)
      CHECK(m.means[i] == Approx(n.means[i]).epsilon(1e-15).margin(1e-14));
  };
  const auto clouds = std::make_shared<GaussianMixture>(
      std::vector<double>{2, 0, 6}, Tensor({3, 2}, std::vector<real>{-5, 0, 9, 9, 5, 1}),
      std::vector<double>{0.5, 1, 2});
  same(*clouds->mixture(), {2, {0.25, 0.75}, {-5, 0, 5, 1}, {0.5, 2}});
  same(*GaussianSource(2, 3, -1).mixture(), {2, {1}, {-1, -1}, {3}});
  same(*Toy("gaussian", {{"std", 2}, {"mean", 5}}).mixture(), {2, {1}, {5, 5}, {2}});
  same(*Toy("8gaussians", {{"modes", 4}, {"radius", 3}, {"std", 0}, {"scale", 2}}).mixture(),
       {2, {0.25, 0.25, 0.25, 0.25}, {6, 0, 0, 6, -6, 0, 0, -6}, {0, 0, 0, 0}});
  const auto set = std::make_shared<ArrayData>(counting(2, 2));
  same(*set->mixture(), {2, {0.5, 0.5}, {0, 1, 2, 3}, {0, 0}});

  // A mixture of points can be scaled differently in each column. A component with a width stays
  // isotropic only if all scales are equal.
  const AffineData moved(set, {3, 0.1}, {1, 0.2});
  const Mixture m = *moved.mixture();
  for (int i = 0; i < 4; ++i) CHECK(m.means[i] == static_cast<double>(moved.all()->data()[i]));
  same(*AffineData(clouds, {-2, 2}, {1, 0}).mixture(), {2, {0.25, 0.75}, {11, 0, -9, 2}, {1, 4}});
  CHECK(!AffineData(clouds, {2, 1}, {0, 0}).mixture());
  CHECK(!UniformSource(2, 0, 1).mixture());
  CHECK(!Toy("moons").mixture());
  CHECK(!AffineData(std::make_shared<Toy>("moons"), {1, 1}, {0, 0}).mixture());
}

TEST_CASE("rows drawn from a mixture have its moments") {
  // The drawn rows must have the moments of the mixture that the distribution reports.
  const auto eight = std::make_shared<Toy>("8gaussians");
  const auto clouds = std::make_shared<GaussianMixture>(
      std::vector<double>{2, 6}, Tensor({2, 2}, std::vector<real>{-5, 0, 5, 1}),
      std::vector<double>{0.5, 2});
  for (const DistributionPtr& distribution :
       {DistributionPtr(eight), DistributionPtr(clouds), affine_data(clouds, -0.5, 3)}) {
    const Mixture m = *distribution->mixture();
    std::vector<int> labels;
    const Tensor x = draw_rows(*distribution, kDataStream, 40000, &labels);
    for (int k = 0; k < m.components(); ++k) {
      double n = 0, mean[2] = {}, square = 0;
      for (int r = 0; r < x.rows(); ++r) {
        if (labels[r] != k) continue;
        ++n;
        for (int j = 0; j < 2; ++j) {
          mean[j] += static_cast<double>(x(r, j));
          square += std::pow(static_cast<double>(x(r, j)) - m.mean(k)[j], 2);
        }
      }
      CHECK(n / x.rows() == Approx(m.weights[k]).margin(0.01));
      for (int j = 0; j < 2; ++j)
        CHECK(mean[j] / n == Approx(m.mean(k)[j]).margin(5 * m.stds[k] / std::sqrt(n)));
      CHECK(std::sqrt(square / (2 * n)) == Approx(m.stds[k]).epsilon(0.03));
    }
  }
}

}  // namespace pushforward::inline PF_REAL
