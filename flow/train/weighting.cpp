#include "flow/train/weighting.h"

#include <algorithm>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

double loss_weight(const Weighting& weighting, const Parameterization& parameterization, double t) {
  check(weighting.max_weight >= 0, "loss", "the limit on weights is ", weighting.max_weight,
        "; it must be 0 or more");
  if (!weighting.as) return 1;
  const Conversion c = conversion(parameterization.prediction, *weighting.as,
                                  parameterization.scheduler(t), parameterization.sigma_data);
  return std::min(c.b * c.b, weighting.max_weight);
}

}  // namespace pushforward
