// Pairs of points of source and data: those of a training batch with the paths of their points, for
// pictures, and those that the flow of a run makes, for data of type "pairs".
#pragma once

#include "apps/flows/answers.h"
#include "apps/run/pairs.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// draw_batch_pairs is documented at Engine::pairs (apps/engine/engine.h).
BatchPairs draw_batch_pairs(const Config& config, const PairRequest& request);

// Draws /data/n points x0 of the source of the run that /data/from names, and follows its flow to x1
// as its own /sampler does; an SDE is replaced by the ODE with the same distribution, which has pairs.
// The pairs depend on /seed and not on the number of threads. Throws Failure (exit 4) if there is no
// such run, and Failure (exit 2) if it is a run of tokens, of other precision or source than this
// config, of encoded columns or conditions, or if its flow does not begin at the source. Throws
// IntegrationFailure if a row fails.
FlowPairs make_pairs(const Config& config, int threads);

}  // namespace pushforward::app::inline PF_REAL
