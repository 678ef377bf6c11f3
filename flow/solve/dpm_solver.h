// DPM-Solver++(2M): a multistep exponential integrator for any affine path.
#pragma once

#include "flow/solve/grid_driver.h"

namespace pushforward::inline PF_REAL {

// The method has order 2 and takes one evaluation per step (Lu et al. 2022, "DPM-Solver++",
// algorithm 2). With D = E[x1 | x], lambda = ln(alpha / sigma), h the increase of lambda over the
// step, r the previous step's h divided by this step's h, and ' for the end of the step:
//   x' = sigma' / sigma x + alpha' (1 - exp(-h)) ((1 + 1 / (2 r)) D - D_before / (2 r)).
// The first step is of first order (denoise_step). So are steps from alpha = 0 and steps to sigma =
// 0: lambda is infinite there, and denoise_step stays finite.
class DpmSolver final : public GridDriver {
 public:
  // Integrates blocks of up to `rows` rows of `dim` numbers. The right-hand side returns the
  // model's output in the given parameterization. Fails unless there are rows and numbers.
  DpmSolver(Parameterization parameterization, int rows, int dim);

 private:
  void step(int i, const End& from, const End& to) override;

  AlignedVector<real> prediction_, data_, data_before_;
  double log_ratio_before_ = 0;
};

}  // namespace pushforward::inline PF_REAL
