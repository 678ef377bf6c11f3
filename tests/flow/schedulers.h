// Schedulers of every kind for tests, and exact predictions for Gaussian data.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "autograd/ops.h"
#include "autograd/tensor/tensor.h"
#include "flow/field.h"
#include "flow/path/scheduler.h"

namespace pushforward {

struct NamedScheduler {
  std::string name;
  Scheduler scheduler;
};

// Returns a path through five points. Only the ends of the path are on the grid k / 1000.
inline ScheduleTable five_points() {
  return ScheduleTable(
      {{0, 0, 1}, {0.23456, 0.1, 0.95}, {0.45678, 0.5, 0.8}, {0.78951, 0.9, 0.3}, {1, 1, 0}});
}

inline const std::vector<NamedScheduler>& every_scheduler() {
  static const std::vector<NamedScheduler> all{{"cond_ot", cond_ot()},
                                               {"cond_ot, sigma_min 0.1", cond_ot(0.1)},
                                               {"polynomial(0.5)", polynomial(0.5)},
                                               {"polynomial(2)", polynomial(2)},
                                               {"polynomial(3)", polynomial(3)},
                                               {"cosine", cosine()},
                                               {"linear_vp", linear_vp()},
                                               {"vp", vp()},
                                               {"vp(1, 5)", vp(1, 5)},
                                               {"ve", ve()},
                                               {"edm", edm()},
                                               {"table", tabulated(five_points())}};
  return all;
}

// Data N(m, s^2) in each column, with a standard normal source. All exact predictions are affine in
// x.
struct GaussianColumn {
  double m, s;

  // data returns E[x1 | x], and noise returns E[x0 | x].
  double data(const Coefficients& c, double x) const {
    return m + c.alpha * s * s * (x - c.alpha * m) / variance(c);
  }
  double noise(const Coefficients& c, double x) const {
    return c.sigma * (x - c.alpha * m) / variance(c);
  }
  // The marginal velocity is slope * x + shift. It is finite even where dsigma is infinite.
  double slope(const Coefficients& c) const {
    return (c.dalpha * c.alpha * s * s + c.sigma_dsigma) / variance(c);
  }
  double shift(const Coefficients& c) const { return (c.dalpha - slope(c) * c.alpha) * m; }
  double velocity(const Coefficients& c, double x) const { return slope(c) * x + shift(c); }
  double variance(const Coefficients& c) const {
    return c.alpha * c.alpha * s * s + c.sigma * c.sigma;
  }
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Returns the field f(x, t) for each element. Sweeps treat it as a constant.
template <class F>
Field elementwise(F f) {
  return [f = std::move(f)](Var x, Var t) {
    const int cols = x.shape().cols();
    std::span<real> out;
    const Var v = x.tape->uninitialised(x.shape(), out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<real>(f(static_cast<double>(x.values()[i]),
                                   static_cast<double>(t.values()[i / std::size_t(cols)])));
    }
    return v;
  };
}

}  // namespace pushforward::inline PF_REAL
