// Maps points to latents (points at the flow's beginning) and back, and interpolates between
// points, for `pushforward encode`, `decode` and `interpolate`.
#pragma once

#include "apps/flows/answers.h"
#include "autograd/tensor/real.h"

namespace pushforward::app::inline PF_REAL {

// These functions are documented at encode, decode, encode_blocks, decode_blocks and interpolate of
// Engine (apps/engine/engine.h).
Moved encode_points(const Config& config, const SolverRequest& request, const NdArray& points);
Moved decode_latents(const Config& config, const SolverRequest& request, const NdArray& latents);
Moved encode_in_blocks(const Config& config, const SolverRequest& request, const NdArray& table,
                       const NextPoints& next, const TakeRows& take);
Moved decode_in_blocks(const Config& config, const SolverRequest& request, const NdArray& table,
                       const NextPoints& next, const TakeRows& take);
Moved interpolate_points(const Config& config, const SolverRequest& request, const NdArray& a,
                         const NdArray& b, int count, bool linear);

}  // namespace pushforward::app::inline PF_REAL
