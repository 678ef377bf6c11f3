// A step from x that is exact if the model's predictions of data and noise stay constant over it.
//
// The step goes along a probability path xt = alpha(t) x1 + sigma(t) x0, with the data x1 and the
// noise x0.
#pragma once

#include "flow/path/prediction.h"

namespace pushforward {

// Returns the numbers a and b of the Conversion with which a x + b output is the quantity `to`
// (velocity, data, noise or score). `output` is what the model returns, as the parameterization
// says, and c are alpha, sigma and their derivatives at the time of x.
inline Conversion conversion(const Parameterization& parameterization, Prediction to,
                             const Coefficients& c) {
  return conversion(parameterization.prediction, to, c, parameterization.sigma_data);
}

// Returns the step from the time with path coefficients `from` to the time with path coefficients
// `to`, as a Conversion: x' = a x + b output, where `output` is the model's output at x. The step
// is
//   x' = to.alpha E[x1 | x] + to.sigma E[x0 | x]
// (DDIM: Song, Meng, Ermon 2021, eq. 12; it is Euler's step in sigma / alpha). If to.sigma or
// to.alpha is 0, the step needs only one of E[x1 | x] and E[x0 | x]. The step is then finite if the
// model's output determines that mean; otherwise the function fails, as `conversion` does.
inline Conversion denoise_step(const Parameterization& parameterization, const Coefficients& from,
                               const Coefficients& to) {
  Conversion step{0, 0};
  const auto add = [&](double weight, Prediction what) {
    if (weight == 0) return;  // the conversion may be undefined there, and is not needed
    const Conversion c = conversion(parameterization, what, from);
    step.a += weight * c.a;
    step.b += weight * c.b;
  };
  add(to.alpha, Prediction::data);
  add(to.sigma, Prediction::noise);
  return step;
}

}  // namespace pushforward
