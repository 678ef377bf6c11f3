// Samples from a discrete flow, for `pushforward sample` and `plot`.
#pragma once

#include "apps/flows/run_tokens.h"

namespace pushforward::app::inline PF_REAL {

// sample_tokens is documented at Engine::sample (apps/engine/engine.h).
Samples sample_tokens(const Config& config, const SampleRequest& request);

}  // namespace pushforward::app::inline PF_REAL
