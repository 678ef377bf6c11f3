// Between two samples through the latent: both encoded as noise, noise blended, decoded again.
#pragma once

#include "flow/solve/sampler.h"

namespace pushforward::inline PF_REAL {

enum class LatentBlend {
  spherical,  // along the great circle, which keeps the norm a Gaussian latent has (Shoemake 1985)
  linear
};

// The point `s` of the way, 0 to 1, from row a (dim) to row b, into out. Spherical: sin((1 - s) w)
// / sin w a + sin(s w) / sin w b with w the angle between them; linear where the rows lie on one
// line, which has no great circle. Fails on s outside of [0, 1]; does not check the memory of rows.
void blend_latents(LatentBlend how, const real* a, const real* b, int dim, double s, real* out);

// (count, n, D): path k, for k = 0 .. count - 1, holds the points k / (count - 1) of the way from
// the rows of a (n, D) to those of b (n, D). `encode` runs from data to noise and `decode` back, of
// one flow; the ends are a and b but for the solvers' error. Row r counts as sample r to both, so
// its label is that of sample r. count is at least 2. Fails when the two do not meet.
Tensor interpolate(Sampler& encode, Sampler& decode, const Tensor& a, const Tensor& b, int count,
                   LatentBlend how = LatentBlend::spherical);

}  // namespace pushforward::inline PF_REAL
