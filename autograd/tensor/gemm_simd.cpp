// The project's own matrix product, in float and double, compiled for several instruction sets.
//
// c = op(a) op(b) + bias + beta c takes m n k multiply-adds. A core can do two vectors of them in a cycle,
// but it cannot load the operands of each from memory that fast. So c is cut into tiles that fit
// into the registers, kTileRows rows of kTileVectors vectors:
//
//              b: depth x 2 vectors                 for each p of the depth:
//              [b0(p) | b1(p)]                        load the vectors b0(p), b1(p)
//   a: 8 rows  +-----------------+                    for each row r:
//   a(r, p)    | tile of c       |                      copy a(r, p) to all lanes of a vector
//              +-----------------+                      c0(r) += a(r, p) b0(p), c1(r) += a(r, p) b1(p)
//
// A tile of 8 rows thus does 16 multiply-adds with 10 loads, and each of its sums has its own
// register, so none waits for the one before it.
//
// b is read as a panel: kDepth rows of two vectors, one after the other, 32 KB at most, which stay
// in the nearest cache while all tiles of these columns use them. Copying b into this order is the
// only packing; it also does b's transpose, and fills columns that are missing at the edge with
// zeros. a is used where it is: a tile reads its rows from left to right or, if a is transposed,
// numbers that are neighbours.
//
// Each element of c is a sum that begins with the bias, over p in ascending order, in parts of kDepth
// terms that are added to c one after the other. So it does not depend on the other rows and columns of the product, nor on
// the number of lanes: all instruction sets with fused multiply-add give the same bits.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL != 128

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/tensor/gemm_simd.cpp"
// The tile is an array of vectors, so vectors whose size is unknown to the compiler are left out;
// such CPUs use their vectors of 16 bytes.
#ifndef HWY_DISABLED_TARGETS  // a build may disable more targets
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/highway.h>

#include <algorithm>

