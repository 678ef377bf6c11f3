// Sums over arrays in float and double, in a fixed order. Highway compiles them for several
// instruction sets and chooses one at run time.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL != 128

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/tensor/kernels_sum_simd.cpp"
#ifndef HWY_DISABLED_TARGETS  // a build may disable more targets
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
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
using SumTag = hn::ScalableTag<real>;
using SumVector = hn::Vec<SumTag>;
constexpr SumTag sum_tag;

// Sums in four vectors, then across their lanes, then adds the tail one by one.
template <class Term>
HWY_INLINE real Reduce(std::int64_t n, Term term,
                       real (*scalar_term)(const real*, const real*, std::int64_t), const real* a,
                       const real* b) {
  const std::int64_t lanes = static_cast<std::int64_t>(hn::Lanes(sum_tag));
  SumVector s0 = hn::Zero(sum_tag), s1 = s0, s2 = s0, s3 = s0;
  std::int64_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    s0 = hn::Add(s0, term(i));
    s1 = hn::Add(s1, term(i + lanes));
    s2 = hn::Add(s2, term(i + 2 * lanes));
    s3 = hn::Add(s3, term(i + 3 * lanes));
  }
  for (; i + lanes <= n; i += lanes) s0 = hn::Add(s0, term(i));
  real total = hn::GetLane(hn::SumOfLanes(sum_tag, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
  for (; i < n; ++i) total += scalar_term(a, b, i);
  return total;
}

real Sum(const real* x, std::int64_t n) {
  return Reduce(
      n, [x](std::int64_t i) { return hn::LoadU(sum_tag, x + i); },
      [](const real* a, const real*, std::int64_t i) { return a[i]; }, x, x);
}

real Dot(const real* a, const real* b, std::int64_t n) {
  return Reduce(
      n,
      [a, b](std::int64_t i) {
        return hn::Mul(hn::LoadU(sum_tag, a + i), hn::LoadU(sum_tag, b + i));
      },
      [](const real* p, const real* q, std::int64_t i) { return p[i] * q[i]; }, a, b);
}

// Sums four vectors of columns in registers over all rows.
void SumRows(const real* x, int rows, int cols, real* y) {
  if (rows == 0) {  // x may be null
    std::fill_n(y, cols, real(0));
    return;
  }
  const int lanes = static_cast<int>(hn::Lanes(sum_tag));
  int c = 0;
  for (; c + 4 * lanes <= cols; c += 4 * lanes) {
    SumVector s0 = hn::Zero(sum_tag), s1 = s0, s2 = s0, s3 = s0;
    const real* row = x + c;
    for (int r = 0; r < rows; ++r, row += cols) {
      s0 = hn::Add(s0, hn::LoadU(sum_tag, row));
      s1 = hn::Add(s1, hn::LoadU(sum_tag, row + lanes));
      s2 = hn::Add(s2, hn::LoadU(sum_tag, row + 2 * lanes));
      s3 = hn::Add(s3, hn::LoadU(sum_tag, row + 3 * lanes));
    }
    hn::StoreU(s0, sum_tag, y + c);
    hn::StoreU(s1, sum_tag, y + c + lanes);
    hn::StoreU(s2, sum_tag, y + c + 2 * lanes);
    hn::StoreU(s3, sum_tag, y + c + 3 * lanes);
  }
  std::fill(y + c, y + cols, real(0));
  for (std::int64_t r = 0; r < rows; ++r) {
    for (int k = c; k < cols; ++k) y[k] += x[r * cols + k];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace PF_REAL
}  // namespace pushforward
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pushforward::inline PF_REAL::kernels {

HWY_EXPORT(Sum);
HWY_EXPORT(Dot);
HWY_EXPORT(SumRows);

real sum(const real* x, std::int64_t n) { return HWY_DYNAMIC_DISPATCH(Sum)(x, n); }
real dot(const real* a, const real* b, std::int64_t n) {
  return HWY_DYNAMIC_DISPATCH(Dot)(a, b, n);
}
void sum_rows(const real* x, int rows, int cols, real* y) {
  HWY_DYNAMIC_DISPATCH(SumRows)(x, rows, cols, y);
}

}  // namespace pushforward::inline PF_REAL::kernels
#endif  // HWY_ONCE

#endif  // PUSHFORWARD_REAL != 128
