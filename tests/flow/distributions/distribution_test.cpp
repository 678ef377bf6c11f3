// Tests densities in closed form: their integrals are 1, entropies have known values, and changes
// of units follow the change of variables.
#include "flow/distributions/distribution.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "flow/distributions/dequantised.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/log_density.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

const Stream kDistributionStream{7, Purpose::data, 1};

double at(const Distribution& distribution, std::vector<real> x) {
  double out = 0;
  REQUIRE(distribution.log_density(1, x.data(), &out));
  return out;
}

// Returns the integral of a 2-D density over [-half, half]^2 by the midpoint rule.
double mass(const Distribution& distribution, double half, int cells) {
  std::vector<real> x(static_cast<std::size_t>(2 * cells));
  std::vector<double> out(static_cast<std::size_t>(cells));
  const double h = 2 * half / cells;
  double sum = 0;
  for (int i = 0; i < cells; ++i) {
    for (int j = 0; j < cells; ++j) {
      x[2 * j] = static_cast<real>((i + 0.5) * h - half);
      x[2 * j + 1] = static_cast<real>((j + 0.5) * h - half);
    }
    REQUIRE(distribution.log_density(cells, x.data(), out.data()));
    for (double l : out) sum += std::exp(l) * h * h;
  }
  return sum;
}

// Returns the mean of -ln p over n draws.
double entropy(const Distribution& distribution, int n) {
  const Tensor x = draw_rows(distribution, kDistributionStream, n);
  std::vector<double> out(static_cast<std::size_t>(n));
  REQUIRE(distribution.log_density(n, x.data(), out.data()));
  double sum = 0;
  for (double l : out) sum -= l / n;
  return sum;
}

GaussianMixture mixture() {
  return GaussianMixture({1, 3}, Tensor({2, 2}, std::vector<real>{-1, 0, 1, 0.5}), {0.3, 0.7});
}

}  // namespace

TEST_CASE("densities integrate to one") {
  CHECK(mass(GaussianSource(2, 0.8, 0.3), 6, 200) == Approx(1).epsilon(1e-6));
  CHECK(mass(UniformSource(2, -1, 3), 4, 200) == Approx(1).epsilon(1e-6));
  CHECK(mass(mixture(), 6, 200) == Approx(1).epsilon(1e-6));
  CHECK(mass(Toy("8gaussians"), 6, 200) == Approx(1).epsilon(1e-6));
  CHECK(mass(Toy("8gaussians", {{"modes", 3}, {"scale", 0.5}}), 6, 300) == Approx(1).epsilon(1e-6));
  CHECK(mass(Toy("checkerboard"), 5, 200) == Approx(1).epsilon(1e-6));
  CHECK(mass(Toy("gaussian", {{"std", 0.5}, {"mean", 1}}), 6, 200) == Approx(1).epsilon(1e-6));
  CHECK(mass(AffineData(std::make_shared<GaussianMixture>(mixture()), {-0.5, 2}, {1, -1}), 8,
             300) == Approx(1).epsilon(1e-6));
}

TEST_CASE("entropies of densities have known values") {
  constexpr int n = 100000;
  CHECK(std::abs(entropy(Toy("8gaussians"), n) - 2.8346) < 0.015);
  // All drawn points have a density above 0, at any scale and after a change of units.
  CHECK(entropy(Toy("checkerboard"), n) == Approx(std::log(32)).epsilon(1e-9));
  CHECK(entropy(Toy("checkerboard", {{"scale", 1 / 0.45}}), n) == Approx(3.6765).epsilon(2e-5));
  CHECK(entropy(*affine_data(std::make_shared<Toy>("checkerboard"), 0.37, 0.21), n) ==
        Approx(std::log(32 * 0.37 * 0.37)).epsilon(1e-9));
  CHECK(entropy(UniformSource(3, 0.1, 0.7), n) == Approx(3 * std::log(0.6)).epsilon(1e-9));
  CHECK(std::abs(entropy(GaussianSource(2, 1.5), n) - (1 + kLn2Pi + 2 * std::log(1.5))) < 0.015);
}