#include "autograd/tensor/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace pushforward {
inline namespace PF_REAL {
namespace kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using GemmTag = hn::ScalableTag<real>;
using GemmVector = hn::Vec<GemmTag>;
constexpr GemmTag gemm_tag;
constexpr int kGemmLanes = static_cast<int>(hn::MaxLanes(gemm_tag));

// AVX-512 and ARM have 32 vector registers, the others 16: the sums, the two vectors of b and one
// number of a must fit.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr int kTileRows = 8;
#else
constexpr int kTileRows = 6;
#endif
constexpr int kTileVectors = 2;
constexpr int kDepth = 256;
// A b of at most so many numbers, 32 KB, is near without packing.
constexpr std::int64_t kNear = 32768 / sizeof(real);

// The part of c that a tile writes: `cols` columns, which may be fewer than those of its vectors.
// The tile becomes sum + beta c; a beta of 0 means that c is not read.
struct TileOutput {
  real* first;
  std::int64_t stride;
  int cols;
  real beta;
};

// Writes the sums of a tile that has all its columns.
template <int rows, int vectors>
HWY_INLINE void StoreTile(const GemmVector (&sum)[rows][vectors], const TileOutput& c) {
  real* to = c.first;
  if (c.beta == 0) {
    for (int r = 0; r < rows; ++r, to += c.stride) {
      for (int v = 0; v < vectors; ++v) hn::StoreU(sum[r][v], gemm_tag, to + v * kGemmLanes);
    }
    return;
  }
  const GemmVector beta = hn::Set(gemm_tag, c.beta);
  for (int r = 0; r < rows; ++r, to += c.stride) {
    for (int v = 0; v < vectors; ++v) {
      real* part = to + v * kGemmLanes;
      hn::StoreU(hn::MulAdd(beta, hn::LoadU(gemm_tag, part), sum[r][v]), gemm_tag, part);
    }
  }
}

// Writes the sums of a tile at the right edge of c, where columns are missing.
template <int rows, int vectors>
HWY_INLINE void StoreEdge(const GemmVector (&sum)[rows][vectors], const TileOutput& c) {
  constexpr int width = vectors * kGemmLanes;
  HWY_ALIGN real whole[rows * width] = {};
  const int cols = std::min(c.cols, width);
  if (c.beta != 0) {
    for (int r = 0; r < rows; ++r) {
      for (int j = 0; j < cols; ++j) whole[r * width + j] = c.first[r * c.stride + j];
    }
  }
  StoreTile(sum, {whole, width, width, c.beta});
  for (int r = 0; r < rows; ++r) {
    for (int j = 0; j < cols; ++j) c.first[r * c.stride + j] = whole[r * width + j];
  }
}

// Computes one tile, whose sums begin with the numbers of `start`. The number a(r, p) is a[r a_stride + p], or a[p a_stride + r] if `ta` is set.
template <int rows, int vectors, bool ta>
void Tile(const real* HWY_RESTRICT a, std::int64_t a_stride, const real* HWY_RESTRICT b,
          std::int64_t b_stride, int depth, const real* HWY_RESTRICT start, const TileOutput& c) {
  GemmVector sum[rows][vectors];
  for (int r = 0; r < rows; ++r) {
    for (int v = 0; v < vectors; ++v) sum[r][v] = hn::Load(gemm_tag, start + v * kGemmLanes);
  }
  const std::int64_t row_step = ta ? 1 : a_stride, depth_step = ta ? a_stride : 1;
  for (int p = 0; p < depth; ++p, a += depth_step, b += b_stride) {
    GemmVector of_b[vectors];
    for (int v = 0; v < vectors; ++v) of_b[v] = hn::LoadU(gemm_tag, b + v * kGemmLanes);
    for (int r = 0; r < rows; ++r) {
      const GemmVector of_a = hn::Set(gemm_tag, a[r * row_step]);
      for (int v = 0; v < vectors; ++v) sum[r][v] = hn::MulAdd(of_a, of_b[v], sum[r][v]);
    }
  }
  if (c.cols == vectors * kGemmLanes)
    StoreTile(sum, c);
  else
    StoreEdge(sum, c);
}

using TileFunction = void (*)(const real*, std::int64_t, const real*, std::int64_t, int,
                              const real*, const TileOutput&);

template <int vectors, bool ta>
TileFunction TileOfRows(int rows) {
  switch (rows) {
    case 1: return Tile<1, vectors, ta>;
    case 2: return Tile<2, vectors, ta>;
    case 3: return Tile<3, vectors, ta>;
    case 4: return Tile<4, vectors, ta>;
    case 5: return Tile<5, vectors, ta>;
    case 6: return Tile<6, vectors, ta>;
    case 7: return Tile<std::min(7, kTileRows), vectors, ta>;
    default: return Tile<kTileRows, vectors, ta>;
  }
}

TileFunction TileOf(int rows, int vectors, bool ta) {
  if (vectors == 1) return ta ? TileOfRows<1, true>(rows) : TileOfRows<1, false>(rows);
  return ta ? TileOfRows<kTileVectors, true>(rows) : TileOfRows<kTileVectors, false>(rows);
}

// Writes the transpose of a block of 16 bytes by 16 bytes: 4 x 4 floats or 2 x 2 doubles.
#if HWY_TARGET == HWY_SCALAR
constexpr int kBlock = 1;
HWY_INLINE void TransposeBlock(const real* from, std::int64_t, real* to, int) { *to = *from; }
#else
constexpr int kBlock = 16 / sizeof(real);
HWY_INLINE void TransposeBlock(const real* from, std::int64_t stride, real* to, int to_stride) {
  const hn::FixedTag<real, kBlock> tag;
  const auto row = [&](int r) { return hn::LoadU(tag, from + r * stride); };
  const auto put = [&](auto v, int r) { hn::StoreU(v, tag, to + r * to_stride); };
#if PUSHFORWARD_REAL == 32
  const auto r0 = row(0), r1 = row(1), r2 = row(2), r3 = row(3);
  const auto even_low = hn::InterleaveLower(tag, r0, r2),
             even_up = hn::InterleaveUpper(tag, r0, r2);
  const auto odd_low = hn::InterleaveLower(tag, r1, r3), odd_up = hn::InterleaveUpper(tag, r1, r3);
  put(hn::InterleaveLower(tag, even_low, odd_low), 0);
  put(hn::InterleaveUpper(tag, even_low, odd_low), 1);
  put(hn::InterleaveLower(tag, even_up, odd_up), 2);
  put(hn::InterleaveUpper(tag, even_up, odd_up), 3);
#else
  const auto r0 = row(0), r1 = row(1);
  put(hn::InterleaveLower(tag, r0, r1), 0);
  put(hn::InterleaveUpper(tag, r0, r1), 1);
#endif
}
#endif

// Copies `cols` columns of `depth` rows of op(b) into a panel with rows of `width` numbers, and sets
// the columns from `cols` on to zero. `b` points to the first element.
void PackPanel(const real* b, std::int64_t stride, bool tb, int depth, int cols, int width,
               real* panel) {
  if (cols < width) std::fill_n(panel, std::int64_t{depth} * width, real(0));
  if (!tb) {
    for (int p = 0; p < depth; ++p) std::copy_n(b + p * stride, cols, panel + p * width);
    return;
  }
  const int block_cols = cols / kBlock * kBlock, block_depth = depth / kBlock * kBlock;
  for (int j = 0; j < block_cols; j += kBlock) {
    const real* from = b + j * stride;
    for (int p = 0; p < block_depth; p += kBlock)
      TransposeBlock(from + p, stride, panel + p * width + j, width);
  }
  for (int j = 0; j < cols; ++j) {
    for (int p = j < block_cols ? block_depth : 0; p < depth; ++p)
      panel[p * width + j] = b[j * stride + p];
  }
}

// Computes the columns of one panel: depth rows of it, and all rows of c.
void MultiplyPanel(bool ta, int m, const real* a, std::int64_t a_stride, const real* panel,
                   std::int64_t panel_stride, int depth, const real* start, TileOutput c) {
  const int vectors = c.cols > kGemmLanes ? kTileVectors : 1;
  // The tiles are as equal as possible: 9 rows are 5 and 4, not 8 and 1.
  const int tiles = (m + kTileRows - 1) / kTileRows;
  int rows = (m + tiles - 1) / tiles;
  const int larger = m - tiles * (rows - 1);  // tiles with so many rows; the others have one less
  TileFunction tile = TileOf(rows, vectors, ta);
  for (int t = 0; t < tiles; ++t) {
    if (t == larger) tile = TileOf(--rows, vectors, ta);
    tile(a, a_stride, panel, panel_stride, depth, start, c);
    a += ta ? rows : rows * a_stride;
    c.first += rows * c.stride;
  }
}

void Gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, const real* bias, real beta,
          real* c, int c_stride) {
  constexpr int most = kTileVectors * kGemmLanes;  // columns of a panel
  HWY_ALIGN real packed[kDepth * most];
  HWY_ALIGN real start[most] = {};
  for (int j = 0; j < n; j += most) {
    const int cols = std::min(most, n - j), width = cols > kGemmLanes ? most : kGemmLanes;
    if (bias) {
      std::fill_n(start, most, real(0));
      std::copy_n(bias + j, cols, start);
    }
    for (int p = 0; p < k; p += kDepth) {
      if (bias && p > 0) std::fill_n(start, most, real(0));
      const int depth = std::min(kDepth, k - p);
      const real* from = tb ? b[j] + p : b[p] + j;
      const real* panel = packed;
      std::int64_t panel_stride = width;
      if (!tb && cols == width && (m <= kTileRows || depth * b.stride <= kNear)) {
        panel = from;
        panel_stride = b.stride;
      } else {
        PackPanel(from, b.stride, tb, depth, cols, width, packed);
      }
      MultiplyPanel(ta, m, ta ? a[p] : a.first + p, a.stride, panel, panel_stride, depth, start,
                    {c + j, c_stride, cols, p == 0 ? beta : real(1)});
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace PF_REAL
}  // namespace pushforward
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pushforward::inline PF_REAL::kernels {

HWY_EXPORT(Gemm);

void own_gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, real beta, real* c,
              int c_stride) {
  HWY_DYNAMIC_DISPATCH(Gemm)(ta, tb, m, n, k, a, b, nullptr, beta, c, c_stride);
}

void own_linear(int rows, int out, int in, const real* x, const real* w, const real* bias,
                real* y) {
  HWY_DYNAMIC_DISPATCH(Gemm)(false, true, rows, out, in, {x, in}, {w, in}, bias, 0, y, out);
}

}  // namespace pushforward::inline PF_REAL::kernels
#endif  // HWY_ONCE

#endif  // PUSHFORWARD_REAL != 128
