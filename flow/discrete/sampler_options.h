// What a user chooses about sampling tokens. No `real` in it.
#pragma once

#include <functional>
#include <vector>

#include "flow/discrete/step.h"

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
