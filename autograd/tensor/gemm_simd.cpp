// The project's own matrix product, in float and double, compiled for several instruction sets.
//
// The product c = op(a) op(b) + bias + beta c, where op transposes or does nothing, takes m n k
// multiply-adds. A core can do two vectors of multiply-adds in a cycle, but it cannot load their
// operands from memory that fast. So c is cut into tiles that fit into the registers. A tile has
// kTileRows rows of kTileVectors vectors. The numbers of a vector are its lanes:
//
//              b: depth x 2 vectors                 for each p of the depth:
//              [b0(p) | b1(p)]                        load the vectors b0(p), b1(p)
//   a: 8 rows  +-----------------+                    for each row r:
//   a(r, p)    | tile of c       |                      copy a(r, p) to all lanes of a vector
//              +-----------------+                      c0(r) += a(r, p) b0(p), c1(r) += a(r, p) b1(p)
//
// A tile of 8 rows thus does 16 multiply-adds with 10 loads. Each of its sums has its own register,
// so no multiply-add waits for the result of the one before it.
//
// b is read as a panel: kDepth rows of two vectors, stored one after the other. A panel has at most
// 32 KB, so it stays in the fastest cache while all tiles of these columns use it. Copying b into
// panels also transposes b if necessary, and fills columns that are missing at the edge with zeros.
// a is not copied: a tile reads its rows from left to right or, if a is transposed, reads
// neighbouring numbers of a row of the stored a.
//
// When the sums of a tile are complete, a linear layer can apply the SiLU to them before they leave
// the registers. The processor computes it while the multiply-adds of the next tile begin.
//
// Each element of c is a sum over p in ascending order that begins with the bias. Parts of kDepth
// terms are added to c one after the other. So an element does not depend on the other rows and
// columns of the product, or on the number of lanes: all instruction sets with fused multiply-add
// give the same bits.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL != 128

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/tensor/gemm_simd.cpp"
// The tile is an array of vectors, and C++ has no arrays of vectors whose size the compiler does
// not know. Instruction sets with such vectors are disabled here; their CPUs use vectors of 16
// bytes.
#ifndef HWY_DISABLED_TARGETS  // a build may disable more targets
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h

#include <algorithm>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/sigmoid_simd.h"

// PF_UNROLL stands before a loop over the sums of a tile. The sums stay in registers only if their
// indices are constants, so the loop must be unrolled. Without the pragma, GCC unrolls it too late, and
// clang does not unroll it if sanitizers check each step.
#undef PF_UNROLL
#define PF_UNROLL
#if defined(__clang__)
#if __has_feature(address_sanitizer)
#undef PF_UNROLL
#define PF_UNROLL _Pragma("clang loop unroll(full)")
#endif
#elif defined(__GNUC__)
#undef PF_UNROLL
#define PF_UNROLL _Pragma("GCC unroll 16")
#endif

