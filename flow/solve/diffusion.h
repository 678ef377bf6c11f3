// How much noise an SDE sampler stirs in along the way, a choice of sampling and not of training.
#pragma once

#include "flow/path/scheduler.h"

namespace pushforward {

// w(t) of dx = (u + w score) dt + sqrt(2 w) dW, up to the factor `scale`. All have the same
// marginals (Ma et al. 2024, "SiT", section 2.4 and appendix).
enum class DiffusionShape {
  constant,       // 1
  sigma,          // sigma(t)
  sigma_squared,  // sigma(t)^2: the pull towards the data does not grow
  linear,         // (1 - t) / t: sbdm of the straight path (Ma et al. 2024)
  sbdm,           // sigma^2 dalpha / alpha - sigma dsigma: the path's own diffusion process, run
                  // backwards (Song et al. 2021)
  bump            // sin^2(pi t): none at either end
};
inline constexpr DiffusionShape kDiffusionShapes[] = {
    DiffusionShape::constant, DiffusionShape::sigma, DiffusionShape::sigma_squared,
    DiffusionShape::linear,   DiffusionShape::sbdm,  DiffusionShape::bump};
const char* name_of(DiffusionShape shape);

// A diffusion schedule: scale times its shape.
struct Diffusion {
  DiffusionShape shape = DiffusionShape::sigma;
  double scale = 1;

  // w at time t, where the path has coefficients c.
  // Infinite for linear and sbdm where the path begins. Fails on t outside of [0, 1], and on a
  // scale that is negative or not finite.
  double operator()(double t, const Coefficients& c) const;

  // The w of a step of length h > 0 at t: w(t), but at most sigma^2 / (2 h). Beyond that Euler's
  // step would carry a point more than half of the way to where the score pulls it (and past it
  // soon after), and any w has the same marginals. So w is finite everywhere, and 0 where sigma is.
  // Fails in the same cases, and unless h is positive.
  double of_step(double t, const Coefficients& c, double h) const;
};

}  // namespace pushforward
