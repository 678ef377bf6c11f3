// The options of an ODE solver. Nothing here depends on `real`.
#pragma once

#include "flow/solve/control.h"
#include "flow/solve/tableau.h"

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

}  // namespace pushforward