HWY_BEFORE_NAMESPACE();
namespace pushforward {
inline namespace PF_REAL {
namespace kernels {
namespace HWY_NAMESPACE {

constexpr int kLanes = static_cast<int>(hn::MaxLanes(d));  // numbers of a vector V

// The sums of a tile, the two vectors of b and one number of a must fit into the vector registers.
// AVX-512 and ARM have 32 of them, the other instruction sets 16.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr int kTileRows = 8;
#else
constexpr int kTileRows = 6;
#endif
constexpr int kTileVectors = 2;
constexpr int kDepth = 256;
// A b of at most this many numbers, 32 KB, fits into the fastest cache without a copy.
constexpr std::int64_t kNear = 32768 / sizeof(real);

// The part of c that a tile writes: `cols` columns, which may be fewer than those of its vectors.
// The tile becomes z = sum + beta c; a beta of 0 means that c is not read.
struct TileOutput {
  real* first;
  std::int64_t stride;
  int cols;
  real beta;
  real* slope = nullptr;  // the same part of a second matrix like c, for Ending::silu_and_slope
};

// What a tile writes when its numbers z are complete, while they are in registers: z, or silu(z),
// or both silu(z) and its slope silu'(z), which goes to `slope`.
enum class Ending { sum, silu, silu_and_slope };

// Replaces z by silu(z), and writes the slopes. Handles two rows at a time if registers suffice.
template <Ending ending, int rows, int vectors>
HWY_INLINE void SiluTile(V (&z)[rows][vectors], const TileOutput& c) {
  constexpr int together = rows % 2 == 0 && kTogether >= 2 * vectors ? 2 : 1,
                k = together * vectors;
  PF_UNROLL
  for (int r = 0; r < rows; r += together) {
    V part[k], slope[k];
    PF_UNROLL
    for (int i = 0; i < k; ++i) part[i] = z[r + i / vectors][i % vectors];
    if constexpr (ending == Ending::silu) {
      Silus(part);
    } else {
      SilusAndSlopes(part, slope);
      real* to = c.slope + r * c.stride;
      PF_UNROLL
      for (int i = 0; i < k; ++i)
        hn::StoreU(slope[i], d, to + i / vectors * c.stride + i % vectors * kLanes);
    }
    PF_UNROLL
    for (int i = 0; i < k; ++i) z[r + i / vectors][i % vectors] = part[i];
  }
}

// Writes a tile to memory that has room for all columns of its vectors.
template <int rows, int vectors>
HWY_INLINE void StoreTile(V (&sum)[rows][vectors], Ending ending, const TileOutput& c) {
  if (c.beta != 0) {
    const V beta = hn::Set(d, c.beta);
    PF_UNROLL
    for (int r = 0; r < rows; ++r) {
      PF_UNROLL
      for (int v = 0; v < vectors; ++v) {
        const V before = hn::LoadU(d, c.first + r * c.stride + v * kLanes);
        sum[r][v] = hn::MulAdd(beta, before, sum[r][v]);
      }
    }
  }
  if (ending == Ending::silu) SiluTile<Ending::silu>(sum, c);
  if (ending == Ending::silu_and_slope) SiluTile<Ending::silu_and_slope>(sum, c);
  PF_UNROLL
  for (int r = 0; r < rows; ++r) {
    PF_UNROLL
    for (int v = 0; v < vectors; ++v) hn::StoreU(sum[r][v], d, c.first + r * c.stride + v * kLanes);
  }
}

// The factor a of a tile: a(r, p) is first[r row_step + p depth_step].
struct TileInput {
  const real* first;
  std::int64_t row_step, depth_step;
};

// Computes one tile, whose sums begin with the numbers of `start`.
template <int rows, int vectors>
void Tile(const TileInput& a, const real* HWY_RESTRICT b, std::int64_t b_stride, int depth,
          const real* HWY_RESTRICT start, Ending ending, const TileOutput& c) {
  V sum[rows][vectors];
  PF_UNROLL
  for (int r = 0; r < rows; ++r) {
    PF_UNROLL
    for (int v = 0; v < vectors; ++v) sum[r][v] = hn::Load(d, start + v * kLanes);
  }
  const real* HWY_RESTRICT from = a.first;
  for (int p = 0; p < depth; ++p, from += a.depth_step, b += b_stride) {
    V of_b[vectors];
    PF_UNROLL
    for (int v = 0; v < vectors; ++v) of_b[v] = hn::LoadU(d, b + v * kLanes);
    PF_UNROLL
    for (int r = 0; r < rows; ++r) {
      const V of_a = hn::Set(d, from[r * a.row_step]);
      PF_UNROLL
      for (int v = 0; v < vectors; ++v) sum[r][v] = hn::MulAdd(of_a, of_b[v], sum[r][v]);
    }
  }
  // A tile at the right edge of c, where columns are missing, is first written to memory of its own.
  constexpr int width = vectors * kLanes;
  HWY_ALIGN real whole[rows * width], slope[rows * width];
  const bool edge = c.cols < width;
  const TileOutput to = edge ? TileOutput{whole, width, width, c.beta, slope} : c;
  if (edge && c.beta != 0) {
    std::fill_n(whole, rows * width, real(0));
    for (int r = 0; r < rows; ++r) std::copy_n(c.first + r * c.stride, c.cols, whole + r * width);
  }
  StoreTile(sum, ending, to);
  if (!edge) return;
  for (int r = 0; r < rows; ++r) {
    std::copy_n(whole + r * width, c.cols, c.first + r * c.stride);
    if (ending == Ending::silu_and_slope)
      std::copy_n(slope + r * width, c.cols, c.slope + r * c.stride);
  }
}

using TileFunction = void (*)(const TileInput&, const real*, std::int64_t, int, const real*, Ending,
                              const TileOutput&);

template <int vectors>
TileFunction TileOfRows(int rows) {
  switch (rows) {
    case 1: return Tile<1, vectors>;
    case 2: return Tile<2, vectors>;
    case 3: return Tile<3, vectors>;
    case 4: return Tile<4, vectors>;
    case 5: return Tile<5, vectors>;
    case 6: return Tile<6, vectors>;
    case 7: return Tile<std::min(7, kTileRows), vectors>;
    default: return Tile<kTileRows, vectors>;
  }
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

// Computes the columns of one panel: depth rows of it, and all m rows of c.
void MultiplyPanel(int m, TileInput a, const real* panel, std::int64_t panel_stride, int depth,
                   const real* start, Ending ending, TileOutput c) {
  const auto tile_of = c.cols > kLanes ? TileOfRows<kTileVectors> : TileOfRows<1>;
  // The tiles are as equal as possible: 9 rows are 5 and 4, not 8 and 1.
  const int tiles = (m + kTileRows - 1) / kTileRows;
  int rows = (m + tiles - 1) / tiles;
  const int larger = m - tiles * (rows - 1);  // tiles with `rows` rows; the others have one less
  TileFunction tile = tile_of(rows);
  for (int t = 0; t < tiles; ++t) {
    if (t == larger) tile = tile_of(--rows);
    tile(a, panel, panel_stride, depth, start, ending, c);
    a.first += rows * a.row_step;
    c.first += rows * c.stride;
    if (c.slope) c.slope += rows * c.stride;
  }
}

void Gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, const real* bias, real beta,
          real* c, int c_stride, bool silu, real* slope) {
  const Ending last = !silu ? Ending::sum : slope ? Ending::silu_and_slope : Ending::silu;
  constexpr int most = kTileVectors * kLanes;  // columns of a panel
  HWY_ALIGN real packed[kDepth * most];
  HWY_ALIGN real start[most] = {};
  for (int j = 0; j < n; j += most) {
    const int cols = std::min(most, n - j), width = cols > kLanes ? most : kLanes;
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
      const TileInput part =
          ta ? TileInput{a[p], 1, a.stride} : TileInput{a.first + p, a.stride, 1};
      MultiplyPanel(m, part, panel, panel_stride, depth, start, p + depth < k ? Ending::sum : last,
                    {c + j, c_stride, cols, p == 0 ? beta : real(1), slope ? slope + j : nullptr});
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
  HWY_DYNAMIC_DISPATCH(Gemm)(ta, tb, m, n, k, a, b, nullptr, beta, c, c_stride, false, nullptr);
}

void own_linear(int rows, int out, int in, const real* x, const real* w, const real* bias,
                real* y) {
  HWY_DYNAMIC_DISPATCH(Gemm)
  (false, true, rows, out, in, {x, in}, {w, in}, bias, 0, y, out, false, nullptr);
}

void own_linear_silu(int rows, int out, int in, const real* x, const real* w, const real* bias,
                     real* y, real* slope) {
  HWY_DYNAMIC_DISPATCH(Gemm)
  (false, true, rows, out, in, {x, in}, {w, in}, bias, 0, y, out, true, slope);
}

}  // namespace pushforward::inline PF_REAL::kernels
#endif  // HWY_ONCE

#endif  // PUSHFORWARD_REAL != 128
