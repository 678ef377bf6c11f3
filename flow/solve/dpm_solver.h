// DPM-Solver++(2M): a multistep exponential integrator for any path xt = alpha(t) x1 + sigma(t) x0.
#pragma once

#include "flow/solve/grid_driver.h"

namespace pushforward::inline PF_REAL {

// The method has order 2 and takes one evaluation of the model per step (Lu et al. 2022,
// "DPM-Solver++", algorithm 2). Let D = E[x1 | x], D_before = D at the previous step, and lambda =
// ln(alpha / sigma). Let h be the increase of lambda over the step, and r the previous step's h
// divided by this step's h. With ' marking values at the end of the step:
//   x' = sigma' / sigma x + alpha' (1 - exp(-h)) ((1 + 1 / (2 r)) D - D_before / (2 r)).
// The first step is of first order (denoise_step). Steps from alpha = 0 and steps to sigma = 0 are
// also of first order, because lambda is infinite there while denoise_step stays finite.
class DpmSolver final : public GridDriver {
 public:
  // Makes a solver for blocks of up to `rows` points of `dim` numbers. The function `rhs` given to
  // `run` must return the model's output, which is a velocity, data, noise or score as the
  // parameterization says. Fails if rows or dim is below 1.
  DpmSolver(Parameterization parameterization, int rows, int dim);

 private:
  void step(int i, const End& from, const End& to) override;

  AlignedVector<real> output_, data_, data_before_;  // the model's output, D and D_before
  double log_ratio_before_ = 0;
};

}  // namespace pushforward::inline PF_REAL
