// The decay of the exponential moving average of the weights.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pushforward {

// Returns the decay of update k (from 0), min(decay, (1 + k) / (10 + k)). It is smaller at
// first, so the initial weights lose their influence quickly. The update is ema <- decay
// ema + (1 - decay) values.
inline double ema_decay(double decay, std::int64_t k) {
  return std::min(decay, (1.0 + static_cast<double>(k)) / (10.0 + static_cast<double>(k)));
}

}  // namespace pushforward
