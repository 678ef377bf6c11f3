// A training in the page's memory, which answers the page's questions about its steps, flow and
// tape.
#pragma once

#include <memory>
#include <string>

#include "apps/config/config.h"
#include "apps/page/message.h"
#include "autograd/tensor/real.h"

namespace pushforward::app {

// Answers questions (apps/page/message.h). The questions and answers are:
//
//   opened     the config with every default, the data's points, the number of weights
//   train      up to `steps` further steps: loss, gradient norm and learning rate of each
//   flow       trajectories of `n` samples at `times` times, by the config's or another solver
//   field      velocities at time `t` on a grid of `side` x `side` points within `limits`
//   density    ln p on such a grid at time `t`: exact, or by the likelihood of the learned flow
//   likelihood the mean of -ln p of `n` rows of the data and, if the data's density is known, its
//              difference to the data's entropy
//   path       the coefficients of the path and the source (apps/page/path_message.h), from which the
//              page computes the data points to which a point can be going
//   solver     the ends of `n` samples by many small steps, and the steps that a solver tries for the
//              first `rows` of them (apps/page/solver_trace.h)
//   jumps      where `jumps` jumps of a flow map take `n` samples, and where its ODE takes them
//              (apps/page/jump_trace.h); "compare": false leaves the distances to the data out
//   pairs      pairs (x0, x1) of a batch by the coupling of the config, or by another one
//   tape       the lines of the tape of the next training step, and the formulas of their ops
//   line       the values of one line of that tape, their cotangents, and their tangents if every
//              weight moves by minus its gradient
//   save       writes model.safetensors and checkpoint.safetensors to the session's folder
//   restore    continues from checkpoint.safetensors of the session's folder
//
// Points, limits and velocities are in the data's units.
//
// A training on tokens answers `opened`, `train`, `tape`, `line`, `save` and `restore` likewise, and
//
//   fill             `n` sequences at each time of a chain of `steps` steps, learned or exact
//   token_posterior  p(x1 | xt) of each position of `states` at `times`, learned and exact
class PageSession {
 public:
  virtual ~PageSession() = default;
  // Throws Failure and other exceptions for questions that cannot be answered.
  virtual PageMessage ask(const Json& question) = 0;
};

}  // namespace pushforward::app

namespace pushforward::app::inline PF_REAL {

// Builds the training of a config on one thread, as `pushforward train` does.
// `folder` exists and can be written to. Throws Failure if the config cannot be trained on the page.
std::unique_ptr<PageSession> open_page_session(const Config& config, const std::string& folder);

}  // namespace pushforward::app::inline PF_REAL
