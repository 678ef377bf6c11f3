// The discrete flow of a run: posterior, path, source and labels. The posterior is a network or the
// exact posterior.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "apps/engine/engine.h"
#include "apps/from_config/token_model.h"
#include "apps/from_config/tokens.h"
#include "flow/discrete/oracle.h"
#include "flow/discrete/sampler.h"

namespace pushforward::app::inline PF_REAL {

// The posterior is valid only while this object lives, since it points into the model.
struct RunTokens {
  std::unique_ptr<TokenModel> model;  // null: the exact posterior
  TokenTraits traits;
  ClassShares shares;  // of the posterior's classes; empty: it takes no labels
  TokenPath path;
  TokenDistributionPtr source;                // null: mask or uniform
  Posterior posterior;                        // with guidance if requested
  std::shared_ptr<const TokenOracle> oracle;  // of an exact posterior; else null

  // Throws Failure (exit 2) if no label is given and the model was never trained without labels.
  void check_label(const Config& config, const RunRequest& request) const;
  // Returns the sampler's options from config and request, including labels and interruption by
  // Ctrl-C. `class_of_given` is the class of the given tokens, if they determine it.
  TokenSamplerOptions options(const Config& config, const SolverRequest& request,
                              std::optional<int> class_of_given = {}) const;
};

// Throws Failure (exit 4) if the run has no weights yet, and Failure (exit 2) if the exact
// posterior is requested but the data is not a finite set.
RunTokens load_run_tokens(const Config& config, const RunRequest& request);

}  // namespace pushforward::app::inline PF_REAL
