// The corrector of a discrete flow's sampler: resamples tokens at a rate that leaves the
// distribution at every time unchanged.
#pragma once

#include <string>

#include "flow/discrete/kappa.h"

namespace pushforward {

// At rate eta(t), a token is resampled from p_t(. | x1), with x1 drawn from the posterior. This
// leaves the distribution at every time unchanged and corrects earlier errors: it combines a
// forward step and a backward step of the flow (Campbell et al. 2024, "Generative flows on discrete
// state-spaces"; Gat et al. 2024). With kappa(t) the probability that a token has its data value,
// and dkappa its derivative, the kinds of eta are:
//
//   constant: scale
//   bump:     scale 4 t (1 - t)
//   balanced: scale dkappa / (kappa (1 - kappa)), `scale` times the forward plus backward rates
//   remask:   scale dkappa / (1 - kappa). With a mask source, an unmasked token is masked again at
//             the rate scale dkappa (Campbell et al. 2024 with noise = scale, kappa = t).
//
// `exchange` is another corrector, for uniform sources: tokens only move to x1 and away from it, in
// detailed balance with p_t(. | x1) (Campbell et al. 2024, appendix F). A token that is x1 jumps to
// each of the V - 1 other tokens at the rate eta = scale, and any other token jumps to x1 at the rate
// eta exchange_ratio(kappa, V, t).
struct Corrector {
  enum class Kind { none, constant, bump, balanced, remask, exchange };

  // The shape of eta. The default resamples nothing. `balanced` and `remask` follow the rate of the
  // path, so their scale has the same meaning for every kappa.
  Kind kind = Kind::none;

  // The factor of the shape, finite and at least 0. A larger one corrects more, but takes more
  // steps, because a token that is resampled needs time to reach its data value again.
  double scale = 0;

  // Returns eta(t), which is finite at each t. For `balanced` and `remask` it is 0 at t = 0 and 1,
  // where the formula may be infinite: resampling there changes nothing, so eta may be 0. Fails on
  // times outside [0, 1].
  double eta(const Kappa& kappa, double t) const;
  // Returns 1 - exp(-integral of eta from `from` to `to`), the probability that a token is
  // resampled between these two times. It is 1 where the integral is infinite, and 0 for `exchange`,
  // which does not draw from p_t(. | x1). Fails on times outside [0, 1], and if to < from.
  double redraw(const Kappa& kappa, double from, double to) const;
  // Fails on a scale that is negative or not finite.
  void check_valid() const;
};

// Returns p_t(x1 | x1) / p_t(y | x1) = (1 + (V - 1) kappa) / (1 - kappa) for a uniform source of V
// tokens and y != x1: the ratio of the two rates of the corrector `exchange`. It is infinite at t = 1.
// Fails on times outside [0, 1].
double exchange_ratio(const Kappa& kappa, int vocabulary, double t);

// Returns "none", "constant", "bump", "balanced", "remask" or "exchange".
std::string name_of(Corrector::Kind kind);

}  // namespace pushforward
