#include "autograd/random_fill.h"

#include <algorithm>

#include "autograd/kernels.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr int kBlocks = 256;  // how many Philox blocks are made at a time

// Calls use(row, block) for every block of four columns, row by row.
template <class Use>
void each_block(int rows, int cols, Use use) {
  const int per_row = (cols + 3) / 4;
  for (int r = 0; r < rows; ++r) {
    for (int b = 0; b < per_row; ++b) use(r, b);
  }
}

// The elements that one block fills: out[0..width).
int width(int cols, int block) { return std::min(4, cols - 4 * block); }

}  // namespace

void fill_normal(Stream stream, std::uint32_t first_row, int rows, int cols, real* out) {
  // A batch of blocks at a time: words 0 and 2 are radii, words 1 and 3 angles.
  real radius[2 * kBlocks], angle[2 * kBlocks];
  struct Place {
    real* at;
    int width;
  } places[kBlocks];
  int n = 0;
  const auto flush = [&] {
    box_muller(radius, angle, 2 * n);
    for (int i = 0; i < n; ++i) {
      const real values[4] = {radius[2 * i], angle[2 * i], radius[2 * i + 1], angle[2 * i + 1]};
      std::copy_n(values, places[i].width, places[i].at);
    }
    n = 0;
  };
  const auto unit = [](std::uint32_t w) {
    return (static_cast<real>(w) + real(0.5)) * real(0x1p-32);
  };
  // The same, above 1/2 as its distance to 1 (see box_muller), without a branch.
  const auto signed_unit = [&](std::uint32_t w) {
    const std::uint32_t upper = w >> 31;
    return unit(w ^ (0U - upper)) * (real(1) - 2 * static_cast<real>(upper));
  };
  each_block(rows, cols, [&](int r, int b) {
    const auto w =
        stream.words(first_row + static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(b));
    radius[2 * n] = signed_unit(w[0]);
    angle[2 * n] = unit(w[1]);
    radius[2 * n + 1] = signed_unit(w[2]);
    angle[2 * n + 1] = unit(w[3]);
    places[n++] = {out + static_cast<std::int64_t>(r) * cols + 4 * b, width(cols, b)};
    if (n == kBlocks) flush();
  });
  flush();
}

void fill_uniform(Stream stream, std::uint32_t first_row, int rows, int cols, real* out) {
  each_block(rows, cols, [&](int r, int b) {
    const auto w =
        stream.words(first_row + static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(b));
    real* to = out + static_cast<std::int64_t>(r) * cols + 4 * b;
    for (int k = 0; k < width(cols, b); ++k)
      to[k] = (static_cast<real>(w[k] >> 9) + real(0.5)) * real(0x1p-23);
  });
}

void fill_rademacher(Stream stream, std::uint32_t first_row, int rows, int cols, real* out) {
  each_block(rows, cols, [&](int r, int b) {
    const auto w =
        stream.words(first_row + static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(b));
    real* to = out + static_cast<std::int64_t>(r) * cols + 4 * b;
    for (int k = 0; k < width(cols, b); ++k) to[k] = w[k] >> 31 ? real(1) : real(-1);
  });
}

}  // namespace pushforward::inline PF_REAL
