// The options of an ODE solver. Nothing in this file depends on `real`, the number type of the
// engine (float or double).
#pragma once

#include <optional>

#include "flow/solve/control.h"
#include "flow/solve/tableau.h"

namespace pushforward {

// The Runge-Kutta method, and how it chooses its steps. A method with an error estimate is adaptive
// unless `adaptive` is false. A method without an error estimate takes fixed steps, and fails if
// `adaptive` is true.
struct SolverOptions {
  const Tableau* tableau = &kDopri5;
  // If false, the solver takes one step from each time of the grid to the next. If empty, the steps
  // are adaptive exactly if the method has an error estimate. Read this field with adapts(): an
  // optional that holds false converts to true.
  std::optional<bool> adaptive{};
  // A step is accepted when the root mean square of error / (atol + rtol max(|y|, |y1|)) over the
  // numbers of a row is at most 1. y and y1 are a number before and after the step.
  double rtol = 1e-5, atol = 1e-5;
  double first_step = 0;  // 0 means that it is estimated
  int max_steps = 10000;  // limit for each row, including rejected steps
  StepControl control{};
  // If true, a row that cannot be integrated becomes NaN, and the other rows continue; no
  // IntegrationFailure is thrown. Integrator::failures describes the failed rows.
  bool skips_failures = false;

  // Returns whether the steps are adaptive. Fails if `tableau` is null.
  bool adapts() const;
  // Fails on options that are inconsistent or out of range.
  void check_valid() const;
};

}  // namespace pushforward
