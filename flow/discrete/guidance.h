// Classifier-free guidance of a discrete flow's posterior p(x1 | xt, label).
#pragma once

#include "flow/path/guidance.h"

namespace pushforward::inline PF_REAL {

// Returns the posterior with the logits (1 + w) ln p(x1 | xt, label) - w ln p(x1 | xt), where w =
// guidance.scale and the two probabilities are normalised. The guided probability is p(x1 | xt,
// label)^(1 + w) / p(x1 | xt)^w up to a factor (Ho, Salimans 2022; Nisonoff et al. 2024, "Unlocking
// guidance for discrete state-space diffusion and flow models", guide the rates in the same way).
// Rows at times outside the guidance interval and rows without a label keep the logits of
// `conditional`, bit for bit. If no row of a call is guided, the evaluation without labels is
// skipped. A token of probability 0 given the label keeps probability 0. Fails as guided(Field)
// does.
Posterior guided(Posterior conditional, const Guidance& guidance);

}  // namespace pushforward::inline PF_REAL
