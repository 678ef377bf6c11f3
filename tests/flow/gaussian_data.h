// An exact model of Gaussian data, in plain numbers, for any prediction and any affine path. The
// tests of samplers use it.
#pragma once

#include <cmath>
#include <vector>

#include "autograd/tape.h"
#include "flow/field.h"
#include "flow/path/prediction.h"
#include "flow/solve/driver.h"

namespace pushforward::inline PF_REAL {

// The data is N(m, s^2 I), and the source is N(0, I).
struct GaussianData {
  Parameterization parameterization;
  double m = 2, s = 0.5;

  double variance(const Coefficients& c) const {
    return c.alpha * c.alpha * s * s + c.sigma * c.sigma;
  }
  // Returns the output at (x, t) of a model with this prediction, a linear combination of E[x0 | x]
  // and E[x1 | x].
  double operator()(double x, double t) const {
    const Coefficients c = parameterization.scheduler(t);
    const double off = (x - c.alpha * m) / variance(c);
    if (parameterization.prediction == Prediction::score) return -off;  // finite even at sigma = 0
    const double noise = c.sigma * off, data = m + c.alpha * s * s * off;
    const PredictionMix f =
        prediction_mix(parameterization.prediction, c, parameterization.sigma_data);
    return (f.p * noise + f.q * data) / f.over;
  }
  // Returns the point to which the flow moves x. It is as many standard deviations away from the
  // mean at time `to` as x is from the mean at time `from`.
  double flow(double x, double from, double to) const {
    const Coefficients a = parameterization.scheduler(from), b = parameterization.scheduler(to);
    return b.alpha * m + std::sqrt(variance(b) / variance(a)) * (x - a.alpha * m);
  }

  Rhs rhs(int dim = 1) const {
    return [*this, dim](std::span<const int> rows, const real* x, const double* t, real* out) {
      for (std::size_t e = 0; e < rows.size() * dim; ++e)
        out[e] = static_cast<real>((*this)(static_cast<double>(x[e]), t[e / dim]));
    };
  }
};

// Returns the field f(x, t, label) for each element of x, without derivatives. If there are no
// labels, f gets kNoLabel.
template <class F>
Field number_field(F f) {
  return [f](Var x, Var t, Labels labels) {
    std::span<real> out;
    const Var v = x.tape->uninitialised(x.shape(), out);
    const std::span<const real> at = x.values(), times = t.values();
    const int dim = x.shape().cols();
    for (std::size_t e = 0; e < at.size(); ++e) {
      const std::size_t row = e / dim;
      out[e] = static_cast<real>(f(static_cast<double>(at[e]), static_cast<double>(times[row]),
                                   labels.empty() ? kNoLabel : labels[row]));
    }
    return v;
  };
}
inline Field make_field(const GaussianData& data) {
  return number_field([data](double x, double t, int) { return data(x, t); });
}

// Lets the driver (a solver) move one row that consists of the number x along a grid of times, and
// returns the result.
inline double integrated(Driver& driver, const Rhs& rhs, double x,
                         const std::vector<double>& grid) {
  real at = static_cast<real>(x);
  driver.run(rhs, 1, grid, &at);
  return static_cast<double>(at);
}

}  // namespace pushforward::inline PF_REAL
