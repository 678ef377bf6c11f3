// Trains a run, for `pushforward train`.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"
#include "autograd/tensor/real.h"
#include "nn/training/ranks.h"

namespace pushforward::app::inline PF_REAL {

// Trains a new run, or resumes an existing one (request.resume), and writes the files in its
// folder. Returns 0, or 130 after a signal. Throws Failure (exit 3) if training diverges.
int train_run(const Config& config, const TrainRequest& request);

// See Engine::follow.
void follow_training(const Config& config, Ranks& ranks, int threads);

}  // namespace pushforward::app::inline PF_REAL
