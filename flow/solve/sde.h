// SDE samplers: dx = (u + w score) dt + sqrt(2 w) dW, the same marginals as the ODE's for any w >=
// 0 (Albergo, Boffi, Vanden-Eijnden 2023, theorem 2.6; Ma et al. 2024, eq. 6).
//
// The score of p_t is -E[x0 | x] / sigma where x0 is standard normal and independent of x1: these
// samplers are for flows that were trained so, not for those of a coupling that ties the two.
// w score is computed as -(w / sigma) E[x0 | x]. A step into sigma = 0 draws no noise: it goes to
// the posterior mean, x' = alpha E[x1 | x]. Backwards, from data to noise, u keeps its sign and the
// score's pull stays a pull, so the marginals are the path's that way, too.
#pragma once

#include "flow/solve/diffusion.h"
#include "flow/solve/grid_driver.h"

namespace pushforward::inline PF_REAL {

// A step of length h with normal z:
//   euler_maruyama   x' = x + f(x, t) + sqrt(2 w h) z, f the drift's increment; weak order 1, 1
//                    evaluation
//   stochastic_heun  y = x + f(x, t) + g z, x' = x + (f(x, t) + f(y, t')) / 2 + g z, g^2 = h (w(t)
//   +
//                    w(t')); weak order 2, 2 evaluations (Kloeden, Platen 1992, eq. 15.1.3 for
//                    additive noise)
// w is Diffusion::of_step. Noise is the stream (seed,
// Purpose::diffusion, step) at the sample's row.
class Sde final : public GridDriver {
 public:
  enum class Scheme { euler_maruyama, stochastic_heun };

  // For blocks of up to `rows` rows of `dim` numbers, and right-hand sides of the given
  // parameterization.
  Sde(Scheme scheme, const Diffusion& diffusion, Parameterization parameterization, int rows,
      int dim);
  void seed(std::uint64_t seed) override { seed_ = seed; }

 private:
  void step(int i, const End& from, const End& to) override;
  Conversion drift(const End& at, double dt, double w) const;

  Scheme scheme_;
  Diffusion diffusion_;
  std::uint64_t seed_ = 0;
  AlignedVector<real> prediction_, noise_, predicted_;
};

}  // namespace pushforward::inline PF_REAL
