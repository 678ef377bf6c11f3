#include "flow/maps/exact_map.h"

#include <algorithm>
#include <utility>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

using Numbers = std::vector<double>;

// Returns the derivative at 0 of the function f, whose value is an array, by differences of order 8
// for each element of the array.
template <class F>
Numbers slope_at_zero(const F& f, double step) {
  constexpr double kWeights[] = {4. / 5, -1. / 5, 4. / 105, -1. / 280};
  Numbers slope = f(step);
  for (double& one : slope) one = 0;
  for (int k = 1; k <= 4; ++k) {
    const Numbers after = f(k * step), before = f(-k * step);
    for (std::size_t i = 0; i < slope.size(); ++i)
      slope[i] += kWeights[k - 1] * (after[i] - before[i]) / step;
  }
  return slope;
}

// A map with the mean velocity of one point.
struct MeanVelocity {
  PlainMap map;
  double step;

  Numbers operator()(const Numbers& x, double s, double t) const {
    if (s == t) return slope_at_zero([&](double h) { return map(x, s, s + h); }, step);
    Numbers v = map(x, s, t);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = (v[i] - x[i]) / (t - s);
    return v;
  }
  // The derivatives in t, in s and in coordinate j of x.
  Numbers in_end(const Numbers& x, double s, double t) const {
    return slope_at_zero([&](double h) { return (*this)(x, s, t + h); }, step);
  }
  Numbers in_start(const Numbers& x, double s, double t) const {
    return slope_at_zero([&](double h) { return (*this)(x, s + h, t); }, step);
  }
  Numbers in_point(const Numbers& x, std::size_t j, double s, double t) const {
    return slope_at_zero(
        [&](double h) {
          Numbers moved = x;
          moved[j] += h;
          return (*this)(moved, s, t);
        },
        step);
  }
};

// Constants of one evaluation: the values (B, D), the slopes in the times (B, D), and the Jacobian
// (B, D, D), whose element (b, j, i) is d v_i / d x_j.
struct LinearModel {
  std::span<real> value, in_start, in_end, jacobian;
  Var values, starts, ends, jacobians;

  LinearModel(Tape& tape, int rows, int dim) {
    values = tape.uninitialised({rows, dim}, value, "map");
    starts = tape.uninitialised({rows, dim}, in_start, "map in s");
    ends = tape.uninitialised({rows, dim}, in_end, "map in t");
    jacobians = tape.uninitialised({rows, dim, dim}, jacobian, "map in x");
    std::ranges::fill(in_start, real(0));
    std::ranges::fill(in_end, real(0));
  }
};

void put(const Numbers& from, std::span<real> to, std::size_t at) {
  std::ranges::transform(from, to.begin() + static_cast<std::ptrdiff_t>(at),
                         [](double x) { return static_cast<real>(x); });
}

Var model_on_tape(const MeanVelocity& v, Var x, Var s, Var t) {
  const int rows = x.shape().rows(), dim = x.shape().cols();
  const std::size_t d = static_cast<std::size_t>(dim);
  LinearModel model(*x.tape, rows, dim);
  for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
    const auto row = x.values().subspan(r * d, d);
    const Numbers point(row.begin(), row.end());
    const double from = static_cast<double>(s.values()[r]), to = static_cast<double>(t.values()[r]);
    put(v(point, from, to), model.value, r * d);
    if (from != to) {
      put(v.in_start(point, from, to), model.in_start, r * d);
      put(v.in_end(point, from, to), model.in_end, r * d);
    }
    for (std::size_t j = 0; j < d; ++j)
      put(v.in_point(point, j, from, to), model.jacobian, (r * d + j) * d);
  }
  // Each difference is 0, but its derivative is not.
  const auto change = [](Var y) { return y - stop_gradient(y); };
  const Var by_points =
      reshape(matmul(reshape(change(x), {rows, 1, dim}), model.jacobians), {rows, dim});
  return model.values + by_points + broadcast_cols(change(s), dim) * model.starts +
         broadcast_cols(change(t), dim) * model.ends;
}

}  // namespace

FlowMap map_by_differences(PlainMap map, double step) {
  check(bool(map) && step > 0, "exact_map", map ? "the step is not above 0" : "no map is given",
        "; give a function (x, s, t) and a positive step");
  return [v = MeanVelocity{std::move(map), step}](Var x, Var s, Var t) {
    return model_on_tape(v, x, s, t);
  };
}

}  // namespace pushforward::inline PF_REAL
