#include "flow/solve/denoise_step.h"

namespace pushforward {

Conversion denoise_step(const Parameterization& parameterization, const Coefficients& from,
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
