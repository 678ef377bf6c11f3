// Helpers for numbers, used by tests of all folders.
#pragma once

#include <limits>

#include "autograd/tensor/real.h"

namespace pushforward {

inline constexpr double kPi = 3.14159265358979323846,
                        kInfinity = std::numeric_limits<double>::infinity();

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// True if `real` is double.
inline constexpr bool kDouble = sizeof(real) == 8;

}  // namespace pushforward::inline PF_REAL
