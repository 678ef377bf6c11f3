// What a token's own state says about it, where the source
// is uniform: known, so no network has to learn it.
#pragma once

#include "flow/discrete/path.h"
#include "flow/discrete/posterior.h"

namespace pushforward::inline PF_REAL {

// With a uniform source p(x_l | x1_l = v) is kappa [v = x_l] + (1 - kappa) / V, so by Bayes' rule
//   ln p(x1_l = v | x) = ln p(x1_l = v | x without x_l) + [v = x_l] ln(1 + V kappa / (1 - kappa)) +
//   ...
// up to a number of each position: `others` (B, L, V) are the logits of the first term (or what
// training makes of it), and the second is added. Near t = 1 it makes 1 - p(x1_l = x_l | x) fall as
// 1 - kappa, without which neither the generalised KL nor the bound on the likelihood is finite.
// For other sources, `others` itself. Fails unless `states` (B, L) are the path's, t is (B, 1) and
// `others` (B, L, V); the posterior's form, on a posterior that is empty.
Var with_own_token(Var others, std::span<const int> states, Var t, const TokenPath& path);
Posterior with_own_token(Posterior of_others, const TokenPath& path);

}  // namespace pushforward::inline PF_REAL
