// Functions of vectors for the kernels that Highway compiles several times: the sigmoid, and the
// SiLU with its slope.
//
// A source includes this file after <hwy/foreach_target.h>, which includes the source once for each
// instruction set, and therefore also this file.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "autograd/tensor/real.h"

#if defined(PF_SIGMOID_SIMD_H) == defined(HWY_TARGET_TOGGLE)  // once for each instruction set
#ifdef PF_SIGMOID_SIMD_H
#undef PF_SIGMOID_SIMD_H
#else
#define PF_SIGMOID_SIMD_H
#endif

HWY_BEFORE_NAMESPACE();
namespace pushforward {
inline namespace PF_REAL {
namespace kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<real>;
using V = hn::Vec<D>;
constexpr D d;

// The number of vectors that the functions below handle together. It is limited by the registers.
constexpr int kTogether = HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64 ? 4 : 2;

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

#if PUSHFORWARD_REAL == 32
// Replaces k vectors of z in [-87.5, 87.5] by exp(-z) = 2^n p(r) with n = round(-z / ln 2) and
// r = z + n ln 2. The polynomial p is fitted for a relative error of 3e-9 on |r| <= ln 2 / 2. Each
// step is done for all k vectors before the next step, because an operation has to wait some cycles
// for the result of the one before it.
template <int k>
HWY_INLINE void ExpOfMinus(V (&z)[k]) {
  const hn::RebindToSigned<D> di;
  const V magic = num(12582912);  // 1.5 * 2^23: adding it rounds, and the low bits are n
  V shifted[k], n[k], p[k];
  const auto polynomial = [&](double next) {
    for (int i = 0; i < k; ++i) p[i] = hn::MulAdd(p[i], z[i], num(next));
  };
  for (int i = 0; i < k; ++i) shifted[i] = hn::NegMulAdd(z[i], num(1.44269504088896341), magic);
  for (int i = 0; i < k; ++i) n[i] = hn::Sub(shifted[i], magic);
  for (int i = 0; i < k; ++i) z[i] = hn::MulAdd(n[i], num(0.693359375), z[i]);
  for (int i = 0; i < k; ++i) z[i] = hn::MulAdd(n[i], num(-2.12194440e-4), z[i]);
  for (int i = 0; i < k; ++i) p[i] = num(0.001381459878757596);
  polynomial(-0.008368716575205326);
  polynomial(0.04166838899254799);
  polynomial(-0.1666652113199234);
  polynomial(0.4999999403953552);
  polynomial(-1);
  polynomial(1);
  for (int i = 0; i < k; ++i)
    z[i] = hn::BitCast(
        d, hn::Add(hn::BitCast(di, p[i]), hn::ShiftLeft<23>(hn::BitCast(di, shifted[i]))));
}
#endif

// exp(-|x|). In float, results below the smallest normal number are 0. For NaN the result is
// arbitrary.
HWY_INLINE V ExpOfMinusAbs(V x) {
#if PUSHFORWARD_REAL == 32
  const V abs = hn::Abs(x);
  V e[1] = {hn::Min(abs, num(87.5))};
  ExpOfMinus(e);
  return hn::IfThenElseZero(hn::Lt(abs, num(87.33)), e[0]);
#else
  return Exp(hn::Neg(hn::Abs(x)));
#endif
}

// Beyond these arguments exp(-x) or sigmoid(x) would be smaller than the smallest normal number,
// and count as 0.
constexpr double kSigmoidEdge = sizeof(real) == 4 ? 87.33 : 708.39;

// Computes e = exp(-x) and the denominator below = 1 + e of the sigmoid, 1 / below, for k vectors.
// `below` is infinite where the sigmoid counts as 0. For NaN the results are arbitrary.
template <int k>
HWY_INLINE void ExpAndBelow(const V (&x)[k], V (&e)[k], V (&below)[k]) {
  const V edge = num(kSigmoidEdge), beyond = num(kSigmoidEdge + (sizeof(real) == 4 ? 0.17 : 0.1));
  for (int i = 0; i < k; ++i) e[i] = hn::Clamp(x[i], hn::Neg(beyond), beyond);
#if PUSHFORWARD_REAL == 32
  ExpOfMinus(e);
#else
  for (int i = 0; i < k; ++i) e[i] = Exp(hn::Neg(e[i]));
#endif
  for (int i = 0; i < k; ++i) {
    const auto inside = hn::Gt(x[i], hn::Neg(edge));
    below[i] = hn::IfThenElse(inside, hn::Add(num(1), e[i]), hn::Inf(d));
  }
}

HWY_INLINE V Sigmoid(V x) {
  V of_x[1] = {x}, e[1], below[1];
  ExpAndBelow(of_x, e, below);
  return hn::IfThenElse(hn::IsNaN(x), x, hn::Div(num(1), below[0]));
}

// Replaces k vectors of x by silu(x) = x / (1 + exp(-x)).
template <int k>
HWY_INLINE void Silus(V (&x)[k]) {
  V e[k], below[k];
  ExpAndBelow(x, e, below);
  for (int i = 0; i < k; ++i) x[i] = hn::Div(x[i], below[i]);
}

// Replaces k vectors of x by y = x s with s = sigmoid(x), and sets slope to dy/dx = s + y (1 - s).
// Here 1 - s is e s with e = exp(-x), which has no cancellation.
template <int k>
HWY_INLINE void SilusAndSlopes(V (&x)[k], V (&slope)[k]) {
  V e[k], s[k];
  ExpAndBelow(x, e, s);
  for (int i = 0; i < k; ++i) s[i] = hn::Div(num(1), s[i]);
  for (int i = 0; i < k; ++i)
    e[i] = hn::IfThenElseZero(hn::Lt(x[i], num(kSigmoidEdge)), hn::Mul(e[i], s[i]));
  for (int i = 0; i < k; ++i) x[i] = hn::Mul(x[i], s[i]);
  for (int i = 0; i < k; ++i) slope[i] = hn::MulAdd(x[i], e[i], s[i]);
}

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace PF_REAL
}  // namespace pushforward
HWY_AFTER_NAMESPACE();

#endif  // once for each instruction set
