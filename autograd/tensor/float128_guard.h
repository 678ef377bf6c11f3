// Makes calls of the standard library's functions of real numbers an error for __float128.
//
// The standard library has float, double and long double versions. For a __float128, std::abs is
// ambiguous, and fabs without a namespace is C's function, which takes a double. A kernel that
// calls fabs loses half of its digits, so a correct derivative rule fails its test by 1e-5. In the
// __float128 build, which only the tests have, calls of std::abs and fabs and the like are compile
// errors that name the function to call instead.
#pragma once

#include "autograd/tensor/cpp20.h"

#if PUSHFORWARD_REAL == 128

#include <cmath>
#include <type_traits>

namespace pushforward::float128_guard {
__extension__ using Quad = __float128;
template <class T>
constexpr bool kIsQuad = std::is_same_v<T, Quad>;
}  // namespace pushforward::float128_guard

// PF_GUARDED defines an overload of the function `name` that is preferred for a __float128, because
// it needs no conversion. The overload's body is an error.
#define PF_GUARDED(name, cure)                                                             \
  template <class T, class... More>                                                        \
  requires ::pushforward::float128_guard::kIsQuad<T> T name(T, More...) {                  \
    static_assert(!::pushforward::float128_guard::kIsQuad<T>,                              \
                  "a kernel is compiled in __float128 too, which this " #name              \
                  " does not know; call " cure " of autograd/tensor/math.h in its place"); \
    return {};                                                                             \
  }
#define PF_GUARDED_NEW(name) PF_GUARDED(name, "a scalar::" #name " that you add to those")

// autograd/tensor/math.h defines the functions that are listed here with PF_GUARDED, in the
// namespace `scalar`. Those with PF_GUARDED_NEW can be added there when a kernel needs them.
// clang-format off
#define PF_GUARDED_ALL                                                                          \
  PF_GUARDED(abs, "scalar::fabs")   PF_GUARDED(fabs, "scalar::fabs")                            \
  PF_GUARDED(exp, "scalar::exp")    PF_GUARDED(expm1, "scalar::expm1")                          \
  PF_GUARDED(log, "scalar::log")    PF_GUARDED(log1p, "scalar::log1p")                          \
  PF_GUARDED(sin, "scalar::sin")    PF_GUARDED(cos, "scalar::cos")                              \
  PF_GUARDED(tanh, "scalar::tanh")  PF_GUARDED(erfc, "scalar::erfc")                            \
  PF_GUARDED(sqrt, "scalar::sqrt")  PF_GUARDED(pow, "scalar::pow")                              \
  PF_GUARDED_NEW(exp2)   PF_GUARDED_NEW(log2)   PF_GUARDED_NEW(log10)    PF_GUARDED_NEW(cbrt)   \
  PF_GUARDED_NEW(tan)    PF_GUARDED_NEW(asin)   PF_GUARDED_NEW(acos)     PF_GUARDED_NEW(atan)   \
  PF_GUARDED_NEW(atan2)  PF_GUARDED_NEW(sinh)   PF_GUARDED_NEW(cosh)     PF_GUARDED_NEW(asinh)  \
  PF_GUARDED_NEW(acosh)  PF_GUARDED_NEW(atanh)  PF_GUARDED_NEW(erf)      PF_GUARDED_NEW(tgamma) \
  PF_GUARDED_NEW(lgamma) PF_GUARDED_NEW(floor)  PF_GUARDED_NEW(ceil)     PF_GUARDED_NEW(trunc)  \
  PF_GUARDED_NEW(round)  PF_GUARDED_NEW(rint)   PF_GUARDED_NEW(fmod)     PF_GUARDED_NEW(hypot)  \
  PF_GUARDED_NEW(fmin)   PF_GUARDED_NEW(fmax)   PF_GUARDED_NEW(fma)      PF_GUARDED_NEW(copysign) \
  PF_GUARDED_NEW(isnan)  PF_GUARDED_NEW(isinf)  PF_GUARDED_NEW(isfinite) PF_GUARDED_NEW(signbit)
// clang-format on

// PF_GUARDED_ALL defines the overloads twice, for calls without a namespace and for calls with
// std::. The standard does not allow additions to std, but the libraries of this build accept them.
namespace pushforward::inline f128 {
PF_GUARDED_ALL
}  // namespace pushforward::inline f128
namespace std {
PF_GUARDED_ALL
}  // namespace std

#undef PF_GUARDED
#undef PF_GUARDED_NEW
#undef PF_GUARDED_ALL

#endif
