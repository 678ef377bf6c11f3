// EDM's deterministic sampler: Heun's method in the noise level sigma / alpha, on any path xt =
// alpha(t) x1 + sigma(t) x0.
#pragma once

#include "flow/solve/grid_driver.h"

namespace pushforward::inline PF_REAL {

// The method has order 2 and takes two evaluations of the model per step (Karras et al. 2022,
// algorithm 1). With s = sigma / alpha and z = x / alpha, the flow of any path alpha x1 + sigma x0
// is dz/ds = E[x0 | x]. As in the paper, a step to sigma = 0 is a step of Euler's method
// (denoise_step). A step from or to alpha = 0, where s is infinite, is also a step of Euler's
// method. The steps go through the noise levels s at the times of the given grid; edm_grid returns
// the grid whose noise levels are those of the paper.
class EdmHeun final : public GridDriver {
 public:
  // Makes a solver for blocks of up to `rows` points of `dim` numbers. The function `rhs` given to
  // `run` must return the model's output, which is a velocity, data, noise or score as the
  // parameterization says. Fails if rows or dim is below 1.
  EdmHeun(Parameterization parameterization, int rows, int dim);

 private:
  void step(int i, const End& from, const End& to) override;

  // The model's output and E[x0 | x] at the two ends of the step.
  AlignedVector<real> output_, output1_, noise_, noise1_;
};

}  // namespace pushforward::inline PF_REAL
