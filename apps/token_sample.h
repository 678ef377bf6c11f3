// Sampling a discrete run, the bound on its likelihood, and drawing its data: the engine's side of
// sample, loglik, plot and data.
#pragma once

#include "apps/run_tokens.h"

namespace pushforward::inline PF_REAL {

// See Engine (apps/engine.h).
Samples sample_tokens(const Config& config, const SampleRequest& request);
// Minus the bound on -ln p of each sequence: estimates from /eval/times times.
Densities bound_of_tokens(const Config& config, const DensityRequest& request,
                          const NdArray& points);
TokenTraits token_traits_of_run(const Config& config, const RunRequest& request);
NdArray tokens_of_lines(const Config& config, const RunRequest& request,
                        const std::vector<std::string>& lines, const std::string& file);
NdArray draw_token_data(const Config& config, int n, std::uint64_t seed);
NdArray draw_token_labels(const Config& config, int n, std::uint64_t seed);
std::vector<std::string> draw_token_text(const Config& config, int n, std::uint64_t seed);

// -ELBO of sequences (n, L), (n). `labels` of conditional runs, one a sequence or none at all.
std::vector<double> negative_elbo_of(const RunTokens& run, const Config& config,
                                     const SolverRequest& request, std::span<const int> x1,
                                     const std::vector<int>& labels, Workers& workers);

// The classes that sequences of words tell themselves: their numbers of letters.
std::vector<int> letters_of(const TokenTraits& traits, std::span<const int> rows);

}  // namespace pushforward::inline PF_REAL
