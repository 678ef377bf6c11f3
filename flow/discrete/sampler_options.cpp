#include "flow/discrete/sampler_options.h"

#include "flow/path/time_grid.h"

namespace pushforward {

std::vector<double> TokenSamplerOptions::times() const {
  return grid.empty() ? time_grid(steps, begin, end) : grid;
}

}  // namespace pushforward
