// Weights of times in the loss, and what they make equal.
#pragma once

#include <limits>
#include <optional>

#include "flow/path/prediction.h"

namespace pushforward {

// How much each time counts. Without `as` all count alike. With it, the loss
// is the one of regressing on that quantity instead: for given xt it differs
// from the prediction by the factor b(t) of `conversion`, so the weight is
// b(t)^2, and all predictions with the same `as` have the same loss.
struct Weighting {
  std::optional<Prediction> as{};
  double max_weight = std::numeric_limits<double>::infinity();  // greater weights count this much
};
// The weight of time t in [0, 1]. Fails where the conversion does, and on a limit below 0.
double loss_weight(const Weighting& weighting, const Parameterization& parameterization, double t);

}  // namespace pushforward
