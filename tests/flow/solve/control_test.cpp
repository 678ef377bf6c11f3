// Tests the control of the step size: factors, their limits, and the first step.
#include "flow/solve/control.h"

#include <limits>

#include "flow/solve/solver_options.h"
#include "tests/tools/catch.h"

namespace pushforward {

TEST_CASE("the elementary controller gives the known factors") {
  StepControl c;
  c.integral = 1;
  c.proportional = 0;
  CHECK(step_factor(c, 5, 0.5) == Approx(1.033828519).epsilon(1e-9));
  CHECK(step_factor(c, 5, 0.8) == 1);  // a step with an error below the tolerance does not shrink
  CHECK(step_factor(c, 5, 1) == Approx(0.9).epsilon(1e-12));
  CHECK(step_factor(c, 5, 2) == Approx(0.783495507).epsilon(1e-9));
  CHECK(step_factor(c, 5, 100) == Approx(0.3582964535).epsilon(1e-9));
  CHECK(step_factor(c, 5, 0) == 10);
  CHECK(step_factor(c, 5, 1e-12) == 10);
  CHECK(step_factor(c, 5, 1e9) == 0.2);
}

TEST_CASE("a factor stays within its limits, and is the least if the error is not finite") {
  const StepControl c;
  CHECK(step_factor(c, 5, std::numeric_limits<double>::quiet_NaN()) == 0.2);
  CHECK(step_factor(c, 5, std::numeric_limits<double>::infinity()) == 0.2);
  for (double ratio = 1e-12; ratio < 1e12; ratio *= 7) {
    for (double previous : {0., 1e-3, 1.}) {
      const double f = step_factor(c, 3, ratio, previous);
      CHECK(f >= (ratio < 1 ? 1 : 0.2));
      CHECK(f <= 10);
    }
  }
}

TEST_CASE("the proportional part reduces the factor when errors grow") {
  const StepControl c;
  CHECK(step_factor(c, 5, 0.01, 0.001) < step_factor(c, 5, 0.01, 0.01));
  // If a step is rejected, the error of the step before it has no effect on the factor.
  CHECK(step_factor(c, 5, 4, 0.001) == step_factor(c, 5, 4, 1));
}

TEST_CASE("the first step follows Hairer's rule") {
  CHECK(trial_first_step(2, 4, 1) == Approx(0.005));
  CHECK(trial_first_step(0, 4, 1) == 1e-6);
  // The trial step does not go beyond the end.
  CHECK(trial_first_step(1e9, 1, 1) == 1);
  CHECK(first_step_size(0.005, 4, 0.5, 5, 1) == Approx(std::pow(0.01 / 4, 0.2)));
  CHECK(first_step_size(0.005, 0, 0, 5, 1) == Approx(5e-6));
  // The first step is at most 100 times the trial step.
  CHECK(first_step_size(1e-6, 1e-3, 1e-3, 5, 1) == Approx(1e-4));
  // Where a state or a slope counts as 0, and where both slopes do.
  CHECK(trial_first_step(1e-5, 4, 1) == Approx(2.5e-8));
  CHECK(trial_first_step(0.9e-5, 4, 1) == 1e-6);
  CHECK(trial_first_step(2, 1e-5, 1e9) == Approx(2000));
  CHECK(trial_first_step(2, 0.9e-5, 1e9) == 1e-6);
  CHECK(first_step_size(1e-5, 0, 0, 5, 1) == 1e-6);
  CHECK(first_step_size(0.005, 1e-15, 1e-15, 5, 1) == Approx(5e-6));
  CHECK(first_step_size(0.005, 2e-15, 0, 5, 1) == Approx(0.5));
  CHECK(first_step_size(0.005, 0, 2e-15, 5, 1) == Approx(0.5));
}

TEST_CASE("invalid solver options are refused") {
  SolverOptions o;
  o.tableau = &kRk4;
  CHECK_NOTHROW(o.check_valid());
  o.adaptive = true;
  CHECK_THROWS_WITH(o.check_valid(),
                    "[solver] method rk4 has no error estimate, so it cannot be adaptive; "
                    "give a number of steps, or take bosh3, dopri5 or tsit5");
  o = {};
  o.rtol = -1;
  CHECK_THROWS_WITH(
      o.check_valid(),
      "[solver] rtol -1 and atol 1e-05; neither may be negative, and one must be positive");
  o.rtol = 0;
  CHECK_NOTHROW(o.check_valid());
  o = {};
  o.atol = 0;
  CHECK_NOTHROW(o.check_valid());
  o.rtol = 0;
  CHECK_THROWS_WITH(
      o.check_valid(),
      "[solver] rtol 0 and atol 0; neither may be negative, and one must be positive");
  o = {};
  o.max_steps = 0;
  CHECK_THROWS_WITH(o.check_valid(), "[solver] max_steps is 0; it must be positive");
  o = {};
  o.control.max_factor = 1;
  CHECK_THROWS_WITH(o.check_valid(), Contains("max_factor 1 above 1"));
  o = {};
  o.first_step = -0.1;
  CHECK_THROWS_WITH(o.check_valid(),
                    "[solver] first_step is -0.1; give a positive one, or 0 to have it estimated");
  CHECK_THROWS_WITH(find_tableau("rk5"),
                    "[solver] there is no method \"rk5\"; choose one of: "
                    "euler midpoint heun ralston heun3 rk4 rk4_38 bosh3 dopri5 tsit5");
  CHECK(&find_tableau("tsit5") == &kTsit5);
}

}  // namespace pushforward
