// The one number type of the engine, chosen at compile
// time, and the inline namespace that carries its name.
//
// The same sources are compiled once as float (f32),
// once as double (f64) and, in the tests only, once as
// __float128 (f128), the reference that derivatives are held to. PF_REAL names the namespace.
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
