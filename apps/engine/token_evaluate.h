// What a discrete flow is worth: a bound on its likelihood beside n-gram models, and its samples
// measured. The engine's side of eval.
#pragma once

#include "apps/engine/engine.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// See Engine (apps/engine/engine.h).
Json evaluate_tokens(const Config& config, const EvaluateRequest& request);

}  // namespace pushforward::app::inline PF_REAL
