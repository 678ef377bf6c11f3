// The options of an ODE solver. Nothing in this file depends on `real`, the number type of the
// engine (float or double).
#pragma once

#include <optional>

#include "flow/manifold/manifold.h"
#include "flow/solve/control.h"
#include "flow/solve/tableau.h"

namespace pushforward {

// The options of an ODE solver: its Runge-Kutta method, and how it chooses its steps. A method with
// an error estimate is adaptive unless `adaptive` is false. Each row of a batch has its own steps.
struct SolverOptions {
  // The Runge-Kutta method, one of kTableaux (flow/solve/tableau.h). A step costs as many
  // evaluations of the velocity as the method has stages, or one less after the first step if it
  // has `fsal`. The default, of order 5, suits most flows; fixed steps of kEuler are cheapest if
  // the paths are almost straight. Solvers fail on null.
  const Tableau* tableau = &kDopri5;

  // If false, the solver takes one step from each time of the grid to the next. If empty, the steps
  // are adaptive exactly if the method has an error estimate; if true, a method without one is an
  // error. Set it to false for a known number of evaluations. Read this field with adapts(): an
  // optional that holds false converts to true.
  std::optional<bool> adaptive{};

  // The error that an adaptive step may make, relative and absolute. A step is accepted when the
  // root mean square of error / (atol + rtol max(|y|, |y1|)) over the numbers of a row is at most
  // 1, where y and y1 are a number before and after the step. The defaults are those of Lipman et
  // al. 2023. With a method of order 5, a tolerance that is 10 times smaller takes about 1.6 times
  // as many evaluations. Values below 1e-6 are only of use in double, because the round-off of
  // float is 6e-8 |y|. Neither may be negative, and one must be positive.
  double rtol = 1e-5, atol = 1e-5;

  // The length of the first step of an adaptive solver, in units of time. 0 estimates it from the
  // first two slopes, which takes one more evaluation for each row. Give it if the estimate is
  // rejected again and again. It must not be negative, and is at most the whole interval.
  double first_step = 0;

  // The limit of an adaptive solver's steps for each row, including rejected ones. A row that
  // reaches it fails: IntegrationFailure is thrown unless skips_failures is set. Raise it for
  // tolerances far below the default. It must be positive.
  int max_steps = 10000;

  // The rule by which an adaptive solver changes its step size. It is seldom necessary to change
  // it.
  StepControl control{};

  // The manifold that the first manifold->dim() numbers of a row are on; null for flat space. The
  // solver moves them to the closest point of the manifold after each step, and at saved points, so
  // that errors do not add up along its normal. The field must be tangent (flow/manifold/tape.h).
  ManifoldPtr manifold{};

  // If true, a row that cannot be integrated becomes NaN, and the other rows continue; no
  // IntegrationFailure is thrown. Set it to sample many rows of which a few may fail.
  // Integrator::failures describes the failed rows.
  bool skips_failures = false;

  // Returns whether the steps are adaptive. Fails if `tableau` is null.
  bool adapts() const;
  // Fails on options that are inconsistent or out of range.
  void check_valid() const;
};

}  // namespace pushforward
