// The discrete flow of a trained run: posterior, path, source and labels. The posterior is a
// network or the exact posterior.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/flows/answers.h"
#include "apps/from_config/token_model.h"
#include "apps/from_config/tokens.h"
#include "flow/discrete/oracle.h"
#include "flow/discrete/sampler.h"

namespace pushforward::app::inline PF_REAL {

// The discrete flow of a trained run. The posterior points into `model`, so it is valid only while
// this object exists.
struct RunTokens {
  std::unique_ptr<TokenModel> model;  // null if the posterior is the exact one
  TokenTraits traits;
  ClassShares shares;  // shares of the classes; empty if the posterior takes no labels
  TokenPath path;
  TokenDistributionPtr source;                // null for mask and uniform sources
  Posterior posterior;                        // with guidance if requested
  std::shared_ptr<const TokenOracle> oracle;  // the exact posterior, else null
  TokenDistributionPtr data;                  // data of the exact posterior, else null

  // Conditions the samples on the tokens of --given; -1 in `given` (L) marks a free position.
  // Afterwards `given` holds the tokens that the sampler must keep fixed: all given tokens if the
  // chain starts from masks. With an exact posterior, the chain may start from other states, or the
  // class may still have to be drawn. Then the rows of the data are restricted to those that have
  // the given tokens, and `given` becomes empty. Unless the class is known, the shares of the
  // classes become those conditional on the given tokens. Throws Failure (exit 2) if no row has the
  // tokens. Also throws for a network whose posterior does not determine the distribution of the
  // free tokens: with a source other than masks, or in a chain that begins after t = 0.
  void condition(const Config& config, const SampleRequest& request, bool class_known,
                 std::vector<int>& given);

  // Throws Failure (exit 2) if no label is requested but the model was never trained without
  // labels.
  void check_label(const Config& config, const RunRequest& request) const;
  // Returns the sampler's options, made from config and request. They include the labels of samples
  // and the interruption by Ctrl-C. `class_of_given` is the class of the given tokens, if they
  // determine it. A chain that begins after t = 0 starts from the distribution of the path at that
  // time. A chain from masks that ends before t = 1 draws the tokens for the remaining masks in one
  // last step to t = 1.
  TokenSamplerOptions options(const Config& config, const SolverRequest& request,
                              std::optional<int> class_of_given = {}) const;
  // Returns notes about samples that begin after t = 0 or end before t = 1, one line each.
  std::vector<std::string> notes(const TokenSamplerOptions& options) const;
};

// Loads the discrete flow of the run that the request names. Throws Failure (exit 4) if the run has
// no weights yet, and Failure (exit 2) if the exact posterior is requested but the data is not a
// finite set.
RunTokens load_run_tokens(const Config& config, const RunRequest& request);

}  // namespace pushforward::app::inline PF_REAL
