// Tests the distributions on manifolds: densities that integrate to 1, entropies in closed form, and
// samples that agree with them.
#include "flow/manifold/sources.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "flow/distributions/log_density.h"
#include "tests/flow/manifold/points.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

// Returns the mean of -ln p of n samples, and the mean of each column.
struct Drawn {
  double entropy = 0;
  std::vector<double> mean;
};
Drawn draw(const Distribution& p, int n) {
  const Tensor x = draw_rows(p, {5, Purpose::data, 0}, n);
  std::vector<double> log_p(static_cast<std::size_t>(n));
  REQUIRE(p.log_density(n, x.data(), log_p.data()));
  Drawn drawn{0, std::vector<double>(static_cast<std::size_t>(p.dim()))};
  for (int r = 0; r < n; ++r) {
    drawn.entropy -= log_p[static_cast<std::size_t>(r)] / n;
    for (int j = 0; j < p.dim(); ++j)
      drawn.mean[static_cast<std::size_t>(j)] += static_cast<double>(x(r, j)) / n;
  }
  return drawn;
}

VonMisesFisherMixture two_caps() {
  return VonMisesFisherMixture({{{0, 0, 1}, {1, 1, 0}}, {3, 20}, {1, 2}});
}

// Returns the integral of the density over the sphere in R^3, by a grid of latitudes and longitudes.
double integral_over_sphere(const Distribution& p, double* entropy) {
  constexpr int kLat = 400, kLong = 200;
  double total = 0;
  std::vector<real> x(3);
  for (int i = 0; i < kLat; ++i)
    for (int j = 0; j < kLong; ++j) {
      const double z = -1 + (2 * i + 1.) / kLat, a = 2 * std::numbers::pi * j / kLong,
                   s = std::sqrt(1 - z * z);
      x = {static_cast<real>(s * std::cos(a)), static_cast<real>(s * std::sin(a)),
           static_cast<real>(z)};
      double log_p = 0;
      p.log_density(1, x.data(), &log_p);
      const double cell = 4 * std::numbers::pi / (kLat * kLong);
      total += cell * std::exp(log_p);
      if (entropy) *entropy -= cell * log_p * std::exp(log_p);
    }
  return total;
}

}  // namespace

TEST_CASE("von Mises-Fisher: constants and entropies are those of the closed forms") {
  CHECK(vmf_entropy(3, 1) == Approx(2.3794283230).epsilon(1e-10));
  CHECK(vmf_entropy(3, 10) == Approx(0.5352919301).epsilon(1e-9));
  CHECK(vmf_entropy(3, 0) == Approx(2.5310242469).epsilon(1e-10));
  CHECK(log_vmf_constant(3, 2.5) ==
        Approx(std::log(2.5 / (4 * std::numbers::pi * std::sinh(2.5)))).epsilon(1e-13));
  // By quadrature: on the circle C = 1 / (2 pi I_0(kappa)), with I_0(1) = 1.2660658777520084.
  CHECK(log_vmf_constant(2, 1) ==
        Approx(-std::log(2 * std::numbers::pi * 1.2660658777520084)).epsilon(1e-12));
  // On S^3, C = kappa / (4 pi^2 I_1(kappa)), with I_1(2) = 1.5906368546373291.
  CHECK(log_vmf_constant(4, 2) ==
        Approx(std::log(2 / (4 * std::numbers::pi * std::numbers::pi * 1.5906368546373291)))
            .epsilon(1e-12));
  CHECK(log_vmf_constant(5, 0) == Approx(-sphere(5).log_volume()).epsilon(1e-12));
  // A narrow distribution is a normal one on the tangent plane.
  CHECK(vmf_entropy(5, 1e6) == Approx(2 * (1 + kLn2Pi) - 2 * std::log(1e6)).epsilon(1e-5));
}

TEST_CASE("von Mises-Fisher: the density integrates to 1, and samples have its entropy") {
  double entropy = 0;
  const VonMisesFisherMixture p = two_caps();
  CHECK(integral_over_sphere(p, &entropy) == Approx(1).epsilon(1e-4));
  const Drawn drawn = draw(p, 20000);
  CHECK(drawn.entropy == Approx(entropy).margin(0.02));
  // E x = sum of weight (coth kappa - 1 / kappa) mean
  const double low = 1 / std::tanh(3.) - 1. / 3, high = 1 / std::tanh(20.) - 1. / 20;
  CHECK(drawn.mean[2] == Approx(low / 3).margin(0.015));
  CHECK(drawn.mean[0] == Approx(2 * high / 3 / std::sqrt(2.)).margin(0.015));
  for (const int n : {2, 4, 6}) {
    std::vector<double> mean(static_cast<std::size_t>(n));
    mean[0] = 1;
    const Drawn other = draw(VonMisesFisherMixture({{mean}, {5}, {}}), 20000);
    INFO(n);
    CHECK(other.entropy == Approx(vmf_entropy(n, 5)).margin(0.02));
  }
}

