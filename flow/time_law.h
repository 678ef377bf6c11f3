// Time laws: how training draws t. Logit-normal and the other laws will be further functions of
// this shape.
#pragma once

#include "autograd/random_fill.h"

namespace pushforward::inline PF_REAL {

// Writes t (rows) of the rows from first_row on, each in (0, 1).
using TimeLaw = void (*)(Stream stream, std::uint32_t first_row, int rows, real* t);

// t uniform on (0, 1).
inline void uniform_time(Stream stream, std::uint32_t first_row, int rows, real* t) {
  fill_uniform(stream, first_row, rows, 1, t);
}

}  // namespace pushforward::inline PF_REAL
