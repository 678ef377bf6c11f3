// The options, costs and failures of an ODE solver. Nothing here depends on `real`.
#pragma once

#include <stdexcept>
#include <string>

#include "flow/solve/control.h"
#include "flow/solve/tableau.h"
#include "flow/solve/time_grid.h"

namespace pushforward {

// The method, and how it chooses its steps.
struct SolverOptions {
  const Tableau* tableau = &kDopri5;
  bool adaptive = true;  // if false, takes one step from each time of the grid to the next
  // A step is accepted when the root mean square of error / (atol + rtol max(|y|, |y1|)) over the
  // numbers of a row is at most 1.
  double rtol = 1e-5, atol = 1e-5;
  double first_step = 0;  // 0 means that it is estimated
  int max_steps = 10000;  // limit for each row, including rejected steps
  Control control{};

  // Fails on inconsistent options.
  void check_valid() const;
};

// Thrown when an integration cannot continue: holds the sample, the number
// of its step, and the time.
struct IntegrationFailure : std::runtime_error {
  IntegrationFailure(const std::string& text, int failed_sample, int failed_step, double at)
      : std::runtime_error(text), sample(failed_sample), step(failed_step), t(at) {}
  int sample, step;
  double t;
};

// The cost of one row.
struct RowCost {
  int evaluations = 0;  // of the right-hand side
  int steps = 0;        // accepted
  int rejected = 0;
};

}  // namespace pushforward
