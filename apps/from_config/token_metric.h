// Builds the metric of a metric-induced path of tokens from a config.
#pragma once

#include <memory>

#include "apps/config/config.h"
#include "flow/discrete/metric.h"

namespace pushforward::app {

// From a /path section of type metric, for a vocabulary of tokens. Throws Failure (exit 2) if its
// table of distances is of another vocabulary.
std::shared_ptr<const TokenMetric> make_token_metric(const Section& path, int vocabulary);

}  // namespace pushforward::app
