// The log-densities of the synthetic sets that are curves with normal noise around them.
#pragma once

#include "flow/distributions/toy.h"

namespace pushforward::inline PF_REAL {

// Each function writes ln p of points x (rows, 2) in nats, as ToyInfo::log_density. It returns
// false and writes nothing if the set has no density, because the parameters v give it no noise, or
// if the density is too sharp to integrate. The densities of noisy curves c(u) on [0, 1],
//   p(x) = mean over branches c of int_0^1 N(x; c(u), noise^2 I) du,
// are integrated by Gauss-Legendre quadrature on pieces of 2.5 standard deviations of the noise.
bool moons_density(const ToyValues& v, int rows, const real* x, double* out);
bool swissroll_density(const ToyValues& v, int rows, const real* x, double* out);
bool scurve_density(const ToyValues& v, int rows, const real* x, double* out);
bool circles_density(const ToyValues& v, int rows, const real* x, double* out);
bool rings_density(const ToyValues& v, int rows, const real* x, double* out);
// A point of the spirals is first moved by a uniform amount within a square of side 1/6, then by
// the noise. So the integrand of the spirals' density is a product of differences of normal
// distribution functions.
bool spirals_density(const ToyValues& v, int rows, const real* x, double* out);
// A point of the pinwheel is x = R(angle_k + twist exp(f0)) f, where f = (f0, f1) is normal, R is a
// rotation and angle_k the angle of arm k. With the densities N(f0) and N(f1), a change of
// variables gives p(x) as the mean over arms k of
//   the sum over all f that give x of N(f0) N(f1) / |1 - twist exp(f0) f1|.
bool pinwheel_density(const ToyValues& v, int rows, const real* x, double* out);

}  // namespace pushforward::inline PF_REAL
