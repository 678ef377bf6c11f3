// The noise strength w(t) of an SDE sampler. It can be chosen for each sampling, without training
// again.
#pragma once

#include "flow/path/scheduler.h"

namespace pushforward {

// The shape of the noise strength w(t) = scale * shape(t) in the SDE dx = (u + w score) dt + sqrt(2
// w) dW, where u is the flow's velocity and alpha(t), sigma(t) are those of the path. All shapes
// give the same distributions of x(t) (Ma et al. 2024, "SiT", section 2.4 and appendix).
enum class DiffusionShape {
  constant,       // 1
  sigma,          // sigma(t)
  sigma_squared,  // sigma(t)^2: the product w score vanishes where sigma does
  linear,         // (1 - t) / t: equals sbdm on the path t x1 + (1 - t) x0
  // sigma^2 dalpha / alpha - sigma dsigma: the path's own diffusion process in
  // reverse time (Song et al. 2021)
  sbdm,
  bump  // sin^2(pi t): 0 at t = 0 and at t = 1
};
inline constexpr DiffusionShape kDiffusionShapes[] = {
    DiffusionShape::constant, DiffusionShape::sigma, DiffusionShape::sigma_squared,
    DiffusionShape::linear,   DiffusionShape::sbdm,  DiffusionShape::bump};
const char* name_of(DiffusionShape shape);

// The noise strength of the SDE: w(t) = scale * shape(t).
struct Diffusion {
  // The shape of w(t). All shapes cost the same, and give the same distributions of x(t) with an
  // exact model and many steps. The default adds less noise as the points come near the data.
  // `linear` and, where alpha is 0, `sbdm` are infinite at t = 0; the limit of of_step acts there.
  DiffusionShape shape = DiffusionShape::sigma;

  // The factor of the shape, finite and at least 0; 0 gives the ODE. A larger one corrects errors
  // of the model more strongly, but needs more steps.
  double scale = 1;

  // Returns w(t), given the path's coefficients c at t. It is infinite for linear and sbdm at the
  // start of the path. Fails on t outside [0, 1], and on a scale that is negative or not finite.
  double operator()(double t, const Coefficients& c) const;

  // Returns w for a step of length h > 0 at t: min(w(t), sigma^2 / (2 h)). The score pulls a point
  // towards a target. If w were larger than this limit, Euler's step would move the point more than
  // half of the way to that target. With more than twice the limit, it would move the point beyond
  // the target. The limit is harmless because any w gives the same distributions of x(t). The
  // result is finite at every t, and 0 where sigma is 0. Fails as operator() does, and unless h is
  // positive.
  double of_step(double t, const Coefficients& c, double h) const;
};

}  // namespace pushforward
