// The decay of the exponential moving average of the weights.
#pragma once

#include <algorithm>
#include <cstdint>

#include "autograd/tensor/check.h"

namespace pushforward {

// Returns the decay of update k (from 0), min(decay, (1 + k) / (10 + k)). It is smaller at first,
// so the initial weights lose their influence quickly. The update is ema <- decay ema + (1 - decay)
// values. Throws unless 0 <= decay < 1 and k >= 0.
inline double ema_decay(double decay, std::int64_t k) {
  detail::check(decay >= 0 && decay < 1 && k >= 0, "ema", "a decay of ", decay, " at update ", k,
                "; the decay must lie in [0, 1), and updates count from 0");
  return std::min(decay, (1.0 + static_cast<double>(k)) / (10.0 + static_cast<double>(k)));
}

}  // namespace pushforward
