// Training losses of discrete flows: functions of a posterior and a sample of a path.
#pragma once

#include "flow/discrete/batch.h"
#include "flow/discrete/posterior.h"

namespace pushforward::inline PF_REAL {

// cross_entropy_loss and generalised_kl_loss return one element: the mean over the rows of the
// sample and over the L tokens of each row, as `Trainer` takes it. part_of_batch
// (flow/train/loss.h) makes parts that add up to the mean over a batch. With a mask source,
// unmasked tokens contribute 0, because x1 is known there. They still count in L, so the loss is in
// nats per data token, and not per masked token. The two functions fail when the posterior's logits
// are not (B, L, V), and on states and tokens that the path does not have.

// The weight w(t) of the cross-entropy: 1 (none), or the jump rate dkappa / (1 - kappa) (hazard).
enum class TokenWeight { none, hazard };

// Returns the mean of w(t) (-ln p(x1 | xt)), where x1 are the data's tokens and p is the posterior
// (Gat et al. 2024, "Discrete flow matching": w = 1). With a mask source and the weight `hazard`,
// it is the generalised KL (generalised_kl_loss) of the mixture path. Fails with the weight `hazard` on a
// metric-induced path, which has no kappa.
Var cross_entropy_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample,
                       TokenWeight weight = TokenWeight::none);

// Returns the generalised Kullback-Leibler divergence (KL): the mean over tokens of dkappa / (1 -
// kappa) times -(p(xt) - [xt = x1] + (1 - [xt = x1]) ln p(x1)), where p is the posterior of the
// token. [xt = x1] is 1 if the tokens are equal and 0 otherwise. Over uniform times, its
// expectation is a bound on -ln p1(x1), in nats per token, for any kappa (Shaul et al. 2024, "Flow
// matching with general discrete paths"; Lipman et al. 2024, "Flow matching guide and code").
// Another time distribution weights the bound by its density. Fails at t = 1, where dkappa / (1 -
// kappa) is infinite; time distributions draw from [0, 1).
//
// On the three-part path, where a token that is drawn again has its data value with probability w and
// is uniform otherwise, it is the mean over tokens of dkappa / (1 - kappa) times the sum over y != xt of
// g(y) ln(g(y) / u(y)) + u(y) - g(y), with g(y) = w [y = x1] + (1 - w) / V and u(y) = w p(y) + (1 - w) / V.
//
// On a metric-induced path, it is the mean over tokens of the sum over states y of u(y) - u(y | x1) +
// u(y | x1) ln(u(y | x1) / u(y)), where u(y | x1) are the rates of TokenMetric from xt to y, and u(y)
// their means over x1 ~ p. This takes V^2 numbers of memory for each token. It also fails where
// dbeta is infinite, at t = 0 if a < 1.
Var generalised_kl_loss(const Posterior& p, const TokenPath& path, const TokenSample& sample);

}  // namespace pushforward::inline PF_REAL
