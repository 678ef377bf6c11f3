// Classifier-free guidance of a posterior: pushed away from what it says without a label.
#pragma once

#include "flow/discrete/posterior.h"
#include "flow/path/guidance.h"

namespace pushforward::inline PF_REAL {

// Logits (1 + w) ln p(x1 | xt, label) - w ln p(x1 | xt), both normalised, so p_label^(1 + w) /
// p^w up to a factor (Ho, Salimans 2022; Nisonoff et al. 2024, "Unlocking guidance for discrete
// state-space diffusion and flow models", guide the rates alike). Rows outside of the interval of
// times and rows without a label keep the posterior's own logits, bit by bit; where no row of a
// call is guided, the second evaluation is left out. A token to which the label gives no
// probability keeps none. Fails as guided(Field) does.
Posterior guided(Posterior conditional, const Guidance& guidance);

}  // namespace pushforward::inline PF_REAL
