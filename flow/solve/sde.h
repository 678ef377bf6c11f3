// SDE samplers, whose samples have the same distributions at every time as those of the flow's ODE.
//
// For the velocity u of a flow and any noise strength w >= 0, the equation
//   dx = (u + w score) dt + sqrt(2 w) dW
// gives the same marginal distributions of x(t) as the ODE dx = u dt (Albergo, Boffi,
// Vanden-Eijnden 2023, theorem 2.6; Ma et al. 2024, eq. 6).
//
// If x0 is standard normal and independent of x1, the score of p_t is -E[x0 | x] / sigma. These
// samplers are for flows trained with such pairs (x0, x1), and not for a coupling that makes x0
// depend on x1. The product w score is computed as -(w / sigma) E[x0 | x]. A step to sigma = 0
// draws no noise and goes to the posterior mean, x' = alpha E[x1 | x]. Backward in time, from data
// to noise, the sign of u dt changes while the score term still moves points towards higher
// density, so the marginals are again those of the path.
#pragma once

#include "flow/solve/diffusion.h"
#include "flow/solve/grid_driver.h"

namespace pushforward::inline PF_REAL {

// One step of length h from t to t', with z standard normal, noise strength w, and f(x, t) the
// drift times the step:
//   euler_maruyama   x' = x + f(x, t) + sqrt(2 w h) z
//                    (weak order 1, one evaluation)
//   stochastic_heun  y = x + f(x, t) + g z,  x' = x + (f(x, t) + f(y, t')) / 2 + g z,
//                    g^2 = h (w(t) + w(t'))
//                    (weak order 2, two evaluations; Kloeden, Platen 1992, eq. 15.1.3, for
//                    additive noise)
// Here w is Diffusion::of_step. The numbers z of a sample are its row of the random stream (seed,
// Purpose::diffusion, step).
class Sde final : public GridDriver {
 public:
  enum class Scheme { euler_maruyama, stochastic_heun };

  // Makes a solver for blocks of up to `rows` points of `dim` numbers. The function `rhs` given to
  // `run` must return the model's output, which is a velocity, data, noise or score as the
  // parameterization says. Fails if rows or dim is below 1, and unless the diffusion's scale is 0
  // or more and finite.
  Sde(Scheme scheme, const Diffusion& diffusion, Parameterization parameterization, int rows,
      int dim);
  void seed(std::uint64_t seed) override { seed_ = seed; }

 private:
  void step(int i, const End& from, const End& to) override;
  Conversion drift(const End& at, double dt, double w) const;

  Scheme scheme_;
  Diffusion diffusion_;
  std::uint64_t seed_ = 0;
  // The model's output, the noise z, and of Heun's method the output at the end of Euler's step and
  // the drifts at both ends.
  AlignedVector<real> output_, z_, output1_, drift_, drift1_;
};

}  // namespace pushforward::inline PF_REAL
