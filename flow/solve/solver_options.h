// What a user chooses about an ODE solver, and what solvers
// answer: options, costs, failures. No `real` in it.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "flow/solve/control.h"
#include "flow/solve/tableau.h"
#include "flow/solve/time_grid.h"

namespace pushforward {

// Which method, and how it chooses its steps. A method with an error estimate is adaptive unless
// `adaptive` says false; one without takes fixed steps, and to ask it to adapt is an error.
struct SolverOptions {
  const Tableau* tableau = &kDopri5;
  // false: one step from each time of the grid to the next. Empty: as the method can. Whoever wants
  // to know asks adapts(), as an optional is true whenever it holds anything.
  std::optional<bool> adaptive{};
  double rtol = 1e-5, atol = 1e-5;  // a step is accepted when the root mean square over a row's
                                    // numbers of error / (atol + rtol max(|y|, |y1|)) is at most 1
  double first_step = 0;            // 0: estimated from the slope
  int max_steps = 10000;            // of one row, rejected ones counted
  StepControl control{};

  // Whether steps are chosen by their error. Fails without a method.
  bool adapts() const;
  // Fails on impossible combinations, naming both sides.
  void check_valid() const;
};

// An integration that cannot go on: which sample, at which of its steps, and when.
struct IntegrationFailure : std::runtime_error {
  IntegrationFailure(const std::string& text, int failed_sample, int failed_step, double at)
      : std::runtime_error(text), sample(failed_sample), step(failed_step), t(at) {}
  int sample, step;
  double t;
};

// What one row cost.
struct RowCost {
  int evaluations = 0;  // of the right-hand side
  int steps = 0;        // accepted
  int rejected = 0;
};

}  // namespace pushforward