TEST_CASE("wrapped normal: the density integrates to 1, and samples have its entropy") {
  for (const double std : {0.2, 1., 4.}) {
    double total = 0, entropy = 0;
    constexpr int kCells = 1000;
    for (int k = 0; k < kCells; ++k) {
      const double log_p =
          log_wrapped_normal(-std::numbers::pi + 2 * std::numbers::pi * k / kCells, 2.5, std);
      total += 2 * std::numbers::pi / kCells * std::exp(log_p);
      entropy -= 2 * std::numbers::pi / kCells * log_p * std::exp(log_p);
    }
    CHECK(total == Approx(1).epsilon(1e-12));
    const WrappedNormalMixture p({{{2.5, -1}}, {std}, {}});
    CHECK(draw(p, 20000).entropy == Approx(2 * entropy).margin(0.03));
  }
}

TEST_CASE("uniform on a manifold: points are on it, with the density 1 / volume") {
  for (const Manifold& manifold : some_manifolds()) {
    INFO(manifold.words());
    const UniformOnManifold p(manifold);
    const Tensor x = draw_rows(p, {5, Purpose::noise, 0}, 4000);
    std::vector<double> log_p(4000);
    p.log_density(4000, x.data(), log_p.data());
    double worst = 0;
    std::vector<double> mean(static_cast<std::size_t>(manifold.embedded_dim()));
    for (int r = 0; r < 4000; ++r) {
      const std::vector<double> point(x.row(r).begin(), x.row(r).end());
      worst = std::max(worst, off_manifold(manifold, point));
      if (manifold.compact())
        CHECK(log_p[static_cast<std::size_t>(r)] == Approx(-manifold.log_volume()));
    }
    CHECK(worst < (kDouble ? 1e-15 : 3e-7));
    for (int j = 0; j < manifold.dim(); ++j) {
      double sum = 0;
      for (int r = 0; r < 4000; ++r) sum += static_cast<double>(x(r, j)) / 4000;
      CHECK(std::abs(sum) < 0.1);
    }
  }
}

TEST_CASE(
    "distributions on manifolds: rows do not depend on the call, and bad numbers are refused") {
  const VonMisesFisherMixture p = two_caps();
  const Stream stream{5, Purpose::data, 0};
  const Tensor all = draw_rows(p, stream, 20);
  std::vector<real> part(15);
  std::vector<int> labels(5);
  p.draw(stream, 7, 5, part.data(), labels.data());
  for (std::size_t k = 0; k < part.size(); ++k) CHECK(part[k] == all.values()[21 + k]);
  CHECK_THROWS_WITH(VonMisesFisherMixture({{}, {}, {}}),
                    "[vmf_mixture] there are no components; give at least one mean");
  CHECK_THROWS_WITH(
      log_vmf_constant(3, -1),
      "[vmf] kappa -1 on a sphere in R^3; kappa must be 0 or more and finite, and n at "
      "least 2");
  CHECK_THROWS_WITH(VonMisesFisherMixture({{{0, 0, 0}}, {1}, {}}),
                    "[vmf_mixture] mean 0 has the length 0; give a direction");
  CHECK_THROWS_WITH(VonMisesFisherMixture({{{1, 0}}, {-1}, {}}),
                    "[vmf_mixture] kappa 0 is -1; it must be finite and 0 or more");
  CHECK_THROWS_WITH(WrappedNormalMixture({{{1}, {2, 3}}, {1, 1}, {}}),
                    "[wrapped_mixture] mean 1 has 2 numbers and mean 0 has 1; give all as many, at "
                    "least one");
  CHECK_THROWS_WITH(WrappedNormalMixture({{{1}}, {1}, {0}}),
                    "[wrapped_mixture] weight 0 is 0; it must be finite and above 0");
  CHECK_THROWS_WITH(WrappedNormalMixture({{{1}}, {1, 2}, {}}),
                    "[wrapped_mixture] 1 means, 2 stds and 1 weights; give one of each for every "
                    "component");
}

}  // namespace pushforward::inline PF_REAL
