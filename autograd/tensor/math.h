// The elementwise functions of one number in any precision. They are the reference
// for the vectorised kernels.
#pragma once

#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL == 128
#include <quadmath.h>
#endif

namespace pushforward::inline PF_REAL::scalar {

#if PUSHFORWARD_REAL == 128
inline real exp(real x) { return expq(x); }
inline real log(real x) { return logq(x); }
inline real log1p(real x) { return log1pq(x); }
inline real sqrt(real x) { return sqrtq(x); }
inline real tanh(real x) { return tanhq(x); }
inline real sin(real x) { return sinq(x); }
inline real cos(real x) { return cosq(x); }
inline real erfc(real x) { return erfcq(x); }
inline real expm1(real x) { return expm1q(x); }
inline real fabs(real x) { return fabsq(x); }
inline real pow(real x, real a) { return powq(x, a); }
#else
using std::cos, std::erfc, std::exp, std::expm1, std::fabs, std::log, std::log1p, std::pow,
    std::sin, std::sqrt, std::tanh;
#endif

// Returns 1 / (1 + exp(-x)), computed from exp(-|x|) so that it does not overflow and small results
// keep their digits.
inline real sigmoid(real x) {
  const real e = exp(-fabs(x));
  return (x < 0 ? e : real(1)) / (1 + e);
}
inline real silu(real x) { return x * sigmoid(x); }
inline real silu_slope(real x) {
  const real s = sigmoid(x);
  return s * (1 + x * (1 - s));
}
// Returns Phi(x) = erfc(-x / sqrt 2) / 2, the standard normal distribution function.
inline real normal_cdf(real x) {
  return erfc(-x * real(0.707106781186547524400844362104849039L)) / 2;
}
inline real gelu(real x) { return x * normal_cdf(x); }
// Returns max(x, 0) + log(1 + exp(-|x|)), or NaN for NaN.
inline real softplus(real x) { return (x > 0 ? x : x <= 0 ? real(0) : x) + log1p(exp(-fabs(x))); }
// The constants lambda and lambda alpha of SELU, with which activations keep mean 0 and variance 1
// (Klambauer et al. 2017, eq. 14).
constexpr real kSelu = real(1.0507009873554804934193349852946L);
constexpr real kSeluBelow = real(1.7580993408473768599402175208123L);
inline real selu(real x) { return x > 0 ? kSelu * x : kSeluBelow * expm1(x); }
inline real selu_slope(real x) { return x > 0 ? kSelu : kSeluBelow * exp(x); }
inline real sign(real x) { return x > 0 ? real(1) : x < 0 ? real(-1) : x; }
inline real step(real x) { return x > 0 ? real(1) : x <= 0 ? real(0) : x; }
inline real relu(real x) { return x > 0 ? x : x <= 0 ? real(0) : x; }
// Returns the larger number, or NaN if one is NaN.
inline real maximum(real a, real b) { return a > b ? a : b > a ? b : a == b ? a : a + b; }
inline real greater(real a, real b) {
  return a > b ? real(1) : a < b ? real(0) : a == b ? real(0.5) : a + b;
}

}  // namespace pushforward::inline PF_REAL::scalar
