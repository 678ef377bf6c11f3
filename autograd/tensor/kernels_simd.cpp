// The kernels for float and double. Highway compiles them for several instruction sets
// and chooses one at run time.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL != 128

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "autograd/tensor/kernels_simd.cpp"
// The SiLU takes several vectors in an array, and C++ has no arrays of vectors whose size the
// compiler does not know. Instruction sets with such vectors are disabled here; their CPUs use
// vectors of 16 bytes.
#ifndef HWY_DISABLED_TARGETS  // a build may disable more targets
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h

#include <algorithm>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/math.h"
#include "autograd/tensor/sigmoid_simd.h"

HWY_BEFORE_NAMESPACE();
namespace pushforward {
inline namespace PF_REAL {
namespace kernels {
namespace HWY_NAMESPACE {

constexpr std::int64_t kMaxLanes = HWY_MAX_BYTES / sizeof(real);

// The functions below each compute one function of a vector. Those of Highway are exact to a few
// units in the last place within a stated range. Here their results are corrected outside of that
// range, and for NaN, infinities and zeros.

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

void MapSilu(const real* x, real* y, std::int64_t n) {
  const std::int64_t lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + kTogether * lanes <= n; i += kTogether * lanes) {
    V v[kTogether];
    for (int k = 0; k < kTogether; ++k) v[k] = hn::LoadU(d, x + i + k * lanes);
    Silus(v);
    for (int k = 0; k < kTogether; ++k) hn::StoreU(v[k], d, y + i + k * lanes);
  }
  Map1(x + i, y + i, n - i, [](V last) {
    V v[1] = {last};
    Silus(v);
    return v[0];
  });
}

void MapSiluVjp(const real* x, const real* g, real* y, std::int64_t n) {
  const std::int64_t lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + kTogether * lanes <= n; i += kTogether * lanes) {
    V v[kTogether], slope[kTogether];
    for (int k = 0; k < kTogether; ++k) v[k] = hn::LoadU(d, x + i + k * lanes);
    SilusAndSlopes(v, slope);
    for (int k = 0; k < kTogether; ++k)
      hn::StoreU(hn::Mul(hn::LoadU(d, g + i + k * lanes), slope[k]), d, y + i + k * lanes);
  }
  Map2(x + i, g + i, y + i, n - i, [](V last, V last_g) {
    V v[1] = {last}, slope[1];
    SilusAndSlopes(v, slope);
    return hn::Mul(last_g, slope[0]);
  });
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
    case Unary::silu: return MapSilu(x, y, n);
    case Unary::silu_slope:
      return Map1(x, y, n, [](V v) {
        V of_v[1] = {v}, slope[1];
        SilusAndSlopes(of_v, slope);
        return slope[0];
      });
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
    case Binary::silu_vjp: return MapSiluVjp(a, b, y, n);
    case Binary::selu_vjp:
      return Map2(a, b, y, n, [](V x, V g) { return hn::Mul(g, SeluSlope(x)); });
  }
}

void Affine(const real* x, real a, real b, real* y, std::int64_t n) {
  const V va = hn::Set(d, a), vb = hn::Set(d, b);
  Map1(x, y, n, [va, vb](V v) { return hn::MulAdd(va, v, vb); });
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
void fill_rows(const real* x, int rows, int cols, real* y) {
  for (std::int64_t r = 0; r < rows; ++r) std::copy_n(x, cols, y + r * cols);
}
void box_muller(real* u, real* v, std::int64_t n) { HWY_DYNAMIC_DISPATCH(BoxMuller)(u, v, n); }

}  // namespace pushforward::inline PF_REAL::kernels
#endif  // HWY_ONCE

#endif  // PUSHFORWARD_REAL != 128
