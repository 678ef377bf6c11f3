// DPM-Solver++(2M): a multistep exponential integrator for any affine path.
#pragma once

#include "flow/solve/grid_driver.h"

namespace pushforward::inline PF_REAL {

// Lu et al. 2022, "DPM-Solver++", algorithm 2, one evaluation a step, order 2. With D = E[x1 | x],
// lambda = ln(alpha / sigma), h its growth over the step and r the step before's h over this one's:
//   x' = sigma' / sigma x + alpha' (1 - exp(-h)) ((1 + 1 / (2 r)) D - D_before / (2 r)).
// The first step, and a step from alpha = 0 or into sigma = 0, where lambda is infinite, is of
// first order: denoise_step, which has no infinities.
class DpmSolver final : public GridDriver {
 public:
  // For blocks of up to `rows` rows of `dim` numbers, and right-hand sides of the given
  // parameterization.
  DpmSolver(Parameterization parameterization, int rows, int dim);

 private:
  void step(int i, const End& from, const End& to) override;

  AlignedVector<real> prediction_, data_, data_before_;
  double log_ratio_before_ = 0;
};

}  // namespace pushforward::inline PF_REAL
