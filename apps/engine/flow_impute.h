// Fills missing numbers of points with draws from their distribution under a run's flow, given the
// known numbers, for `pushforward impute` and `pushforward sample --given`.
#pragma once

#include "apps/engine/engine.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// Documented at `impute` of Engine (apps/engine/engine.h).
Imputed impute_points(const Config& config, const ImputeRequest& request, const NdArray& points);

}  // namespace pushforward::app::inline PF_REAL
