// Draws the pairs of a training batch and the paths of their points, for the pictures of couplings
// and paths.
#pragma once

#include "apps/engine/engine.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// draw_batch_pairs is documented at Engine::pairs (apps/engine/engine.h).
BatchPairs draw_batch_pairs(const Config& config, const PairRequest& request);

}  // namespace pushforward::app::inline PF_REAL
