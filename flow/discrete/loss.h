// Training losses of discrete flows: functions of a posterior and a sample of a path.
#pragma once

#include "flow/discrete/batch.h"
#include "flow/discrete/posterior.h"

namespace pushforward::inline PF_REAL {

// Both are means over the sample's rows and over the L tokens of each, one element, as `Trainer`
// takes them; part_of_batch (flow/train/loss.h) makes parts that add up. With a mask source, tokens
// that are unmasked count nothing: x1 is known there. They still count among the L, so the loss is
// in nats per token of the data, not per masked token. Both fail, naming what disagrees, where the
// posterior's logits are not (B, L, V), or where the sample is not of the path's states.

// How the terms of a time count: all alike, or by the rate of jumps dkappa / (1 - kappa).
enum class TokenWeight { none, hazard };

// The mean of w(t) (-ln p(x1 | xt)), over the true tokens (Gat et al. 2024, "Discrete flow
// matching": w = 1). With a mask source and the hazard as weight it is the generalised KL.
Var cross_entropy_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample,
                       TokenWeight weight = TokenWeight::none);

// The mean of dkappa / (1 - kappa) times -(p(xt) - [xt = x1] + (1 - [xt = x1]) ln p(x1)). Over
// uniform times its expectation is a bound on -ln p1(x1), in nats per token, whatever kappa (Shaul
// et al. 2024, "Flow matching with general discrete paths"; Lipman et al. 2024, "Flow matching
// guide and code"). With another time distribution the bound's times are weighted by that
// distribution's density. Fails at t = 1, where the factor is infinite; time distributions draw
// from [0, 1).
Var generalised_kl_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample);

}  // namespace pushforward::inline PF_REAL
