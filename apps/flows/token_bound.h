// Estimates a bound on the likelihood of sequences under a discrete flow, for `pushforward loglik`.
#pragma once

#include "apps/flows/run_tokens.h"

namespace pushforward::app::inline PF_REAL {

// Returns an estimate of a lower bound on ln p of each sequence. The config's key /eval/times is
// the number of times t that it uses. Engine::log_density (apps/engine/engine.h) is this function
// for runs on tokens.
Densities bound_of_tokens(const Config& config, const DensityRequest& request,
                          const NdArray& points);

// Estimates the bound -ELBO (n) >= -ln p of the sequences x1 (n, L), where ELBO is the evidence
// lower bound. `labels` has one label per sequence, or none. `errors` gets the standard errors of
// the estimates (n), unless it is null.
std::vector<double> estimate_negative_elbo(const RunTokens& run, const Config& config,
                                           const SolverRequest& request, std::span<const int> x1,
                                           const std::vector<int>& labels, Workers& workers,
                                           std::vector<double>* errors = nullptr);

}  // namespace pushforward::app::inline PF_REAL
