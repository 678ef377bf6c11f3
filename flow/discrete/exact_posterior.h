// The exact posterior p(x1 | xt) of a token oracle, on the tape. It can be used wherever a network
// can.
#pragma once

#include <memory>

#include "flow/discrete/oracle.h"
#include "flow/discrete/posterior.h"

namespace pushforward::inline PF_REAL {

// Returns the posterior of TokenOracle::posterior: the logits are ln p(x1_l = v | xt) for position
// l and token v. Each row has its own time and label. The values are constants of the tape, without
// derivatives. For a token of probability 0 the logit is kNoToken.
Posterior oracle_posterior(std::shared_ptr<const TokenOracle> oracle);

}  // namespace pushforward::inline PF_REAL
