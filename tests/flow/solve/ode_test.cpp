// Tests plain functions as right-hand sides: a single number, a small state, and errors.
#include "flow/solve/ode.h"

#include <cmath>

#include "flow/solve/integrate.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kTol = sizeof(real) == 8 ? 1e-7 : 1e-5;

double falling(double x, double) { return -x; }

}  // namespace

TEST_CASE("a scalar equation is given by a function of x and t") {
  CHECK(integrate(falling, 1., {0, 1}, {.rtol = 1e-9, .atol = 1e-9}) ==
        Approx(std::exp(-1)).epsilon(kTol));
  // The solution of x' = 2 t x is exp(t^2). Solving backwards returns to the start.
  const auto growing = [](double x, double t) { return 2 * t * x; };
  const SolverOptions tight{.rtol = 1e-9, .atol = 1e-9};
  const double there = integrate(growing, 1., {0, 1.5}, tight);
  CHECK(there == Approx(std::exp(2.25)).epsilon(kTol));
  CHECK(integrate(growing, there, {1.5, 0}, tight) == Approx(1).epsilon(kTol));
}

TEST_CASE("a method without an error estimate takes fixed steps by default") {
  // Euler's method gives (1 - 1/10)^10.
  CHECK(integrate(falling, 1., time_grid(10), {.tableau = &kEuler}) ==
        Approx(std::pow(0.9, 10)).epsilon(1e-6));
  CHECK_FALSE(SolverOptions{.tableau = &kEuler}.adapts());
  CHECK(SolverOptions{}.adapts());
  CHECK_FALSE(SolverOptions{.adaptive = false}.adapts());
  CHECK_THROWS_WITH(integrate(falling, 1., {0, 1}, {.tableau = &kEuler, .adaptive = true}),
                    "[solver] method euler has no error estimate, so it cannot be adaptive; "
                    "give a number of steps, or take bosh3, dopri5 or tsit5");
}

TEST_CASE("a small state is solved from a function that writes its slope") {
  // The solution is a rotation by 90 degrees.
  const auto turning = [](std::span<const real> x, double, std::span<real> dx) {
    dx[0] = -x[1];
    dx[1] = x[0];
  };
  const std::vector<real> end =
      integrate(turning, {1, 0}, {0, std::acos(0.)}, {.rtol = 1e-9, .atol = 1e-9});
  REQUIRE(end.size() == 2);
  CHECK(double(end[0]) == Approx(0).margin(kTol));
  CHECK(double(end[1]) == Approx(1).epsilon(kTol));
  // Solve two rows with the same function.
  Integrator many({.tableau = &kRk4}, 2, 2);
  real x[] = {1, 0, 0, 2};
  many.run(make_rhs(turning, 2), 2, time_grid(50, 0, std::acos(0.)), x);
  CHECK(double(x[2]) == Approx(-2).epsilon(1e-5));
}

TEST_CASE("equations without a valid right-hand side are refused") {
  CHECK_THROWS_WITH(integrate(ScalarSlope{}, 1., {0, 1}),
                    "[integrate] no slope is given; give a function of the state and the time");
  CHECK_THROWS_WITH(integrate(StateSlope{}, {1}, {0, 1}),
                    "[integrate] no slope is given; give a function of the state and the time");
  CHECK_THROWS_WITH(
      integrate([](std::span<const real>, double, std::span<real>) {}, std::vector<real>{}, {0, 1}),
      "[integrate] a state of 0 numbers; it must have at least one");
  CHECK_THROWS_WITH(integrate(falling, 1., {0}), Contains("[integrate] the time grid has 1 times"));
  CHECK_THROWS_WITH(integrate(falling, 1., {0, 1}, {.tableau = nullptr}),
                    "[solver] no method is given; take one of kTableaux, &kDopri5 say");
  CHECK_THROWS_WITH(Integrator({}, -1, 2),
                    "[integrate] a state of -1 rows of 2 numbers is empty; "
                    "give at least one of both");
}

}  // namespace pushforward::inline PF_REAL
