// Weights of the loss as a function of time.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>

#include "autograd/tensor/check.h"
#include "flow/path/prediction.h"

namespace pushforward {

// The weight of the loss at a time t.
struct Weighting {
  // The prediction in whose units the error is measured; if it is empty, every time has weight 1.
  // With `as`, the loss equals that of regressing on the quantity `as`: at fixed xt, a change d of
  // the prediction changes that quantity by b(t) d, with b of `conversion`, so the weight is
  // b(t)^2. All predictions with the same `as` have the same loss. It costs no evaluation.
  std::optional<Prediction> as{};

  // An upper bound of the weight, at least 0. Set it if the weight grows without limit
  // towards an end of the path, so that a few rows dominate the loss.
  double max_weight = std::numeric_limits<double>::infinity();
};
// Returns the weight of time t in [0, 1]. Throws if the conversion throws, or if max_weight is
// below 0.
inline double loss_weight(const Weighting& weighting, const Parameterization& parameterization,
                          double t) {
  detail::check(weighting.max_weight >= 0, "loss", "the limit on weights is ", weighting.max_weight,
                "; it must be 0 or more");
  if (!weighting.as) return 1;
  const Conversion c = conversion(parameterization.prediction, *weighting.as,
                                  parameterization.scheduler(t), parameterization.sigma_data);
  return std::min(c.b * c.b, weighting.max_weight);
}

}  // namespace pushforward
