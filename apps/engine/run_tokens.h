// The discrete flow of a run: posterior, path, source and labels. The posterior is a network or the
// exact posterior.
#pragma once

#include <functional>
#include <memory>
#include <string>
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
  TokenDistributionPtr data;                  // of an exact posterior; else null

  // Makes the samples those given these tokens; -1 in `given` (L) is a free position. Afterwards
  // `given` holds what the sampler has to keep fixed: the tokens of a mask source, or none where the
  // rows of an exact posterior are conditioned instead. The shares of the classes become those given
  // the tokens, unless the class is known. Throws Failure (exit 2) if no row fits, and for a network
  // whose posterior does not determine the law of the rest given some tokens: of another source, or
  // of a chain that begins after t = 0.
  void condition(const Config& config, const SampleRequest& request, bool class_known,
                 std::vector<int>& given);

  // Throws Failure (exit 2) if no label is given and the model was never trained without labels.
  void check_label(const Config& config, const RunRequest& request) const;
  // Returns the sampler's options from config and request, including labels and interruption by
  // Ctrl-C. `class_of_given` is the class of the given tokens, if they determine it.
  // A chain that begins after t = 0 starts from the law of the path there. A chain from masks that
  // ends before t = 1 draws the masks that are left in one last step to t = 1.
  TokenSamplerOptions options(const Config& config, const SolverRequest& request,
                              std::optional<int> class_of_given = {}) const;
  // What to say of samples that begin or end inside of the path, a line each.
  std::vector<std::string> notes(const TokenSamplerOptions& options) const;
};

// Throws Failure (exit 4) if the run has no weights yet, and Failure (exit 2) if the exact
// posterior is requested but the data is not a finite set.
RunTokens load_run_tokens(const Config& config, const RunRequest& request);

}  // namespace pushforward::app::inline PF_REAL
