// Tests the general Gaussian path: its velocity in special cases and on the paths used in training.
// Tests noise on the path too.
#include "flow/path/gaussian_path.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"
#include "flow/path/noise.h"
#include "flow/path/prediction.h"
#include "flow/train/loss.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kGaussianPathEps = sizeof(real) == 8 ? 1e-11 : 3e-4;
constexpr real kRealPi = real(3.14159265358979323846);
constexpr int kGaussianPathRows = 40, kDim = 3;

Var column(Var t) { return broadcast_cols(t, kDim); }

// A special case: mu and sigma as functions on the tape, and the same path as a scheduler.
struct PathCase {
  const char* name;
  GaussianPath path;
  Scheduler scheduler;
};

std::vector<PathCase> path_cases() {
  const auto nothing_but = [](auto f) { return [f](Var, Var t) { return column(f(t)); }; };
  const auto along = [](auto f) { return [f](Var x1, Var t) { return column(f(t)) * x1; }; };
  const auto area = [](Var t) {
    const Var left = shift(-t, 1);
    return square(left) * real(9.95) + left * real(0.1);
  };
  return {
      {"cond_ot",
       {along([](Var t) { return t; }), nothing_but([](Var t) { return shift(-t, 1); })},
       cond_ot()},
      {"sigma_min",
       {along([](Var t) { return t; }),
        nothing_but([](Var t) { return shift(t * real(-0.9), 1); })},
       cond_ot(0.1)},
      {"cosine",
       {along([](Var t) { return sin(t * (kRealPi / 2)); }),
        nothing_but([](Var t) { return cos(t * (kRealPi / 2)); })},
       cosine()},
      {"vp",
       {along([area](Var t) { return exp(area(t) * real(-0.5)); }),
        nothing_but([area](Var t) { return sqrt(shift(-exp(-area(t)), 1)); })},
       vp()},
      {"ve",
       {[](Var x1, Var) { return x1; }, nothing_but([](Var t) {
          return exp(shift(-t, 1) * real(std::log(100 / 0.02))) * real(0.02);
        })},
       ve()},
  };
}

// Returns random ends x0 and x1 of paths, and times that are not close to 0 or 1.
PathEnds random_ends(Tape& tape) {
  const PathEnds ends = make_ends(tape, kGaussianPathRows, kDim);
  const Stream stream{3, Purpose::user, 0};
  fill_normal(stream, 0, kGaussianPathRows, kDim, ends.x0);
  fill_normal(stream.at(1), 0, kGaussianPathRows, kDim, ends.x1);
  fill_uniform(stream.at(2), 0, kGaussianPathRows, 1, ends.t);
  for (int r = 0; r < kGaussianPathRows; ++r) ends.t[r] = real(0.05) + real(0.9) * ends.t[r];
  return ends;
}

void check_near(Var a, Var b) {
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    const double x = double(a.values()[i]), y = double(b.values()[i]);
    CHECK(std::abs(x - y) <= kGaussianPathEps * (1 + std::abs(y)));
  }
}

}  // namespace

TEST_CASE("the velocity formula of Gaussian paths gives each special case") {
  for (const PathCase& c : path_cases()) {
    CAPTURE(c.name);
    Tape tape;
    const PathEnds ends = random_ends(tape);
    const PathSample general = follow_path(c.path, ends), affine = follow_path(c.scheduler, ends);
    check_near(general.xt, affine.xt);
    check_near(general.dxt, affine.dxt);
    // At a point of the path, the conditional velocity is the derivative of the path.
    check_near(conditional_velocity(c.path, affine.xt, affine.x1, affine.t), affine.dxt);
  }
}

TEST_CASE(
    "on straight lines the velocity given x1 is (x1 - x) / (1 - t), and on ve it has its closed form") {
  Tape tape;
  const PathEnds ends = random_ends(tape);
  std::span<real> x;
  const Var at = tape.uninitialised({kGaussianPathRows, kDim}, x);
  fill_normal({5, Purpose::user, 9}, 0, kGaussianPathRows, kDim, x.data());
  const Var t = ends.sample.t, x1 = ends.sample.x1;
  check_near(conditional_velocity(path_cases()[0].path, at, x1, t),
             (x1 - at) / column(shift(-t, 1)));
  check_near(conditional_velocity(path_cases()[4].path, at, x1, t),
             real(-std::log(100 / 0.02)) * (at - x1));
}

