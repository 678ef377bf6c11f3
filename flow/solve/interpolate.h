// Interpolates between data points: encodes two points as noise, blends the noise, and decodes the
// blends.
#pragma once

#include "flow/solve/sampler.h"

namespace pushforward::inline PF_REAL {

enum class LatentBlend {
  // Follows the great circle, which preserves the norm that is typical of a Gaussian of mean 0
  // (Shoemake 1985). Choose `linear` for noise of any other distribution.
  spherical,
  linear
};

// Writes to `out` (dim) the point at fraction s in [0, 1] of the way from a (dim) to b (dim), which
// are encoded points. Spherical: sin((1 - s) w) / sin w a + sin(s w) / sin w b, with w the angle
// between a and b. If a and b are collinear there is no unique great circle, and the blend is
// linear. Fails on s outside [0, 1]. Does not check the memory of a, b and out.
void blend_latents(LatentBlend how, const real* a, const real* b, int dim, double s, real* out);

// Returns (count, n, D): entry k holds the points at fraction k / (count - 1) of the way from the
// rows of a (n, D) to those of b (n, D). `encode` runs a flow from data to noise, and `decode` runs
// the same flow back. The first and last points are a and b up to the solvers' error. The samplers
// treat row r of a and row r of b as sample r, so these rows have the label of sample r. Fails when
// count < 2, when dimensions differ, and when `decode` does not begin at the time where `encode`
// ends.
Tensor interpolate(Sampler& encode, Sampler& decode, const Tensor& a, const Tensor& b, int count,
                   LatentBlend how = LatentBlend::spherical);

}  // namespace pushforward::inline PF_REAL
