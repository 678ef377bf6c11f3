// Training losses of discrete flows: functions of a posterior and a sample of a path.
#pragma once

#include "flow/posterior.h"
#include "flow/token_batch.h"

namespace pushforward::inline PF_REAL {

// Both are the part that the sample's rows contribute to the mean over `total_rows` rows and over
// the L tokens of each, one element. With a mask source, tokens that are settled count nothing: x1
// is known there.

// -ln p(x1 | xt) of the true tokens (Gat et al. 2024, eq. 25); `hazard`: times dkappa / (1 -
// kappa), which with a mask source makes it the generalised KL.
Var cross_entropy_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample,
                       int total_rows);

// dkappa / (1 - kappa) times -(p(xt) - [xt = x1] + (1 - [xt = x1]) ln p(x1)): the bound on -ln
// p1(x1) in nats (Shaul et al. 2024; FLOW: Lipman et al. 2024, "Flow matching guide and code",
// eq. 7.33). Times must stay below 1, where the factor is infinite; a time law on [0, 1) gives
// that.
Var generalised_kl_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample,
                        int total_rows);

}  // namespace pushforward::inline PF_REAL
