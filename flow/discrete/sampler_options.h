// The options of sampling tokens. Nothing in this file depends on `real`, the number type of the
// engine (float or double).
#pragma once

#include <memory>
#include <vector>

#include "flow/chunk_loop.h"
#include "flow/discrete/distribution.h"
#include "flow/discrete/step.h"
#include "flow/path/time_grid.h"

namespace pushforward {

// The options of sampling token sequences by a Markov chain in time.
struct TokenSamplerOptions : RowRequest {
  CtmcMethod method = CtmcMethod::kernel;
  int steps = 64;
  // The first and the last time. A chain that begins after t = 0 starts from a draw of `start`. A
  // chain that ends before t = 1 leaves masks, or other tokens of the source, at a share 1 -
  // kappa(end) of all positions. Add the time 1 to `grid` to draw the tokens at these positions
  // from the posterior in one last step.
  double begin = 0, end = 1;
  // The distribution of the states at the first time, with path.states() as its vocabulary:
  // TokenPathLaw (flow/discrete/path_law.h). It is needed if kappa is above 0 at the first time,
  // and not used otherwise.
  std::shared_ptr<const TokenDistribution> start{};
  std::vector<double> grid{};  // if not empty, replaces steps, begin and end
  Corrector corrector{};       // works with mask and uniform sources only
  double temperature = 1;      // divides the posterior's logits; 0 selects the most likely token
  // Tokens are drawn only from the smallest set of most likely tokens with at least this total
  // probability (nucleus sampling).
  double top_p = 1;
  int chunk = 32;  // sequences on one tape; it affects the bits of the samples

  // Returns `grid`, or evenly spaced times from steps, begin and end.
  std::vector<double> times() const { return grid.empty() ? time_grid(steps, begin, end) : grid; }
};

}  // namespace pushforward
