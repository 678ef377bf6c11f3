// The discrete flow of a run as the verbs use it: its posterior, path, source and labels, whether a
// network gives it or the exact answer.
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

// Stays valid as long as it lives: the posterior points into its model.
struct RunTokens {
  std::unique_ptr<TokenModel> model;  // null: the exact posterior
  TokenTraits traits;
  ClassShares shares;  // of the classes that the posterior sees; empty: it sees none
  TokenPath path;
  TokenDistributionPtr source;                // null: mask or uniform
  Posterior posterior;                        // guided as asked
  std::shared_ptr<const TokenOracle> oracle;  // behind an exact posterior

  // Failure (exit 2) where sequences of no class are
  // asked about and the model never trained without.
  void check_label(const Config& config, const RunRequest& request) const;
  // Sampling as config and request say, labels and Ctrl-C included. `class_of_given`: the class
  // that tokens that are given belong to, where they tell.
  TokenSamplerOptions options(const Config& config, const SolverRequest& request,
                              std::optional<int> class_of_given = {}) const;
};

// Failure (exit 4) when the run has no weights yet, (exit 2) when the exact posterior is asked for
// and the run's data is no finite set.
RunTokens load_run_tokens(const Config& config, const RunRequest& request);

}  // namespace pushforward::app::inline PF_REAL
