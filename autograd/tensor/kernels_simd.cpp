// The kernels for float and double. Highway compiles them for several instruction sets
// and chooses one at run time.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL != 128

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/tensor/kernels_simd.cpp"
#ifndef HWY_DISABLED_TARGETS  // a build may disable more targets
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <algorithm>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/math.h"

HWY_BEFORE_NAMESPACE();
namespace pushforward {
inline namespace PF_REAL {
namespace kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<real>;
using V = hn::Vec<D>;
constexpr D d;
constexpr std::int64_t kMaxLanes = HWY_MAX_BYTES / sizeof(real);

// --- functions of one vector
// --------------------------------------------------------------------------------- Highway's
// functions are exact to a few units in the last place inside a stated range; outside of it (and
// for NaN, infinities, zeros) the results are put right here.

HWY_INLINE V num(double x) { return hn::Set(d, static_cast<real>(x)); }

HWY_INLINE V Exp(V x) {
  // Outside the range that Highway supports, exp(x) = exp(x - 32) exp(32), which
  // overflows where exp(x) does.
  const V edge = num(sizeof(real) == 4 ? 80.0 : 690.0);
  const auto high = hn::Gt(x, edge);
  const V reduced = hn::IfThenElse(high, hn::Min(hn::Sub(x, num(32)), hn::Add(edge, num(10))), x);
  const V y = hn::Exp(d, reduced);
  const V scaled = hn::IfThenElse(high, hn::Mul(y, num(7.896296018268069516e13)), y);
  return hn::IfThenElse(hn::IsNaN(x), x, scaled);
}

HWY_INLINE V Log(V x) {
  const V inf = hn::Inf(d);
  const V y = hn::IfThenElse(hn::Eq(x, inf), inf, hn::Log(d, x));
  const V at_zero = hn::IfThenElse(hn::Eq(x, hn::Zero(d)), hn::Neg(inf), y);
  return hn::IfThenElse(hn::Or(hn::Lt(x, hn::Zero(d)), hn::IsNaN(x)), hn::NaN(d), at_zero);
}

HWY_INLINE V Log1p(V x) {
  const V inf = hn::Inf(d), pole = num(-1);
  const V y = hn::IfThenElse(hn::Eq(x, inf), inf, hn::Log1p(d, x));
  const V at_pole = hn::IfThenElse(hn::Eq(x, pole), hn::Neg(inf), y);
  return hn::IfThenElse(hn::Or(hn::Lt(x, pole), hn::IsNaN(x)), hn::NaN(d), at_pole);
}

HWY_INLINE V Sin(V x) { return hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, hn::Sin(d, x)); }  // -0

HWY_INLINE V Tanh(V x) { return hn::IfThenElse(hn::IsNaN(x), x, hn::Tanh(d, x)); }

// exp(-|x|), the inner loop of training. In float it is 2^n (1 + r + r^2 p(r)) with n = round(-|x|
// / ln 2) and r = -|x| - n ln 2. p is fitted for a relative error of 3e-9 on |r| <= ln 2 / 2.
// Results below the smallest normal float are 0. For NaN the result is arbitrary.
HWY_INLINE V ExpOfMinusAbs(V x) {
#if PUSHFORWARD_REAL == 32
  const hn::RebindToSigned<D> di;
  const V minus_abs = hn::Or(x, hn::SignBit(d));
  const V z = hn::Max(minus_abs, num(-87.5));
  const V magic = num(12582912);  // 1.5 * 2^23: adding it rounds, and the low bits are n
  const V shifted = hn::MulAdd(z, num(1.44269504088896341), magic);
  const V n = hn::Sub(shifted, magic);
  const V r = hn::NegMulAdd(n, num(-2.12194440e-4), hn::NegMulAdd(n, num(0.693359375), z));
  V p = hn::MulAdd(num(0.001381459878757596), r, num(0.008368716575205326));
  p = hn::MulAdd(p, r, num(0.04166838899254799));
  p = hn::MulAdd(p, r, num(0.1666652113199234));
  p = hn::MulAdd(p, r, num(0.4999999403953552));
  p = hn::MulAdd(hn::Mul(r, r), p, hn::Add(r, num(1)));
  const auto scaled = hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::BitCast(di, shifted)));
  return hn::IfThenElseZero(hn::Gt(minus_abs, num(-87.33)), hn::BitCast(d, scaled));
#else
  return Exp(hn::Neg(hn::Abs(x)));
#endif
}

// 1 / x for x in [1, 2].
HWY_INLINE V InverseOneToTwo(V x) {
#if PUSHFORWARD_REAL == 32 && HWY_TARGET <= HWY_AVX3
  const V r = hn::ApproximateReciprocal(x);  // 14 bits; one Newton step gives 28
  return hn::MulAdd(r, hn::NegMulAdd(x, r, num(1)), r);
#else
  return hn::Div(num(1), x);
#endif
}

