// The options of sampling tokens. Nothing in this file depends on `real`, the number type of the
// engine (float or double).
#pragma once

#include <memory>
#include <vector>

#include "flow/chunk_loop.h"
#include "flow/discrete/distribution.h"
#include "flow/discrete/remasking.h"
#include "flow/discrete/step.h"
#include "flow/discrete/unmasking.h"
#include "flow/path/time_grid.h"

namespace pushforward {

// The options of sampling token sequences by a Markov chain in time. Each step evaluates the
// posterior at most once for each sequence, and not at all for a chunk whose tokens are all
// unmasked. TokenSampler fails on options out of range.
struct TokenSamplerOptions : RowRequest {
  // How a token moves in a step (see CtmcMethod). The methods cost the same per step, but
  // `adaptive` adds steps where tokens move fast. The default is the most exact for a given number
  // of steps. `euler` and `adaptive` fail if a step begins where the rates are infinite.
  CtmcMethod method = CtmcMethod::kernel;

  // The number of evenly spaced steps from `begin` to `end`, at least 1. The cost is at most
  // proportional to it. Within a step, each token moves without regard to the moves of the others,
  // so more steps make the tokens of a sequence fit together better.
  int steps = 64;

  // The first and the last time, rising within [0, 1]. A chain that begins after t = 0 starts from
  // a draw of `start`. A chain that ends before t = 1 leaves masks, or other tokens of the source,
  // at a share 1 - kappa(end) of all positions. Add the time 1 to `grid` to draw the tokens at
  // these positions from the posterior in one last step.
  double begin = 0, end = 1;

  // The distribution of the states at the first time, with path.states() as its vocabulary:
  // TokenPathLaw (flow/discrete/path_law.h). It is needed if kappa, or a metric's beta, is above 0
  // at the first time, and not used otherwise.
  std::shared_ptr<const TokenDistribution> start{};

  // The times of the steps, for steps that are not evenly spaced; kappa_grid (flow/discrete/step.h)
  // makes such times. If it is not empty, it replaces steps, begin and end. The times must rise
  // within [0, 1].
  std::vector<double> grid{};

  // Whether and how tokens are resampled on the way, which corrects earlier errors. A sequence with
  // resampled tokens needs evaluations again in later steps. It works with mask and uniform sources
  // only.
  Corrector corrector{};

  // Whether and how unmasked tokens are masked again on the way, which corrects earlier errors. It
  // needs a mask source and the kernel, and takes the place of a corrector. A sequence with masked
  // tokens needs evaluations again in later steps.
  Remasking remasking{};

  // Which tokens of a sequence a step unmasks. The scores take V operations for each masked token.
  // Orders other than `random` need a mask source and the kernel, without corrector and remasking.
  UnmaskingOrder order = UnmaskingOrder::random;

  // Divides the logits of the posterior. Values below 1 prefer likely tokens, at the expense of
  // variety; 0 selects the most likely token. The samples have the distribution of the flow only
  // for 1. It must be finite and at least 0.
  double temperature = 1;

  // Tokens are drawn only from the smallest set of most likely tokens with at least this total
  // probability (nucleus sampling). Values below 1 leave out improbable tokens, and take a sort of
  // the vocabulary for each token that is drawn. It must be above 0 and at most 1, which keeps
  // every token.
  double top_p = 1;

  // Tokens are drawn only from this number of most likely ones, before top_p. 0 keeps every token. It
  // must be less than the vocabulary, and takes a sort of it for each token that is drawn.
  int top_k = 0;

  // The number of sequences on one tape, at least 1. The memory of each thread is proportional to
  // it. It affects the bits of the samples, so change it only where results need not be repeated.
  int chunk = 32;

  // Returns `grid`, or evenly spaced times from steps, begin and end.
  std::vector<double> times() const { return grid.empty() ? time_grid(steps, begin, end) : grid; }
};

}  // namespace pushforward
