// The divergence-free part of a sampler's rates: tokens
// drawn anew, at rates that leave every marginal as it is.
#pragma once

#include <string>

#include "flow/discrete/kappa.h"

namespace pushforward {

// At the rate eta(t) a token is drawn anew from p_t(. | x1), x1 from the posterior. That leaves
// every marginal as it is and mends what was drawn wrongly: it is a step of the flow and a step
// back (Campbell et al. 2024, "Generative flows on discrete state-spaces"; Gat et al. 2024).
//
// constant: scale;
// bump:     scale 4 t (1 - t);
// balanced: scale dkappa / (kappa (1 - kappa)): `scale` times the forward and the backward rates;
// remask:   scale dkappa / (1 - kappa): with a mask source, an unmasked token is masked again at
//           the rate scale dkappa (Campbell et al. 2024 with noise = scale, kappa = t).
struct Corrector {
  enum class Kind { none, constant, bump, balanced, remask };
  Kind kind = Kind::none;
  double scale = 0;

  // eta(t), finite at each t: where balanced and remask are infinite,
  // t = 0 and 1, it is 0. Nothing is lost there, for each token is
  // the source's or the data's, and drawing it anew changes nothing. Fails on times outside [0, 1].
  double eta(const Kappa& kappa, double t) const;
  // 1 - exp(-integral of eta): the probability that a token is
  // drawn anew between two times, 1 where the integral is infinite. Fails on times that are outside
  // of [0, 1] or fall.
  double redraw(const Kappa& kappa, double from, double to) const;
  // Fails on a scale that is negative or not finite.
  void check_valid() const;
};

std::string name_of(Corrector::Kind kind);  // "none", "constant", "bump", "balanced", "remask"

}  // namespace pushforward
