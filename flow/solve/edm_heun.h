// EDM's deterministic sampler: Heun's method in the noise level, on any affine path.
#pragma once

#include "flow/solve/grid_driver.h"

namespace pushforward::inline PF_REAL {

// Karras et al. 2022, algorithm 1: with s = sigma / alpha and z = x / alpha the flow is dz/ds =
// E[x0 | x], whatever the path; two evaluations a step, order 2. A step into sigma = 0 is Euler's,
// as there, and so is one from or into alpha = 0, where s is infinite: Euler's step is
// denoise_step. The levels are those of the time grid (edm_grid for EDM's own).
class EdmHeun final : public GridDriver {
 public:
  // For blocks of up to `rows` rows of `dim` numbers, and right-hand sides of the given
  // parameterization.
  EdmHeun(Parameterization parameterization, int rows, int dim);

 private:
  void step(int i, const End& from, const End& to) override;

  AlignedVector<real> prediction_, noise_, noise1_;
};

}  // namespace pushforward::inline PF_REAL
