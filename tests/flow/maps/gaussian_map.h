// The exact flow map of data N(2, 0.25) on the path cond_ot, as ops on a tape.
#pragma once

#include "autograd/ops.h"
#include "flow/maps/flow_map.h"

namespace pushforward::inline PF_REAL {

// With mean 2 t and std(t)^2 = (1 - t)^2 + t^2 / 4, X_{s,t}(x) = 2 t + std(t) / std(s) (x - 2 s). The
// quotient (std(t) - std(s)) / (t - s) is written without a difference, so s and t may be equal.
inline FlowMap gaussian_map() {
  return [](Var x, Var s, Var t) {
    const auto variance = [](Var at) { return square(1 - at) + real(0.25) * square(at); };
    const Var from = sqrt(variance(s)), to = sqrt(variance(t));
    const Var slope = (real(1.25) * (s + t) - 2) / ((to + from) * from);
    const int dim = x.shape().cols();
    return broadcast_cols(slope, dim) * (x - broadcast_cols(2 * s, dim)) + 2;
  };
}

}  // namespace pushforward::inline PF_REAL
