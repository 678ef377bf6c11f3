// Weights of the loss as a function of time.
#pragma once

#include <limits>
#include <optional>

#include "flow/path/prediction.h"

namespace pushforward {

// The weight of the loss at a time t. Without `as`, every time has weight 1. With `as`, the loss
// equals that of regressing on the quantity `as`. At fixed xt, a change d of the prediction changes
// that quantity by b(t) d, with b of `conversion`, so the weight is b(t)^2. All predictions with
// the same `as` have the same loss.
struct Weighting {
  std::optional<Prediction> as{};
  double max_weight = std::numeric_limits<double>::infinity();  // upper bound of the weight
};
// Returns the weight of time t in [0, 1]. Throws if the conversion throws, or if max_weight is
// below 0.
double loss_weight(const Weighting& weighting, const Parameterization& parameterization, double t);

}  // namespace pushforward
