// Filling matrices with random numbers: element (i, j)
// depends on the stream, on first_row + i and on j alone.
//
// Inner loops of drawing: none checks that `out` has room for rows x cols numbers, both 0 or more.
#pragma once

#include <cstdint>

#include "autograd/tensor/real.h"
#include "autograd/tensor/rng.h"

namespace pushforward::inline PF_REAL {

// out (rows, cols), row-major, standard normal by Box-Muller: words (0, 1) of a block give columns
// 0 and 1, words (2, 3) columns 2 and 3. Float and double agree to float's round-off.
void fill_normal(Stream stream, std::uint32_t first_row, int rows, int cols, real* out);

// out (rows, cols), uniform on the open interval (0,
// 1): multiples of 2^-23 plus 2^-24, never 0, never 1.
void fill_uniform(Stream stream, std::uint32_t first_row, int rows, int cols, real* out);

// out (rows, cols), -1 or 1 with probability 1/2 each.
void fill_rademacher(Stream stream, std::uint32_t first_row, int rows, int cols, real* out);

}  // namespace pushforward::inline PF_REAL
