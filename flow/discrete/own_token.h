// Adds to a posterior what a token's own state says about its data value, for a uniform source and
// for a metric-induced path. This has a closed form, so the network need not learn it.
#pragma once

#include "flow/discrete/path.h"
#include "flow/discrete/posterior.h"

namespace pushforward::inline PF_REAL {

// With a uniform source, p(x_l | x1_l = v) is kappa [v = x_l] + (1 - kappa) / V, where [v = x_l] is
// 1 if the tokens are equal and 0 otherwise. So by Bayes' rule
//   ln p(x1_l = v | x) = ln p(x1_l = v | x without x_l) + [v = x_l] ln(1 + V kappa / (1 - kappa))
// plus a constant for each position. `others` (B, L, V) are logits for the first term; the function
// returns these logits with the second term added. The second term makes 1 - p(x1_l = x_l | x)
// decrease as 1 - kappa near t = 1. Without it the generalised KL (loss.h) and the likelihood bound
// would be infinite. On a metric-induced path the second term is ln p_t(x_l | v), at least -1e4. On
// the three-part path from masks it is ln(1 + V kappa^q / (1 - kappa^q)) for [v = x_l], and 0 for a
// mask. For other sources that are not uniform, returns `others`. Fails unless `states` (B,
// L) are states of the path and t is (B, 1). The overload for a Posterior adds the term to its
// logits; it fails without a posterior.
Var with_own_token(Var others, std::span<const int> states, Var t, const TokenPath& path);
Posterior with_own_token(Posterior of_others, const TokenPath& path);

}  // namespace pushforward::inline PF_REAL
