// The noise strength of an SDE sampler. It is chosen when sampling and needs no retraining.
#pragma once

#include "flow/path/scheduler.h"

namespace pushforward {

// The shape of w(t) in dx = (u + w score) dt + sqrt(2 w) dW, before multiplication by `scale`. All
// shapes give the same marginals (Ma et al. 2024, "SiT", section 2.4 and appendix).
enum class DiffusionShape {
  constant,       // 1
  sigma,          // sigma(t)
  sigma_squared,  // sigma(t)^2: w score vanishes with sigma
  linear,         // (1 - t) / t: equals sbdm on the straight path (Ma et al. 2024)
  // sigma^2 dalpha / alpha - sigma dsigma: the path's own diffusion process in
  // reverse time (Song et al. 2021)
  sbdm,
  bump  // sin^2(pi t): 0 at both ends
};
inline constexpr DiffusionShape kDiffusionShapes[] = {
    DiffusionShape::constant, DiffusionShape::sigma, DiffusionShape::sigma_squared,
    DiffusionShape::linear,   DiffusionShape::sbdm,  DiffusionShape::bump};
const char* name_of(DiffusionShape shape);

// A diffusion schedule: w(t) = scale * shape(t).
struct Diffusion {
  DiffusionShape shape = DiffusionShape::sigma;
  double scale = 1;

  // Returns w(t), given the path's coefficients c at t. It is infinite for linear and sbdm at the
  // start of the path. Fails on t outside [0, 1], and on a scale that is negative or not finite.
  double operator()(double t, const Coefficients& c) const;

  // Returns w for a step of length h > 0 at t: min(w(t), sigma^2 / (2 h)). The score pulls a point
  // towards a target. With a larger w, Euler's step would move the point more than half of the way,
  // and with more than twice that w beyond the target. The limit is harmless because any w gives
  // the same marginals. The result is finite at every t, and 0 where sigma is 0. Fails in the same
  // cases as above, and unless h is positive.
  double of_step(double t, const Coefficients& c, double h) const;
};

}  // namespace pushforward
