// The bound on the likelihood of sequences under a discrete run: the engine's side of loglik.
#pragma once

#include "apps/engine/run_tokens.h"

namespace pushforward::app::inline PF_REAL {

// See Engine (apps/engine/engine.h). Minus the bound on -ln p
// of each sequence: estimates from /eval/times times.
Densities bound_of_tokens(const Config& config, const DensityRequest& request,
                          const NdArray& points);

// -ELBO of sequences (n, L), (n). `labels` of conditional runs, one a sequence or none at all.
std::vector<double> estimate_negative_elbo(const RunTokens& run, const Config& config,
                                           const SolverRequest& request, std::span<const int> x1,
                                           const std::vector<int>& labels, Workers& workers);

}  // namespace pushforward::app::inline PF_REAL
