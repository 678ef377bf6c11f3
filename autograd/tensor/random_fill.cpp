#include "autograd/tensor/random_fill.h"

#include <algorithm>

#include "autograd/tensor/kernels.h"

namespace pushforward::inline PF_REAL {

using namespace kernels;

namespace {

constexpr int kRows = 128;  // the number of rows that are filled at a time

// One block of random words for each of many rows; the generator Philox makes blocks of four words.
// Word w of row r is word[w][r].
struct Words {
  std::uint32_t word[4][kRows];
  void make(Stream stream, std::uint32_t first_row, int rows, int block) {
    std::uint32_t* const to[4] = {word[0], word[1], word[2], word[3]};
    stream.words(first_row, rows, static_cast<std::uint32_t>(block), to);
  }
};

// Visits the matrix out (rows, cols) in pieces of at most kRows rows and four columns, for which
// one block of four random words per row suffices. Calls use(words, rows, width, to), where `to` is
// the first element of the piece and width is 4, or less at the end of a row.
template <class Use>
void each_piece(Stream stream, std::uint32_t first_row, int rows, int cols, real* out, Use use) {
  Words words;
  for (int r = 0; r < rows; r += kRows) {
    const int count = std::min(kRows, rows - r);
    for (int b = 0; 4 * b < cols; ++b) {
      words.make(stream, first_row + static_cast<std::uint32_t>(r), count, b);
      use(words, count, std::min(4, cols - 4 * b),
          out + static_cast<std::int64_t>(r) * cols + 4 * b);
    }
  }
}

real unit_of_word(std::uint32_t w) { return (static_cast<real>(w) + real(0.5)) * real(0x1p-32); }

// Returns the number u = unit_of_word(w) in (0, 1) if it is below 1/2, and u - 1 otherwise,
// computed without a branch. box_muller takes such numbers.
real signed_unit(std::uint32_t w) {
  const std::uint32_t upper = w >> 31;
  return unit_of_word(w ^ (0U - upper)) * (real(1) - 2 * static_cast<real>(upper));
}

}  // namespace

void fill_normal(Stream stream, std::uint32_t first_row, int rows, int cols, real* out) {
  each_piece(stream, first_row, rows, cols, out,
             [cols](const Words& words, int count, int width, real* to) {
               // In the Box-Muller formula, words 0 and 2 give radii, and words 1 and 3 give
               // angles.
               real radius[kRows], angle[kRows];
               for (int pair = 0; 2 * pair < width; ++pair) {
                 for (int r = 0; r < count; ++r) {
                   radius[r] = signed_unit(words.word[2 * pair][r]);
                   angle[r] = unit_of_word(words.word[2 * pair + 1][r]);
                 }
                 box_muller(radius, angle, count);
                 for (int r = 0; r < count; ++r)
                   to[static_cast<std::int64_t>(r) * cols + 2 * pair] = radius[r];
                 if (2 * pair + 1 == width) continue;
                 for (int r = 0; r < count; ++r)
                   to[static_cast<std::int64_t>(r) * cols + 2 * pair + 1] = angle[r];
               }
             });
}

void fill_uniform(Stream stream, std::uint32_t first_row, int rows, int cols, real* out) {
  each_piece(stream, first_row, rows, cols, out,
             [cols](const Words& words, int count, int width, real* to) {
               for (int k = 0; k < width; ++k) {
                 for (int r = 0; r < count; ++r) {
                   to[static_cast<std::int64_t>(r) * cols + k] =
                       (static_cast<real>(words.word[k][r] >> 9) + real(0.5)) * real(0x1p-23);
                 }
               }
             });
}

void fill_rademacher(Stream stream, std::uint32_t first_row, int rows, int cols, real* out) {
  each_piece(stream, first_row, rows, cols, out,
             [cols](const Words& words, int count, int width, real* to) {
               for (int k = 0; k < width; ++k) {
                 for (int r = 0; r < count; ++r) {
                   to[static_cast<std::int64_t>(r) * cols + k] =
                       words.word[k][r] >> 31 ? real(1) : real(-1);
                 }
               }
             });
}

}  // namespace pushforward::inline PF_REAL
