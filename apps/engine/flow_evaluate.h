// What a run's flow is worth: samples, paths, densities
// and velocities measured. The engine's side of eval.
#pragma once

#include "apps/engine/engine.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// See Engine (apps/engine/engine.h).
Json evaluate_run(const Config& config, const EvaluateRequest& request);

}  // namespace pushforward::app::inline PF_REAL
