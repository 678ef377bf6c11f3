// Samples from a trained run, for `pushforward sample` and `plot`.
#pragma once

#include "apps/flows/answers.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// These functions are documented at Engine (apps/engine/engine.h).
Samples sample_run(const Config& config, const SampleRequest& request);
Samples sample_run_in_blocks(const Config& config, const SampleRequest& request,
                             const TakeSamples& take);
Samples vary_points(const Config& config, const SampleRequest& request, const NdArray& points);

}  // namespace pushforward::app::inline PF_REAL
