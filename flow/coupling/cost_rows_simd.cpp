// The vectorised passes over one row of a cost matrix. The library Highway compiles this file for
// several instruction sets and chooses one at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "flow/coupling/cost_rows_simd.cpp"
#ifndef HWY_DISABLED_TARGETS  // a build may disable more instruction sets
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/highway.h>

#include <cmath>
#include <limits>

#include "flow/coupling/cost_rows.h"

HWY_BEFORE_NAMESPACE();
namespace pushforward::detail {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<double>;
using I = hn::RebindToSigned<D>;
using V = hn::Vec<D>;
using VI = hn::Vec<I>;
constexpr D d;
constexpr I di;
constexpr double kCostInfinity = std::numeric_limits<double>::infinity();

// For each lane (element of a vector), the minimum of the numbers that it has seen, and the index
// of this minimum's first occurrence in the lane.
struct Tracker {
  V value;
  VI at;

  HWY_INLINE void see(V h, VI index) {
    const auto less = hn::Lt(h, value);
    value = hn::Min(h, value);
    at = hn::IfThenElse(hn::RebindMask(di, less), index, at);
  }
  HWY_INLINE void merge(const Tracker& other) {
    // If values are equal, keep the lower index.
    const auto less = hn::Lt(other.value, value);
    const auto tie = hn::And(hn::Eq(other.value, value), hn::RebindMask(d, hn::Lt(other.at, at)));
    const auto take = hn::Or(less, tie);
    value = hn::IfThenElse(take, other.value, value);
    at = hn::IfThenElse(hn::RebindMask(di, take), other.at, at);
  }
  HWY_INLINE Minimum across() const {
    // If all lanes are infinite, MinOfLanes returns the largest finite number on Highway's emulated
    // target, so that number is replaced by infinity.
    const V found = hn::MinOfLanes(d, value), inf = hn::Set(d, kCostInfinity);
    const V minimum =
        hn::IfThenElse(hn::Eq(found, hn::Set(d, std::numeric_limits<double>::max())), inf, found);
    const VI none = hn::Set(di, std::numeric_limits<std::int64_t>::max());
    const VI mine = hn::IfThenElse(hn::RebindMask(di, hn::Eq(value, minimum)), at, none);
    return {hn::GetLane(minimum), static_cast<int>(hn::GetLane(hn::MinOfLanes(di, mine)))};
  }
};

HWY_INLINE Tracker Nothing() { return {hn::Set(d, kCostInfinity), hn::Zero(di)}; }

// Computes the squared distances of kRows points x to the points y that fill kVectors vectors. Each
// loaded number is used in several sums.
template <int kRows, int kVectors, class Tag>
HWY_INLINE void Tile(Tag tag, const double* x, std::size_t n, std::size_t dim, const double* y,
                     double* out) {
  using Vector = hn::Vec<Tag>;
  const std::size_t lanes = hn::Lanes(tag);
  Vector sum[kRows][kVectors];
  for (auto& row : sum)
    for (Vector& s : row) s = hn::Zero(tag);
  for (std::size_t k = 0; k < dim; ++k) {
    Vector column[kVectors];
    for (int c = 0; c < kVectors; ++c) column[c] = hn::LoadU(tag, y + k * n + c * lanes);
    for (int r = 0; r < kRows; ++r) {
      const Vector at = hn::Set(tag, x[r * dim + k]);
      for (int c = 0; c < kVectors; ++c) {
        const Vector gap = hn::Sub(at, column[c]);
        sum[r][c] = hn::MulAdd(gap, gap, sum[r][c]);
      }
    }
  }
  for (int r = 0; r < kRows; ++r)
    for (int c = 0; c < kVectors; ++c) hn::StoreU(sum[r][c], tag, out + r * n + c * lanes);
}

template <int kRows>
HWY_INLINE void Band(const double* x, std::size_t n, std::size_t dim, const double* y,
                     double* out) {
  constexpr hn::CappedTag<double, 1> one;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t j = 0;
  for (; j + 2 * lanes <= n; j += 2 * lanes) Tile<kRows, 2>(d, x, n, dim, y + j, out + j);
  for (; j + lanes <= n; j += lanes) Tile<kRows, 1>(d, x, n, dim, y + j, out + j);
  for (; j < n; ++j) Tile<kRows, 1>(one, x, n, dim, y + j, out + j);
}

void SquaredDistances(int rows, const double* x, int n, int dim, const double* y, double* out) {
  const std::size_t width = static_cast<std::size_t>(n), depth = static_cast<std::size_t>(dim);
  std::size_t i = 0;
  const std::size_t all = static_cast<std::size_t>(rows);
  for (; i + 4 <= all; i += 4) Band<4>(x + i * depth, width, depth, y, out + i * width);
  for (; i < all; ++i) Band<1>(x + i * depth, width, depth, y, out + i * width);
}

bool AllWithin(const double* row, int n, double limit) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  auto good = hn::Eq(hn::Zero(d), hn::Zero(d));
  int j = 0;
  for (; j + lanes <= n; j += lanes)
    good = hn::And(good, hn::Le(hn::Abs(hn::LoadU(d, row + j)), hn::Set(d, limit)));
  bool all = hn::AllTrue(d, good);
  for (; j < n; ++j) all = all && std::abs(row[j]) <= limit;
  return all;
}

