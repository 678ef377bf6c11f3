// The options of sampling tokens. Nothing here depends on `real`.
#pragma once

#include <functional>
#include <vector>

#include "flow/discrete/step.h"

namespace pushforward {

// How a chain is sampled.
struct TokenSamplerOptions {
  CtmcMethod method = CtmcMethod::kernel;
  int steps = 64;
  double begin = 0, end = 1;   // the state at `begin` is drawn from the source, also if begin > 0
  std::vector<double> grid{};  // if not empty, replaces steps, begin and end
  Corrector corrector{};       // for mask and uniform sources only
  double temperature = 1;      // of the posterior's logits; 0 selects the most likely token
  // Keeps the smallest set of most likely tokens with at least this total probability.
  double top_p = 1;
  int chunk = 32;  // sequences on one tape; it affects the bits of the samples
  // As in SamplerOptions: `label_of` returns the label of any sample number, and sampling stops
  // when `interrupted` returns true. `interrupted` is called before every step, from any thread.
  std::function<int(int sample)> label_of{};
  std::function<bool()> interrupted{};

  // Returns `grid`, or evenly spaced times from steps, begin and end.
  std::vector<double> times() const;
};

}  // namespace pushforward