// sigmoid(x); x must not be NaN.
HWY_INLINE V SigmoidOfNumber(V x) {
  const V e = ExpOfMinusAbs(x);
  const V r = InverseOneToTwo(hn::Add(num(1), e));
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(e, r), r);
}

HWY_INLINE V Sigmoid(V x) { return hn::IfThenElse(hn::IsNaN(x), x, SigmoidOfNumber(x)); }

// s + x s (1 - s) with s (1 - s) = e / (1 + e)^2 and e = exp(-|x|). This avoids 1 - s,
// which cancels for large x.
HWY_INLINE V SiluSlope(V x) {
  const V e = ExpOfMinusAbs(x);
  const V r = InverseOneToTwo(hn::Add(num(1), e));
  const V er = hn::Mul(e, r);
  const V s = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), er, r);
  return hn::MulAdd(x, hn::Mul(er, r), s);
}

HWY_INLINE V Relu(V x) { return hn::IfThenElse(hn::Le(x, hn::Zero(d)), hn::Zero(d), x); }

HWY_INLINE V Softplus(V x) { return hn::Add(Relu(x), hn::Log1p(d, ExpOfMinusAbs(x))); }

// lambda x above 0, lambda alpha (exp(x) - 1) below. Keeps the sign of -0.
HWY_INLINE V Selu(V x) {
  const V below = hn::Mul(num(scalar::kSeluBelow), hn::Expm1(d, hn::Min(x, hn::Zero(d))));
  const V y = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), hn::Mul(num(scalar::kSelu), x),
                             hn::Or(below, hn::And(x, hn::SignBit(d))));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

HWY_INLINE V SeluSlope(V x) {
  const V y = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), num(scalar::kSelu),
                             hn::Mul(num(scalar::kSeluBelow), ExpOfMinusAbs(x)));
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

HWY_INLINE V Sign(V x) {
  return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), num(1),
                        hn::IfThenElse(hn::Lt(x, hn::Zero(d)), num(-1), x));
}

HWY_INLINE V Step(V x) {
  return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), num(1),
                        hn::IfThenElse(hn::IsNaN(x), x, hn::Zero(d)));
}

HWY_INLINE V Maximum(V a, V b) {
  const V larger = hn::IfThenElse(hn::Lt(a, b), b, a);
  return hn::IfThenElse(hn::Or(hn::IsNaN(a), hn::IsNaN(b)), hn::Add(a, b), larger);
}

HWY_INLINE V Greater(V a, V b) {
  const V y =
      hn::IfThenElse(hn::Gt(a, b), num(1), hn::IfThenElse(hn::Lt(a, b), hn::Zero(d), num(0.5)));
  return hn::IfThenElse(hn::Or(hn::IsNaN(a), hn::IsNaN(b)), hn::Add(a, b), y);
}

// The tail is padded to a full vector, so an element's result does not depend on its position.

template <class F>
HWY_INLINE void Map1(const real* x, real* y, std::int64_t n, F f) {
  const std::int64_t lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(f(hn::LoadU(d, x + i)), d, y + i);
  if (i == n) return;
  HWY_ALIGN real last[kMaxLanes] = {};
  std::copy(x + i, x + n, last);
  hn::Store(f(hn::Load(d, last)), d, last);
  std::copy_n(last, n - i, y + i);
}

template <class F>
HWY_INLINE void Map2(const real* a, const real* b, real* y, std::int64_t n, F f) {
  const std::int64_t lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes)
    hn::StoreU(f(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, y + i);
  if (i == n) return;
  HWY_ALIGN real last_a[kMaxLanes] = {}, last_b[kMaxLanes] = {};
  std::copy(a + i, a + n, last_a);
  std::copy(b + i, b + n, last_b);
  hn::Store(f(hn::Load(d, last_a), hn::Load(d, last_b)), d, last_a);
  std::copy_n(last_a, n - i, y + i);
}

// sin and cos: the vector code handles arguments up to 39,000. Larger ones
// and NaN go to the C library.
template <class F>
HWY_INLINE V Periodic(V x, F f, real (*exact)(real)) {
  const V y = f(x);
  const auto large = hn::Not(hn::Le(hn::Abs(x), num(39000)));
  if (HWY_LIKELY(hn::AllFalse(d, large))) return y;
  HWY_ALIGN real xs[kMaxLanes], ys[kMaxLanes];
  hn::Store(x, d, xs);
  hn::Store(y, d, ys);
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
    if (!(scalar::fabs(xs[i]) <= 39000)) ys[i] = exact(xs[i]);
  }
  return hn::Load(d, ys);
}

