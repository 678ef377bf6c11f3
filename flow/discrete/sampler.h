// Samples token sequences from a posterior: a continuous-time Markov chain from t = 0 to t = 1.
//
// In each step, every token that may move draws its x1 from the posterior, and then moves according
// to TokenStep. Sample k depends on the seed and on k alone. Chunks (a fixed number of sequences)
// are always sampled whole, even if not all of their rows are requested. The first 100 of 10,000
// samples are therefore the same bits as 100 samples alone, for any number of threads.
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

// Samples from one posterior. It has a tape for each thread. It allocates nothing after the first
// call with a given size.
class TokenSampler {
 public:
  // `saves` is the number of times at which the states of every sequence are saved, or 0. They are
  // evenly spaced over the steps and include the first and the last time. Fails on inconsistent
  // options: see TokenStep, chain_times and TokenDraw.
  TokenSampler(Posterior posterior, TokenPath path, int length, TokenSamplerOptions options,
               Workers& workers, int saves = 0);
  ~TokenSampler();

  // Writes samples 0 .. n - 1 to out (n, L). All tokens are unmasked if the last time is 1.
  // `source` is the initial distribution for SourceKind::data. `trajectory` (saves, n, L) receives
  // the saved states. Sample k depends on seed and k alone.
  //
  // `given` (L) holds tokens that stay fixed, and -1 at free positions, which are drawn given the
  // fixed tokens. This needs a mask source, for which the posterior of a state is the data
  // distribution given its unmasked tokens. With another source, a token of the state does not
  // determine x1 at its position. The posteriors of single tokens then do not determine the
  // distribution of the free tokens given the fixed ones (docs/theory.md, section 7). `given` is
  // then refused. For an oracle, the rows of its table that agree with the fixed tokens can be
  // selected instead (rows_with, flow/discrete/distribution.h).
  //
  // In each step the network is evaluated for each chunk that has a token that is neither given nor
  // unmasked. SampleCost counts evaluations and steps. Throws IntegrationFailure, naming sample,
  // position and time, when the posterior of a token that moves is not a distribution. Throws
  // SamplingInterrupted when options.interrupted returns true. Fails on a source that does not fit
  // the path, and on given tokens that do not exist. Also fails on given tokens if the source is
  // not mask or the chain begins after t = 0, and on a chain that begins after t = 0 without
  // TokenSamplerOptions::start. Does not check the memory of `out` and `trajectory`.
  SampleCost sample(std::uint64_t seed, int n, int* out, const TokenDistribution* source = nullptr,
                    std::span<const int> given = {}, int* trajectory = nullptr);

  // Returns the times of the steps, including those that an adaptive method adds.
  const std::vector<double>& times() const;
  std::vector<double> save_times() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pushforward::inline PF_REAL
