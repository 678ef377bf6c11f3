// The loops of a training step. Highway compiles them for several instruction sets
// and chooses one at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/training/update_simd.cpp"
#ifndef HWY_DISABLED_TARGETS  // a build may disable more instruction sets
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#include <algorithm>

#include "nn/training/update.h"

HWY_BEFORE_NAMESPACE();
namespace pushforward {
inline namespace PF_REAL {
namespace kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<real, 16>;  // lengths of flat arrays are multiples of 16
using V = hn::Vec<D>;
constexpr D d;

// Replaces each weight p of a block, with gradient g and index i, by rule(g, p, i), and updates the
// average. `with_ema` is a template parameter, so the loop does not test for it.
template <bool with_ema, class Rule>
HWY_INLINE void Pass(const WeightUpdate& u, const UpdateArrays& a, std::size_t begin,
                     std::size_t end, const Rule& rule) {
  const V scale = hn::Set(d, u.gradient_scale), rate = hn::Set(d, u.ema_rate);
  for (std::size_t i = begin; i < end; i += hn::Lanes(d)) {
    const V g = hn::Mul(hn::Load(d, a.gradient + i), scale);
    const V p = rule(g, hn::Load(d, a.value + i), i);
    hn::Store(p, d, a.value + i);
    if constexpr (with_ema) {
      const V e = hn::Load(d, a.ema + i);
      hn::Store(hn::MulAdd(rate, hn::Sub(p, e), e), d, a.ema + i);
    }
  }
}

template <class Rule>
HWY_INLINE void Pass(const WeightUpdate& u, const UpdateArrays& a, std::size_t begin,
                     std::size_t end, const Rule& rule) {
  if (a.ema) {
    Pass<true>(u, a, begin, end, rule);
  } else {
    Pass<false>(u, a, begin, end, rule);
  }
}

void Sgd(const WeightUpdate& u, const UpdateArrays& a, std::size_t begin, std::size_t end) {
  const V lr = hn::Set(d, u.lr), decay = hn::Set(d, u.weight_decay), mu = hn::Set(d, u.momentum);
  if (!a.first) {
    return Pass(u, a, begin, end, [&](V g, V p, std::size_t) HWY_ATTR {
      return hn::NegMulAdd(lr, hn::MulAdd(decay, p, g), p);
    });
  }
  const bool nesterov = u.nesterov;
  Pass(u, a, begin, end, [&](V g, V p, std::size_t i) HWY_ATTR {
    g = hn::MulAdd(decay, p, g);
    const V m = hn::MulAdd(mu, hn::Load(d, a.first + i), g);
    hn::Store(m, d, a.first + i);
    return hn::NegMulAdd(lr, nesterov ? hn::MulAdd(mu, m, g) : m, p);
  });
}

// The update of Adam and AdamW. If `coupled`, weight decay is added to the gradient (adam).
// Otherwise it shrinks the weights (adamw).
template <bool coupled>
void Adam(const WeightUpdate& u, const UpdateArrays& a, std::size_t begin, std::size_t end) {
  const V b1 = hn::Set(d, u.beta1), b2 = hn::Set(d, u.beta2);
  const V c1 = hn::Set(d, 1 - u.beta1), c2 = hn::Set(d, 1 - u.beta2);
  const V step = hn::Set(d, u.step_size), root = hn::Set(d, u.root_scale), eps = hn::Set(d, u.eps);
  const V decay = hn::Set(d, coupled ? u.weight_decay : u.lr * u.weight_decay);
  Pass(u, a, begin, end, [&](V g, V p, std::size_t i) HWY_ATTR {
    if constexpr (coupled) {
      g = hn::MulAdd(decay, p, g);
    } else {
      p = hn::NegMulAdd(decay, p, p);
    }
    const V m = hn::MulAdd(b1, hn::Load(d, a.first + i), hn::Mul(c1, g));
    const V v = hn::MulAdd(b2, hn::Load(d, a.second + i), hn::Mul(c2, hn::Mul(g, g)));
    hn::Store(m, d, a.first + i);
    hn::Store(v, d, a.second + i);
    return hn::NegMulAdd(step, hn::Div(m, hn::MulAdd(hn::Sqrt(v), root, eps)), p);
  });
}

void UpdateBlock(const WeightUpdate& u, const UpdateArrays& a, std::size_t begin,
                 std::size_t count) {
  const std::size_t end = begin + count;
  switch (u.kind) {
    case OptimizerKind::sgd: return Sgd(u, a, begin, end);
    case OptimizerKind::adam: return Adam<true>(u, a, begin, end);
    case OptimizerKind::adamw: return Adam<false>(u, a, begin, end);
  }
}

// Returns the sum of squares of n numbers in double: four sums in parallel, then the sum of the
// four, then the remaining elements one by one.
double Squares(const real* y, std::size_t n) {
  const hn::CappedTag<double, 8> dd;
  const hn::Rebind<real, decltype(dd)> dr;
  const std::size_t lanes = hn::Lanes(dd);
  const auto load = [&](const auto* at)
                        HWY_ATTR {  // generic, so that the other branch is not compiled
                          if constexpr (sizeof *at == sizeof(double)) {
                            return hn::LoadU(dr, at);
                          } else {
                            return hn::PromoteTo(dd, hn::LoadU(dr, at));
                          }
                        };
  auto s0 = hn::Zero(dd), s1 = s0, s2 = s0, s3 = s0;
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    const auto y0 = load(y + i), y1 = load(y + i + lanes);
    const auto y2 = load(y + i + 2 * lanes), y3 = load(y + i + 3 * lanes);
    s0 = hn::MulAdd(y0, y0, s0);
    s1 = hn::MulAdd(y1, y1, s1);
    s2 = hn::MulAdd(y2, y2, s2);
    s3 = hn::MulAdd(y3, y3, s3);
  }
  double total = hn::GetLane(hn::SumOfLanes(dd, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
  for (; i < n; ++i) total += double(y[i]) * double(y[i]);
  return total;
}

double AddAndSquare(std::span<const real* const> from, std::size_t n, real* y) {
  constexpr std::size_t kPart = 1024;  // a part is squared while it is in the cache
  const std::size_t lanes = hn::Lanes(d);
  double squares = 0;
  for (std::size_t begin = 0; begin < n; begin += kPart) {
    const std::size_t end = std::min(n, begin + kPart);
    std::size_t i = begin;
    for (; i + lanes <= end; i += lanes) {
      V s = hn::LoadU(d, from[0] + i);
      for (std::size_t k = 1; k < from.size(); ++k) s = hn::Add(s, hn::LoadU(d, from[k] + i));
      hn::StoreU(s, d, y + i);
    }
    for (; i < end; ++i) {
      real s = from[0][i];
      for (std::size_t k = 1; k < from.size(); ++k) s += from[k][i];
      y[i] = s;
    }
    squares += Squares(y + begin, end - begin);
  }
  return squares;
}

void Accumulate(const real* x, std::size_t n, real* y) {
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    hn::StoreU(hn::Add(hn::LoadU(d, y + i), hn::LoadU(d, x + i)), d, y + i);
  for (; i < n; ++i) y[i] += x[i];
}

}  // namespace HWY_NAMESPACE
}  // namespace kernels
}  // namespace PF_REAL
}  // namespace pushforward
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pushforward::inline PF_REAL::kernels {

HWY_EXPORT(UpdateBlock);
HWY_EXPORT(AddAndSquare);
HWY_EXPORT(Accumulate);

void update(const WeightUpdate& u, const UpdateArrays& arrays, std::size_t begin,
            std::size_t count) {
  HWY_DYNAMIC_DISPATCH(UpdateBlock)(u, arrays, begin, count);
}
double add_and_square(std::span<const real* const> from, std::size_t n, real* y) {
  return HWY_DYNAMIC_DISPATCH(AddAndSquare)(from, n, y);
}
void accumulate(const real* x, std::size_t n, real* y) {
  HWY_DYNAMIC_DISPATCH(Accumulate)(x, n, y);
}

}  // namespace pushforward::inline PF_REAL::kernels
#endif  // HWY_ONCE