void LowerColumns(const double* row, int n, std::int64_t i, double* minimum, std::int64_t* at) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  const VI from = hn::Set(di, i);
  int j = 0;
  for (; j + lanes <= n; j += lanes) {
    const V c = hn::LoadU(d, row + j), old = hn::LoadU(d, minimum + j);
    const auto less = hn::Lt(c, old);
    hn::StoreU(hn::IfThenElse(less, c, old), d, minimum + j);
    hn::StoreU(hn::IfThenElse(hn::RebindMask(di, less), from, hn::LoadU(di, at + j)), di, at + j);
  }
  for (; j < n; ++j) {
    if (row[j] < minimum[j]) {
      minimum[j] = row[j];
      at[j] = i;
    }
  }
}

TwoMinima FindTwoMinima(const double* row, const double* v, int n) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  Tracker a = Nothing(), b = Nothing();
  V second_a = hn::Set(d, kCostInfinity), second_b = second_a;
  VI index = hn::Iota(di, 0);
  const VI step = hn::Set(di, lanes);
  const auto see = [&](Tracker& tracker, V& second, int at) HWY_ATTR {
    const V h = hn::Sub(hn::LoadU(d, row + at), hn::LoadU(d, v + at));
    second = hn::Min(second, hn::Max(tracker.value, h));
    tracker.see(h, index);
    index = hn::Add(index, step);
  };
  int j = 0;
  for (; j + 2 * lanes <= n; j += 2 * lanes) {
    see(a, second_a, j);
    see(b, second_b, j + lanes);
  }
  for (; j + lanes <= n; j += lanes) see(a, second_a, j);
  second_a = hn::Min(hn::Min(second_a, second_b), hn::Max(a.value, b.value));
  a.merge(b);
  const Minimum first = a.across();
  TwoMinima two{first.value, kCostInfinity, first.at};
  // The second least number is either the second least of the lane that holds the least, or the
  // least of another lane.
  const auto holds = hn::RebindMask(d, hn::Eq(a.at, hn::Set(di, first.at)));
  two.second = Tracker{hn::IfThenElse(holds, second_a, a.value), a.at}.across().value;
  for (; j < n; ++j) {
    const double h = row[j] - v[j];
    if (h < two.minimum) {
      two.second = two.minimum;
      two.minimum = h;
      two.at = j;
    } else if (h < two.second) {
      two.second = h;
    }
  }
  return two;
}

Minimum Relax(const double* row, const double* v, int n, double offset, std::int64_t i,
              double* distance, std::int64_t* from) {
  const int lanes = static_cast<int>(hn::Lanes(d));
  const V shift = hn::Set(d, offset);
  const VI me = hn::Set(di, i), step = hn::Set(di, lanes);
  Tracker a = Nothing(), b = Nothing();
  VI index = hn::Iota(di, 0);
  const auto see = [&](Tracker& tracker, int at) HWY_ATTR {
    const V h = hn::Sub(hn::Sub(hn::LoadU(d, row + at), hn::LoadU(d, v + at)), shift);
    const V old = hn::LoadU(d, distance + at);
    const auto less = hn::Lt(h, old);
    const V now = hn::IfThenElse(less, h, old);
    hn::StoreU(now, d, distance + at);
    hn::BlendedStore(me, hn::RebindMask(di, less), di, from + at);
    tracker.see(now, index);
    index = hn::Add(index, step);
  };
  int j = 0;
  for (; j + 2 * lanes <= n; j += 2 * lanes) {
    see(a, j);
    see(b, j + lanes);
  }
  for (; j + lanes <= n; j += lanes) see(a, j);
  a.merge(b);
  Minimum minimum = a.across();
  for (; j < n; ++j) {
    const double h = row[j] - v[j] - offset;
    if (h < distance[j]) {
      distance[j] = h;
      from[j] = i;
    }
    if (distance[j] < minimum.value) minimum = {distance[j], j};
  }
  return minimum;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace pushforward::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace pushforward::detail {

HWY_EXPORT(SquaredDistances);
HWY_EXPORT(AllWithin);
HWY_EXPORT(LowerColumns);
HWY_EXPORT(FindTwoMinima);
HWY_EXPORT(Relax);

void squared_distances(int rows, const double* x, int n, int dim, const double* y, double* out) {
  HWY_DYNAMIC_DISPATCH(SquaredDistances)(rows, x, n, dim, y, out);
}
bool all_within(const double* row, int n, double limit) {
  return HWY_DYNAMIC_DISPATCH(AllWithin)(row, n, limit);
}
void lower_columns(const double* row, int n, std::int64_t i, double* minimum, std::int64_t* at) {
  HWY_DYNAMIC_DISPATCH(LowerColumns)(row, n, i, minimum, at);
}
TwoMinima two_minima(const double* row, const double* v, int n) {
  return HWY_DYNAMIC_DISPATCH(FindTwoMinima)(row, v, n);
}
Minimum relax(const double* row, const double* v, int n, double offset, std::int64_t i,
              double* distance, std::int64_t* from) {
  return HWY_DYNAMIC_DISPATCH(Relax)(row, v, n, offset, i, distance, from);
}

}  // namespace pushforward::detail
#endif  // HWY_ONCE
