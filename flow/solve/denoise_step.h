// The step along an affine path that is exact while the endpoints the model sees stand still.
#pragma once

#include "flow/path/prediction.h"

namespace pushforward {

// The conversion of a model's output, at a time with coefficients c, to prediction `to`.
inline Conversion conversion(const Parameterization& parameterization, Prediction to,
                             const Coefficients& c) {
  return conversion(parameterization.prediction, to, c, parameterization.sigma_data);
}

// From a time with coefficients `from` to one with `to`: x' = to.alpha E[x1 | x] + to.sigma E[x0 |
// x] = a x + b model(x, t) (DDIM: Song, Meng, Ermon 2021, eq. 12; Euler's step in sigma / alpha).
// Finite where alpha or sigma ends in 0, so long as the model's output says what the step needs;
// fails, as `conversion`, where it does not.
Conversion denoise_step(const Parameterization& parameterization, const Coefficients& from,
                        const Coefficients& to);

}  // namespace pushforward