void MapUnary(Unary f, const real* x, real* y, std::int64_t n) {
  switch (f) {
    case Unary::exp: return Map1(x, y, n, [](V v) { return Exp(v); });
    case Unary::log: return Map1(x, y, n, [](V v) { return Log(v); });
    case Unary::log1p: return Map1(x, y, n, [](V v) { return Log1p(v); });
    case Unary::sqrt: return Map1(x, y, n, [](V v) { return hn::Sqrt(v); });
    case Unary::square: return Map1(x, y, n, [](V v) { return hn::Mul(v, v); });
    case Unary::abs: return Map1(x, y, n, [](V v) { return hn::Abs(v); });
    case Unary::sign: return Map1(x, y, n, [](V v) { return Sign(v); });
    case Unary::step: return Map1(x, y, n, [](V v) { return Step(v); });
    case Unary::reciprocal: return Map1(x, y, n, [](V v) { return hn::Div(num(1), v); });
    case Unary::tanh: return Map1(x, y, n, [](V v) { return Tanh(v); });
    case Unary::sigmoid: return Map1(x, y, n, [](V v) { return Sigmoid(v); });
    case Unary::silu: return Map1(x, y, n, [](V v) { return hn::Mul(v, SigmoidOfNumber(v)); });
    case Unary::relu: return Map1(x, y, n, [](V v) { return Relu(v); });
    case Unary::softplus: return Map1(x, y, n, [](V v) { return Softplus(v); });
    case Unary::selu: return Map1(x, y, n, [](V v) { return Selu(v); });
    case Unary::neg: return Map1(x, y, n, [](V v) { return hn::Neg(v); });
    case Unary::sin:
      return Map1(x, y, n, [](V v) {
        return Periodic(
            v, [](V w) { return Sin(w); }, [](real w) { return scalar::sin(w); });
      });
    case Unary::cos:
      return Map1(x, y, n, [](V v) {
        return Periodic(
            v, [](V w) { return hn::Cos(d, w); }, [](real w) { return scalar::cos(w); });
      });
    // Highway has no error function, so this uses the exact one of the C library.
    case Unary::gelu:
      for (std::int64_t i = 0; i < n; ++i) y[i] = scalar::gelu(x[i]);
      return;
    case Unary::normal_cdf:
      for (std::int64_t i = 0; i < n; ++i) y[i] = scalar::normal_cdf(x[i]);
      return;
  }
}

void MapBinary(Binary f, const real* a, const real* b, real* y, std::int64_t n) {
  switch (f) {
    case Binary::add: return Map2(a, b, y, n, [](V p, V q) { return hn::Add(p, q); });
    case Binary::sub: return Map2(a, b, y, n, [](V p, V q) { return hn::Sub(p, q); });
    case Binary::mul: return Map2(a, b, y, n, [](V p, V q) { return hn::Mul(p, q); });
    case Binary::div: return Map2(a, b, y, n, [](V p, V q) { return hn::Div(p, q); });
    case Binary::maximum: return Map2(a, b, y, n, [](V p, V q) { return Maximum(p, q); });
    case Binary::greater: return Map2(a, b, y, n, [](V p, V q) { return Greater(p, q); });
    case Binary::silu_vjp:
      return Map2(a, b, y, n, [](V x, V g) { return hn::Mul(g, SiluSlope(x)); });
    case Binary::selu_vjp:
      return Map2(a, b, y, n, [](V x, V g) { return hn::Mul(g, SeluSlope(x)); });
  }
}

void Affine(const real* x, real a, real b, real* y, std::int64_t n) {
  const V va = hn::Set(d, a), vb = hn::Set(d, b);
  Map1(x, y, n, [va, vb](V v) { return hn::MulAdd(va, v, vb); });
}

// Sums in four vectors, then across their lanes, then adds the tail one by one.
template <class Term>
HWY_INLINE real Reduce(std::int64_t n, Term term,
                       real (*scalar_term)(const real*, const real*, std::int64_t), const real* a,
                       const real* b) {
  const std::int64_t lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  std::int64_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    s0 = hn::Add(s0, term(i));
    s1 = hn::Add(s1, term(i + lanes));
    s2 = hn::Add(s2, term(i + 2 * lanes));
    s3 = hn::Add(s3, term(i + 3 * lanes));
  }
  for (; i + lanes <= n; i += lanes) s0 = hn::Add(s0, term(i));
  real total = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
  for (; i < n; ++i) total += scalar_term(a, b, i);
  return total;
}

real Sum(const real* x, std::int64_t n) {
  return Reduce(
      n, [x](std::int64_t i) { return hn::LoadU(d, x + i); },
      [](const real* a, const real*, std::int64_t i) { return a[i]; }, x, x);
}

