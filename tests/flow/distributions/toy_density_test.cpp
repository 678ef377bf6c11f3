// Compares the log-densities of the synthetic sets with entropies, total mass 1, and closed forms.
#include "flow/distributions/toy_density.h"

#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/flow/distributions/toy_entropies.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

double log_p(const Toy& toy, double x, double y) {
  const real at[] = {static_cast<real>(x), static_cast<real>(y)};
  double value = 0;
  REQUIRE(toy.log_density(1, at, &value));
  return value;
}

// Returns the standard deviation of the normal noise of a set, below which its density has no
// detail. The twist of the pinwheel's arms makes them 2.5 times as narrow as their noise of 0.2.
// The checkerboard has no noise; its length divides its cells.
double finest_detail(const std::string& name) {
  const std::pair<const char*, double> details[] = {
      {"moons", 0.05},   {"8gaussians", 0.35}, {"checkerboard", 0.5}, {"swissroll", 0.2},
      {"scurve", 0.075}, {"circles", 0.24},    {"rings", 0.08},       {"pinwheel", 0.08},
      {"2spirals", 0.1}, {"gaussian", 1},
  };
  for (const auto& [known, detail] : details)
    if (name == known) return detail;
  FAIL("the set " << name << " is not in the table of finest_detail");
  return 0;
}

}  // namespace

TEST_CASE("toy densities: the mean of -ln p over draws is the entropy") {
  for (const ToyEntropy& row : toy_entropies()) {
    const Toy toy(row.name, row.parameters);
    constexpr int n = 8000;
    const Tensor x = draw_rows(toy, {12, Purpose::data, 0}, n);
    std::vector<double> value(n);
    CAPTURE(row.name);
    CHECK(toy.log_density(0, nullptr, nullptr) == row.density);
    if (!row.density) continue;
    REQUIRE(toy.log_density(n, x.data(), value.data()));
    double mean = 0, square = 0;
    for (const double v : value) mean -= v / n;
    for (const double v : value) square += (v + mean) * (v + mean) / n;
    CAPTURE(mean, std::sqrt(square / n));
    CHECK(std::abs(mean - row.entropy) < 4 * std::sqrt(square / n) + 1e-3);
  }
}

TEST_CASE("toy densities: the total mass is 1") {
  for (const ToyInfo& info : toys()) {
    if (!has_density(info.name)) continue;
    const Toy toy(info.name);
    // A sum over a grid whose step is one standard deviation s of normal noise differs from the
    // integral by at most 4 exp(-2 pi^2) = 1e-8 of it, because the Fourier transform of the noise
    // is exp(-s^2 k^2 / 2) and the first error of the sum is at k = 2 pi / s. The number of steps
    // is a multiple of 6, so that the checkerboard's edges lie midway between two grid points.
    constexpr double half = 6;
    const int side = 6 * static_cast<int>(std::ceil(2 * half / finest_detail(info.name) / 6));
    const double step = 2 * half / side;
    std::vector<real> x;
    for (int i = 0; i < side * side; ++i) {
      x.push_back(static_cast<real>(-half + (i % side + 0.5) * step));
      x.push_back(static_cast<real>(-half + (i / side + 0.5) * step));
    }
    std::vector<double> value(side * side);
    REQUIRE(toy.log_density(side * side, x.data(), value.data()));
    double mass = 0;
    for (const double v : value) mass += std::exp(v) * step * step;
    CAPTURE(info.name, side, mass);
    // The tolerance allows for rounding of points in float.
    CHECK(std::abs(mass - 1) < 2e-5);
  }
}

TEST_CASE("toy densities: rings have the closed form with a Bessel function, near and far") {
  const double noise = 0.08;
  for (const double r : {0., 0.1, 0.75, 1.1, 3.1, 4.}) {
    double p = 0;
    for (const double radius : {3., 2.25, 1.5, 0.75}) {
      // The density contains exp(-(r^2 + R^2) / (2 s^2)) I0(r R / s^2), where R is the ring's
      // radius and s the noise. For large z, I0(z) = exp(z) / sqrt(2 pi z) (1 + 1 / (8 z) + ...).
      const double z = r * radius / (noise * noise),
                   gap = (r - radius) * (r - radius) / (2 * noise * noise);
      const double scaled = z < 600
                                ? boost::math::cyl_bessel_i(0, z) * std::exp(-z)
                                : (1 + 1 / (8 * z) + 9 / (128 * z * z)) / std::sqrt(2 * kPi * z);
      p += std::exp(-gap) * scaled / (4 * 2 * kPi * noise * noise);
    }
    const double angle = 0.7;
    const Toy rings("rings");
    // In the float build, rounding changes each coordinate of the point by about 1e-7. The change of
    // ln p is much larger, because the rings are narrow. The tolerance is therefore larger there.
    const double margin = kDouble ? 1e-7 : 1e-3;
    CHECK(log_p(rings, r * std::cos(angle), r * std::sin(angle)) ==
          Approx(std::log(p)).margin(margin));
  }
}

TEST_CASE("toy densities: far away ln p falls as the square of the distance and stays finite") {
  for (const char* name : {"moons", "swissroll", "scurve", "circles", "rings", "2spirals"}) {
    const Toy toy(name);
    const double near = log_p(toy, 100, 0), far = log_p(toy, 200, 0);
    CAPTURE(name, near, far);
    CHECK(std::isfinite(far));
    CHECK(far < near);
    const double noise = std::string(name) == "2spirals" ? 0.1
                         : std::string(name) == "moons"  ? 0.05
                                                         : 0;
    if (noise > 0) CHECK(far / (-200 * 200 / (2 * noise * noise)) == Approx(1).epsilon(0.04));
  }
}

TEST_CASE("toy densities: a set without noise has no density") {
  for (const char* name : {"moons", "swissroll", "scurve", "circles", "rings", "2spirals"})
    CHECK_FALSE(Toy(name, {{"noise", 0}}).log_density(0, nullptr, nullptr));
  CHECK_FALSE(Toy("pinwheel", {{"tangential", 0}}).log_density(0, nullptr, nullptr));
  CHECK_FALSE(Toy("moons", {{"noise", 1e-9}}).log_density(0, nullptr, nullptr));
}

}  // namespace pushforward::inline PF_REAL
