// The exponential moving average of the weights: how fast it follows.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pushforward {

// The decay of update k (from 0): min(decay, (1 + k) / (10 + k)), so that the average forgets the
// first weights quickly. ema <- decay ema + (1 - decay) values.
inline double ema_decay(double decay, std::int64_t k) {
  return std::min(decay, (1.0 + static_cast<double>(k)) / (10.0 + static_cast<double>(k)));
}

}  // namespace pushforward