real Dot(const real* a, const real* b, std::int64_t n) {
  return Reduce(
      n, [a, b](std::int64_t i) { return hn::Mul(hn::LoadU(d, a + i), hn::LoadU(d, b + i)); },
      [](const real* p, const real* q, std::int64_t i) { return p[i] * q[i]; }, a, b);
}

// Sums four vectors of columns in registers over all rows.
void SumRows(const real* x, int rows, int cols, real* y) {
  if (rows == 0) {  // x may be null
    std::fill_n(y, cols, real(0));
    return;
  }
  const int lanes = static_cast<int>(hn::Lanes(d));
  int c = 0;
  for (; c + 4 * lanes <= cols; c += 4 * lanes) {
    V s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
    const real* row = x + c;
    for (int r = 0; r < rows; ++r, row += cols) {
      s0 = hn::Add(s0, hn::LoadU(d, row));
      s1 = hn::Add(s1, hn::LoadU(d, row + lanes));
      s2 = hn::Add(s2, hn::LoadU(d, row + 2 * lanes));
      s3 = hn::Add(s3, hn::LoadU(d, row + 3 * lanes));
    }
    hn::StoreU(s0, d, y + c);
    hn::StoreU(s1, d, y + c + lanes);
    hn::StoreU(s2, d, y + c + 2 * lanes);
    hn::StoreU(s3, d, y + c + 3 * lanes);
  }
  std::fill(y + c, y + cols, real(0));
  for (std::int64_t r = 0; r < rows; ++r) {
    for (int k = c; k < cols; ++k) y[k] += x[r * cols + k];
  }
}

void BoxMuller(real* u, real* v, std::int64_t n) {
  const auto radius = [](V p) {
    // log(1 + p) = log(y) p / (y - 1) with y = 1 + p as rounded
    const V one = num(1);
    const auto below = hn::Lt(p, hn::Zero(d));
    const V y = hn::IfThenElse(below, hn::Add(one, p), p);
    const V log = Log(y), off = hn::Sub(y, one);
    const V mended = hn::IfThenElse(hn::Eq(off, hn::Zero(d)), p, hn::Mul(log, hn::Div(p, off)));
    const V l = hn::IfThenElse(below, mended, log);
    return hn::Sqrt(hn::Max(hn::Zero(d), hn::Mul(num(-2), l)));
  };
  const V turn = num(6.283185307179586477);
  const std::int64_t lanes = static_cast<std::int64_t>(hn::Lanes(d));
  HWY_ALIGN real us[kMaxLanes] = {}, vs[kMaxLanes] = {};
  for (std::int64_t i = 0; i < n; i += lanes) {
    const std::int64_t count = std::min(lanes, n - i);
    std::copy_n(u + i, count, us);
    std::copy_n(v + i, count, vs);
    const V r = radius(hn::Load(d, us)), a = hn::Mul(turn, hn::Load(d, vs));
    hn::Store(hn::Mul(r, hn::Cos(d, a)), d, us);
    hn::Store(hn::Mul(r, hn::Sin(d, a)), d, vs);
    std::copy_n(us, count, u + i);
    std::copy_n(vs, count, v + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace PF_REAL
}  // namespace pushforward
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pushforward::inline PF_REAL::kernels {

HWY_EXPORT(MapUnary);
HWY_EXPORT(MapBinary);
HWY_EXPORT(Affine);
HWY_EXPORT(Sum);
HWY_EXPORT(Dot);
HWY_EXPORT(SumRows);
HWY_EXPORT(BoxMuller);

void map(Unary f, const real* x, real* y, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(MapUnary)(f, x, y, n);
}
void map(Binary f, const real* a, const real* b, real* y, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(MapBinary)(f, a, b, y, n);
}
void affine(const real* x, real a, real b, real* y, std::int64_t n) {
  HWY_DYNAMIC_DISPATCH(Affine)(x, a, b, y, n);
}
real sum(const real* x, std::int64_t n) { return HWY_DYNAMIC_DISPATCH(Sum)(x, n); }
real dot(const real* a, const real* b, std::int64_t n) {
  return HWY_DYNAMIC_DISPATCH(Dot)(a, b, n);
}
void sum_rows(const real* x, int rows, int cols, real* y) {
  HWY_DYNAMIC_DISPATCH(SumRows)(x, rows, cols, y);
}
void fill_rows(const real* x, int rows, int cols, real* y) {
  for (std::int64_t r = 0; r < rows; ++r) std::copy_n(x, cols, y + r * cols);
}
void box_muller(real* u, real* v, std::int64_t n) { HWY_DYNAMIC_DISPATCH(BoxMuller)(u, v, n); }

}  // namespace pushforward::inline PF_REAL::kernels
#endif  // HWY_ONCE

#endif  // PUSHFORWARD_REAL != 128