TEST_CASE("a path whose width depends on x1 can be used for training") {
  // sigma_t(x1) = 1 - t + t |x1| / 2 depends on x1, so the path is not affine.
  const GaussianPath path{
      [](Var x1, Var t) { return column(t) * x1; },
      [](Var x1, Var t) { return column(shift(-t, 1)) + column(t) * abs(x1) * real(0.5); }};
  Tape tape;
  const PathEnds ends = random_ends(tape);
  const PathSample s = follow_path(path, ends);
  for (int r = 0; r < kGaussianPathRows; ++r) {
    for (int j = 0; j < kDim; ++j) {
      const double t = double(ends.t[r]), x0 = double(ends.x0[r * kDim + j]),
                   x1 = double(ends.x1[r * kDim + j]);
      const double width = 1 - t + t * std::abs(x1) / 2;
      CHECK(double(s.xt.values()[r * kDim + j]) ==
            Approx(width * x0 + t * x1).margin(kGaussianPathEps));
      CHECK(double(s.dxt.values()[r * kDim + j]) ==
            Approx((std::abs(x1) / 2 - 1) * x0 + x1).margin(kGaussianPathEps));
    }
  }
  const Field still = [](Var x, Var) { return real(0) * x; };
  CHECK(double(cfm_loss(still, s).item()) > 0);
  CHECK_THROWS_WITH(
      follow_path({path.mu, [](Var, Var t) { return t; }}, ends),
      "[gaussian_path] mu or sigma is (40, 1) for x1 (40, 3); both must have its shape");
}

TEST_CASE("noise on the path has the known levels, slopes and bridge velocity") {
  for (const PathNoise& one : path_noises()) {
    CAPTURE(one.name);
    const PathNoise noise = path_noise(one.name, one.shape ? 0.7 : 0);
    CHECK(bool(noise) == (one.shape != nullptr));
    if (!noise) continue;
    for (double t : {0.1, 0.25, 0.5, 0.8}) {
      const double h = 1e-6;
      CHECK(noise(t).dgamma ==
            Approx((noise(t + h).gamma - noise(t - h).gamma) / (2 * h)).margin(1e-8));
    }
  }
  CHECK(path_noise("brownian", 2)(0.25).gamma == Approx(2 * std::sqrt(0.1875)));
  CHECK(path_noise("sine", 1)(0.5).gamma == Approx(1));
  CHECK_THROWS_WITH(
      path_noise("pink", 1),
      "[path] there is no noise \"pink\"; choose one of: none constant brownian quadratic sine");
  CHECK_THROWS_WITH(path_noise("sine", -1),
                    "[path] the scale of the path's noise is -1; give 0 or a positive number");

  // The point is at t = 1/4, from (0.5, -1) to (2, 1), with noise (0.3, -0.2). The expected numbers
  // of `bridge`, the path with Brownian noise, are from a library that adds 1e-8 to a denominator,
  // so they have only eight digits.
  Tape tape;
  const PathEnds ends = make_ends(tape, 1, 2);
  ends.t[0] = real(0.25);
  ends.x0[0] = real(0.5), ends.x0[1] = -1, ends.x1[0] = 2, ends.x1[1] = 1;
  const real z[] = {real(0.3), real(-0.2)};
  const PathSample bridge = follow_path(cond_ot(), ends, path_noise("brownian", 0.5), z);
  const double eps = sizeof(real) == 8 ? 1e-9 : 1e-6, bridge_eps = std::max(eps, 2e-9);
  CHECK(double(bridge.xt.values()[0]) == Approx(0.9399519053).epsilon(eps));
  CHECK(double(bridge.xt.values()[1]) == Approx(-0.5433012702).epsilon(eps));
  CHECK(double(bridge.dxt.values()[0]) == Approx(1.586602538).epsilon(bridge_eps));
  CHECK(double(bridge.dxt.values()[1]) == Approx(1.942264975).epsilon(bridge_eps));
  const PathSample constant = follow_path(cond_ot(), ends, path_noise("constant", 0.1), z);
  CHECK(double(constant.xt.values()[0]) == Approx(0.905).epsilon(eps));
  CHECK(double(constant.xt.values()[1]) == Approx(-0.52).epsilon(eps));
  CHECK(double(constant.dxt.values()[0]) == Approx(1.5).epsilon(eps));
  CHECK(double(constant.dxt.values()[1]) == Approx(2).epsilon(eps));
}

}  // namespace pushforward::inline PF_REAL
