#include <cmath>

#include "flow/time_grid.h"
#include "flow/token_likelihood.h"
#include "flow/token_sampler.h"

namespace pushforward {

std::vector<double> TokenSamplerOptions::times() const {
  return grid.empty() ? time_grid(steps, begin, end) : grid;
}

double bits_per_token(double nats, double tokens) { return nats / (tokens * std::log(2.)); }
double perplexity(double nats, double tokens) { return std::exp(nats / tokens); }

}  // namespace pushforward
