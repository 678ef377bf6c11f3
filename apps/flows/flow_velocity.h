// Evaluates the velocity of a run's flow at given points, for `pushforward velocity`.
#pragma once

#include "apps/flows/answers.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// These functions are documented at velocity and velocity_blocks of Engine (apps/engine/engine.h).
Moved velocity_of_run(const Config& config, const RunRequest& request, const NdArray& points,
                      double t);
Moved velocity_in_blocks(const Config& config, const RunRequest& request, double t,
                         const NdArray& table, const NextPoints& next, const TakeRows& take);

}  // namespace pushforward::app::inline PF_REAL
