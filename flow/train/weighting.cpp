#include "flow/train/weighting.h"

#include <algorithm>

namespace pushforward {

double weight(const Weighting& weighting, const Parameterization& parameterization, double t) {
  if (!weighting.as) return 1;
  const Conversion c = conversion(parameterization.prediction, *weighting.as,
                                  parameterization.scheduler(t), parameterization.sigma_data);
  return std::min(c.b * c.b, weighting.max_weight);
}

}  // namespace pushforward
