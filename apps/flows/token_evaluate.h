// Measures a discrete flow, for `pushforward eval`: a bound on its likelihood, compared with n-gram
// models, and its samples.
#pragma once

#include "apps/flows/answers.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// evaluate_tokens is documented at Engine::evaluate (apps/engine/engine.h).
Json evaluate_tokens(const Config& config, const EvaluateRequest& request);

}  // namespace pushforward::app::inline PF_REAL
