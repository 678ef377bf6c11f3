// What a user chooses about an ODE solver. No `real` in it.
#pragma once

#include "flow/solve/control.h"
#include "flow/solve/tableau.h"

namespace pushforward {

// Which method, and how it chooses its steps.
struct SolverOptions {
  const Tableau* tableau = &kDopri5;
  bool adaptive = true;             // false: one step from each time of the grid to the next
  double rtol = 1e-5, atol = 1e-5;  // a step is accepted when the root mean square over a row's
                                    // numbers of error / (atol + rtol max(|y|, |y1|)) is at most 1
  double first_step = 0;            // 0: estimated from the slope
  int max_steps = 10000;            // of one row, rejected ones counted
  Control control{};

  // Fails on impossible combinations, naming both sides.
  void check_valid() const;
};

}  // namespace pushforward
