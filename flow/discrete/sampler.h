// From a posterior to sequences of tokens: a continuous-time Markov chain from t = 0 to t = 1.
//
// Over a step each token that may move draws its x1 from the posterior, and moves by the
// distribution of TokenStep. Sample k depends on the seed and on k alone: chunks are always carried
// whole, rows nobody asked for included, so that the first 100 of 10,000 samples and 100 samples
// alone are the same bits, on any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/discrete/path.h"
#include "flow/discrete/posterior.h"
#include "flow/discrete/sampler_options.h"
#include "flow/sampling.h"

namespace pushforward::inline PF_REAL {

// Samples of one posterior. Keeps a tape for each thread;
// after the first call of a size it allocates nothing.
class TokenSampler {
 public:
  // `saves`: states of every sequence kept at so many times, evenly spread over the steps, both
  // ends included; 0 for none. Fails on what cannot be: see TokenStep, chain_times and TokenDraw.
  TokenSampler(Posterior posterior, TokenPath path, int length, TokenSamplerOptions options,
               Workers& workers, int saves = 0);
  ~TokenSampler();

  // Writes samples 0 .. n - 1 to out (n, L): tokens, all of them unmasked when the last time is 1.
  // `source`: of SourceKind::data, where they begin. `given` (L): tokens that stay as they are, -1
  // where the sampler is free. `trajectory` (saves, n, L). Sample k depends on seed and k alone.
  //
  // The network is evaluated once a step for each chunk that has a token left
  // that is neither given nor unmasked; SampleCost counts those evaluations, and
  // the steps. Throws IntegrationFailure where the posterior of a token that
  // moves is no distribution, naming sample, position and time, and SamplingInterrupted.
  SampleCost sample(std::uint64_t seed, int n, int* out, const TokenDistribution* source = nullptr,
                    std::span<const int> given = {}, int* trajectory = nullptr);

  const std::vector<double>& times() const;  // that it goes through, an adaptive method's own too
  std::vector<double> save_times() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pushforward::inline PF_REAL
