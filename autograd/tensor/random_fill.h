// Matrices of random numbers: element (i, j) depends only on the stream, on first_row + i and on j.
#pragma once

#include <cstdint>

#include "autograd/tensor/real.h"
#include "autograd/tensor/rng.h"

namespace pushforward::inline PF_REAL {

// Fills out (rows, cols), row-major, with standard normal numbers by the Box-Muller formula. The
// random generator gives blocks of four words: words 0 and 1 give columns 0 and 1, words 2 and 3
// give columns 2 and 3. The results in float and in double agree up to float's round-off. The
// functions of this file do not check rows, cols or the size of `out`.
void fill_normal(Stream stream, std::uint32_t first_row, int rows, int cols, real* out);

// Fills out (rows, cols) with uniform numbers in the open interval (0, 1). They are odd multiples
// of 2^-24, so never 0 or 1.
void fill_uniform(Stream stream, std::uint32_t first_row, int rows, int cols, real* out);

// Fills out (rows, cols) with -1 or 1, each with probability 1/2.
void fill_rademacher(Stream stream, std::uint32_t first_row, int rows, int cols, real* out);

}  // namespace pushforward::inline PF_REAL
