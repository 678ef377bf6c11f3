// Measures the samples, paths, densities and velocities of a run's flow, for `pushforward eval`.
#pragma once

#include "apps/flows/answers.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// evaluate_run is documented at Engine::evaluate (apps/engine/engine.h).
Json evaluate_run(const Config& config, const EvaluateRequest& request);

}  // namespace pushforward::app::inline PF_REAL
