// A step along an affine path that is exact if the predicted x0 and x1 are constant over the step.
#pragma once

#include "flow/path/prediction.h"

namespace pushforward {

// Returns the conversion of a model's output to prediction `to` at a time with coefficients c.
inline Conversion conversion(const Parameterization& parameterization, Prediction to,
                             const Coefficients& c) {
  return conversion(parameterization.prediction, to, c, parameterization.sigma_data);
}

// Returns the step from a time with coefficients `from` to one with `to`, as x' = a x + b model(x,
// t):
//   x' = to.alpha E[x1 | x] + to.sigma E[x0 | x]
// (DDIM: Song, Meng, Ermon 2021, eq. 12; it is Euler's step in sigma / alpha). It is also finite if
// to.alpha or to.sigma is 0, provided the prediction determines the endpoint that the step needs;
// otherwise it fails, as `conversion` does.
Conversion denoise_step(const Parameterization& parameterization, const Coefficients& from,
                        const Coefficients& to);

}  // namespace pushforward
