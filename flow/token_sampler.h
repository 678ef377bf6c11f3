// From a posterior to sequences of tokens: a continuous-time Markov chain from t = 0 to t = 1.
//
// Over a step each token that may move draws its x1 from the posterior, and moves by the law of
// TokenStep. Sample k depends on the seed and on k alone: chunks are always carried whole, rows
// nobody asked for included, so that the first 100 of 10,000 samples and 100 samples alone are the
// same bits, on any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "autograd/workers.h"
#include "flow/posterior.h"
#include "flow/sampler_options.h"
#include "flow/token_draw.h"
#include "flow/token_step.h"

namespace pushforward {

// How a chain is sampled.
struct TokenSamplerOptions {
  CtmcMethod method = CtmcMethod::kernel;
  int steps = 64;
  double begin = 0, end = 1;   // sequences begin as the source's wherever `begin` is
  std::vector<double> grid{};  // the times to step through, instead of steps, begin and end
  Corrector corrector{};       // of mask and uniform sources
  double temperature = 1;      // of the posterior's logits; 0: the most likely token
  double top_p = 1;  // keep the most likely tokens that make up so much of the probability
  int chunk = 32;    // sequences on one tape; part of the result's bits
  // As in SamplerOptions: the label of each sample, any number of them; and whether to stop, asked
  // before every step from any thread.
  std::function<int(int sample)> label_of{};
  std::function<bool()> interrupted{};

  // `grid`, or one made from steps, begin and end.
  std::vector<double> times() const;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Samples of one posterior. Keeps a tape for each thread; after the first call of a size it
// allocates nothing.
class TokenSampler {
 public:
  // `saves`: states of every sequence kept at so many times, evenly spread over the steps, both
  // ends included; 0 for none. Fails on what cannot be: see TokenStep, chain_times and TokenDraw.
  TokenSampler(Posterior posterior, TokenPath path, int length, TokenSamplerOptions options,
               Workers& workers, int saves = 0);
  ~TokenSampler();

  // Writes samples 0 .. n - 1 to out (n, L): tokens, all of them settled when the last time is 1.
  // `source`: of SourceKind::data, where they begin. `given` (L): tokens that stay as they are, -1
  // where the sampler is free. `trajectory` (saves, n, L). Sample k depends on seed and k alone.
  //
  // The network is evaluated once a step for each chunk that has a token left that is neither given
  // nor settled; SampleCost counts those evaluations, and the steps. Throws IntegrationFailure
  // where the posterior of a token that moves is no law, naming sample, place and time, and
  // SamplingInterrupted.
  SampleCost sample(std::uint64_t seed, int n, int* out, const TokenLaw* source = nullptr,
                    std::span<const int> given = {}, int* trajectory = nullptr);

  const std::vector<double>& times() const;  // that it goes through, an adaptive method's own too
  std::vector<double> save_times() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pushforward::inline PF_REAL
