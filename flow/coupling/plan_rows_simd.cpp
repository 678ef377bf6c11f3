// The vectorised passes over one row of an entropic plan. The library Highway compiles this file
// for several instruction sets and chooses one at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "flow/coupling/plan_rows_simd.cpp"
#ifndef HWY_DISABLED_TARGETS  // a build may disable more instruction sets
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <cmath>
#include <limits>

#include "flow/coupling/plan_rows.h"

HWY_BEFORE_NAMESPACE();
namespace pushforward::detail {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<double>;
using V = hn::Vec<D>;
constexpr D d;
constexpr hn::CappedTag<double, 1> one;
constexpr double kLowest = std::numeric_limits<double>::lowest();

// Calls body(tag, j) for whole vectors of numbers, then for each remaining number. A number gets
// the same operations in a vector and alone, so its position does not change its result.
template <class Body>
HWY_INLINE void EachVector(int n, Body body) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  int j = 0;
  for (; j + lanes <= n; j += lanes) body(d, j);
  for (; j < n; ++j) body(one, j);
}

double LogSumExp(const double* cost, const double* g, double reg, int n) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  const auto term = [&](int at)
                        HWY_ATTR { return hn::Sub(hn::LoadU(d, g + at), hn::LoadU(d, cost + at)); };
  V maxima = hn::Set(d, kLowest);
  int j = 0;
  for (; j + lanes <= n; j += lanes) maxima = hn::Max(maxima, term(j));
  double maximum = hn::GetLane(hn::MaxOfLanes(d, maxima));
  for (; j < n; ++j) maximum = g[j] - cost[j] > maximum ? g[j] - cost[j] : maximum;

  const V top = hn::Set(d, maximum), scale = hn::Set(d, 1 / reg);
  V sums = hn::Zero(d);
  for (j = 0; j + lanes <= n; j += lanes)
    sums = hn::Add(sums, hn::Exp(d, hn::Mul(hn::Sub(term(j), top), scale)));
  double sum = hn::GetLane(hn::SumOfLanes(d, sums));
  for (; j < n; ++j) sum += std::exp((g[j] - cost[j] - maximum) / reg);
  return maximum / reg + std::log(sum);
}

void RaiseColumns(const double* cost, double f, int n, double* maximum) {
  EachVector(n, [&](auto tag, int j) HWY_ATTR {
    const auto x = hn::Sub(hn::Set(tag, f), hn::LoadU(tag, cost + j));
    hn::StoreU(hn::Max(x, hn::LoadU(tag, maximum + j)), tag, maximum + j);
  });
}

void AddExpColumns(const double* cost, double f, const double* maximum, double reg, int n,
                   double* sum) {
  EachVector(n, [&](auto tag, int j) HWY_ATTR {
    const auto x =
        hn::Sub(hn::Sub(hn::Set(tag, f), hn::LoadU(tag, cost + j)), hn::LoadU(tag, maximum + j));
    const auto e = hn::Exp(tag, hn::Mul(x, hn::Set(tag, 1 / reg)));
    hn::StoreU(hn::Add(e, hn::LoadU(tag, sum + j)), tag, sum + j);
  });
}

void PlanRow(const double* cost, double f, const double* g, double reg, int n, double* out) {
  EachVector(n, [&](auto tag, int j) HWY_ATTR {
    const auto x =
        hn::Sub(hn::Add(hn::Set(tag, f), hn::LoadU(tag, g + j)), hn::LoadU(tag, cost + j));
    hn::StoreU(hn::Exp(tag, hn::Mul(x, hn::Set(tag, 1 / reg))), tag, out + j);
  });
}

double DotRow(const double* a, const double* b, int n) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  V sum = hn::Zero(d), other = sum;
  int j = 0;
  for (; j + 2 * lanes <= n; j += 2 * lanes) {
    sum = hn::MulAdd(hn::LoadU(d, a + j), hn::LoadU(d, b + j), sum);
    other = hn::MulAdd(hn::LoadU(d, a + j + lanes), hn::LoadU(d, b + j + lanes), other);
  }
  double total = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum, other)));
  for (; j < n; ++j) total += a[j] * b[j];
  return total;
}

void AddScaledRow(const double* a, double scale, int n, double* sum) {
  EachVector(n, [&](auto tag, int j) HWY_ATTR {
    hn::StoreU(hn::MulAdd(hn::LoadU(tag, a + j), hn::Set(tag, scale), hn::LoadU(tag, sum + j)), tag,
               sum + j);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace pushforward::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pushforward::detail {

HWY_EXPORT(LogSumExp);
HWY_EXPORT(RaiseColumns);
HWY_EXPORT(AddExpColumns);
HWY_EXPORT(PlanRow);
HWY_EXPORT(DotRow);
HWY_EXPORT(AddScaledRow);

double log_sum_exp(const double* cost, const double* g, double reg, int n) {
  return HWY_DYNAMIC_DISPATCH(LogSumExp)(cost, g, reg, n);
}
void raise_columns(const double* cost, double f, int n, double* maximum) {
  HWY_DYNAMIC_DISPATCH(RaiseColumns)(cost, f, n, maximum);
}
void add_exp_columns(const double* cost, double f, const double* maximum, double reg, int n,
                     double* sum) {
  HWY_DYNAMIC_DISPATCH(AddExpColumns)(cost, f, maximum, reg, n, sum);
}
void plan_row(const double* cost, double f, const double* g, double reg, int n, double* out) {
  HWY_DYNAMIC_DISPATCH(PlanRow)(cost, f, g, reg, n, out);
}
double dot_row(const double* a, const double* b, int n) {
  return HWY_DYNAMIC_DISPATCH(DotRow)(a, b, n);
}
void add_scaled_row(const double* a, double scale, int n, double* sum) {
  HWY_DYNAMIC_DISPATCH(AddScaledRow)(a, scale, n, sum);
}

}  // namespace pushforward::detail
#endif  // HWY_ONCE