TEST_CASE("densities at points have known values") {
  CHECK(at(GaussianSource(3, 2, 1), {1, 3, 1}) ==
        Approx(-0.5 - 3 * std::log(2 * std::sqrt(2 * kPi))).epsilon(1e-12));
  CHECK(at(UniformSource(2, -1, 3), {-1, 3}) == Approx(-std::log(16)).epsilon(1e-12));
  CHECK(at(UniformSource(2, -1, 3), {0, real(3.001)}) == -kInfinity);
  // The density of mixture() is the sum of two components. It does not underflow far away.
  const auto normal = [](double square, double std) {
    return std::exp(-0.5 * square / (std * std)) / (2 * kPi * std * std);
  };
  CHECK(at(mixture(), {0, 1}) ==
        Approx(std::log(0.25 * normal(2, 0.3) + 0.75 * normal(1.25, 0.7))).epsilon(1e-6));
  CHECK(at(mixture(), {100, 0.5}) ==
        Approx(std::log(0.75) + log_normal(99. * 99, 0.7, 2)).epsilon(1e-6));
  CHECK(at(GaussianMixture({0, 1}, Tensor({2, 1}), {1, 2}), {0}) ==
        Approx(log_normal(0, 2, 1)).epsilon(1e-12));
  // At scale 2, the point (1, 1) is in the filled cell [0, 2) x [0, 2), and (3, 1) is in an empty
  // cell.
  const Toy board("checkerboard");
  CHECK(at(board, {1, 1}) == Approx(-std::log(32)));
  CHECK(at(board, {3, 1}) == -kInfinity);
  CHECK(at(board, {-3, -3}) == Approx(-std::log(32)));
  CHECK(at(board, {5, 5}) == -kInfinity);
  CHECK(at(board, {0, 4}) == Approx(-std::log(32)));  // a corner belongs to a cell
}

TEST_CASE("a change of units changes the density accordingly") {
  const auto inner = std::make_shared<GaussianMixture>(mixture());
  const auto outer =
      std::make_shared<AffineData>(inner, std::vector<double>{-0.5, 4}, std::vector<double>{1, -1});
  const double there = at(*outer, {1.5, 1}), here = at(*inner, {-1, 0.5});
  CHECK(there == Approx(here - std::log(2)).epsilon(1e-6));
  CHECK(outer->log_scale() == Approx(std::log(2)));
  const DistributionPtr twice = affine_data(outer, 0.1, 7);
  CHECK(twice->log_scale() == Approx(std::log(2) + 2 * std::log(0.1)));
  CHECK(at(*twice, {real(7.15), real(7.1)}) + twice->log_scale() ==
        Approx(here).epsilon(kDouble ? 1e-9 : 1e-4));
  CHECK(std::make_shared<DequantisedData>(twice)->log_scale() == twice->log_scale());
}

TEST_CASE("distributions without a density say so and write nothing") {
  const std::map<std::string, double> no_noise{{"noise", 0}};
  const Toy moons("moons", no_noise), points("8gaussians", {{"std", 0}});
  const ArrayData array(Tensor({3, 2}));
  const DistributionPtr scaled = affine_data(std::make_shared<Toy>("moons", no_noise), 2, 0);
  for (const Distribution* distribution :
       {static_cast<const Distribution*>(&moons), static_cast<const Distribution*>(&points),
        static_cast<const Distribution*>(&array), scaled.get()}) {
    const real x[] = {0, 0};
    double out = 42;
    CHECK_FALSE(distribution->log_density(1, x, &out));
    CHECK_FALSE(distribution->log_density(0, nullptr, nullptr));
    CHECK(out == 42);
  }
  for (const ToyInfo& info : toys()) {
    CHECK(Toy(info.name).log_density(0, nullptr, nullptr) ==
          (info.log_density != nullptr || info.mixture != nullptr));
  }
}

}  // namespace pushforward::inline PF_REAL
