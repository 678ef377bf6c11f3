// The exact posterior on the tape: it goes wherever a network that says p(x1 | xt) goes.
#pragma once

#include <memory>

#include "flow/discrete/oracle.h"
#include "flow/discrete/posterior.h"

namespace pushforward::inline PF_REAL {

// ln p(x1_l = v | xt) of TokenOracle::posterior, rows each at its own time and for its own label.
// Constants of the tape: no sweep goes through them. What has no probability is at kNoToken.
Posterior oracle_posterior(std::shared_ptr<const TokenOracle> oracle);

}  // namespace pushforward::inline PF_REAL
