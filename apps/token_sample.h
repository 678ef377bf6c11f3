// Sampling a discrete run: the engine's side of sample and plot.
#pragma once

#include "apps/run_tokens.h"

namespace pushforward::inline PF_REAL {

// See Engine (apps/engine.h).
Samples sample_tokens(const Config& config, const SampleRequest& request);

}  // namespace pushforward::inline PF_REAL
