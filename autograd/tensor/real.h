// The number type of the engine, chosen at compile time, and the inline namespace of that type.
//
// The same sources are compiled as float (f32), as double (f64) and, only for tests, as __float128
// (f128), the reference precision for derivatives. PF_REAL is the name of the namespace.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <cmath>
#include <limits>

#ifndef PUSHFORWARD_REAL
#define PUSHFORWARD_REAL 32
#endif

#include "autograd/tensor/float128_guard.h"

#if PUSHFORWARD_REAL == 32
#define PF_REAL f32
#elif PUSHFORWARD_REAL == 64
#define PF_REAL f64
#elif PUSHFORWARD_REAL == 128
#define PF_REAL f128
#else
#error "PUSHFORWARD_REAL is 32, 64 or 128"
#endif

namespace pushforward::inline PF_REAL {

#if PUSHFORWARD_REAL == 32
using real = float;
#elif PUSHFORWARD_REAL == 64
using real = double;
#else
__extension__ using real = __float128;
#endif

}  // namespace pushforward::inline PF_REAL
