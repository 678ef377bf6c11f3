// EDM's deterministic sampler: Heun's method in the noise level, on any affine path.
#pragma once

#include "flow/solve/grid_driver.h"

namespace pushforward::inline PF_REAL {

// The method has order 2 and takes two evaluations per step (Karras et al. 2022, algorithm 1). With
// s = sigma / alpha and z = x / alpha, the flow of any affine path is dz/ds = E[x0 | x]. As in the
// paper, a step to sigma = 0 is a step of Euler's method (denoise_step). So is a step from or to
// alpha = 0, where s is infinite. The noise levels are those of the time grid; edm_grid gives EDM's
// own.
class EdmHeun final : public GridDriver {
 public:
  // Integrates blocks of up to `rows` rows of `dim` numbers. The right-hand side returns the
  // model's output in the given parameterization. Fails unless there are rows and numbers.
  EdmHeun(Parameterization parameterization, int rows, int dim);

 private:
  void step(int i, const End& from, const End& to) override;

  AlignedVector<real> prediction_, noise_, noise1_;
};

}  // namespace pushforward::inline PF_REAL
