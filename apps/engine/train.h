// `pushforward train`: the engine's side.
#pragma once

#include "apps/engine/engine.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// Trains a new run, or goes on with one (request.resume), writing its folder as it goes. Returns 0,
// or 130 after a signal; throws Failure (exit 3) when training diverges.
int train_run(const Config& config, const TrainRequest& request);

}  // namespace pushforward::app::inline PF_REAL
