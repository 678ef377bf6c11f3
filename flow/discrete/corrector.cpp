#include "flow/discrete/corrector.h"

#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

double Corrector::eta(const Kappa& kappa, double t) const {
  check_valid();
  check(t >= 0 && t <= 1, "sample", "the corrector's rate is asked for at t = ", t,
        "; times lie in [0, 1]");
  switch (kind) {
    case Kind::none: return 0;
    case Kind::constant:
    case Kind::exchange: return scale;
    case Kind::bump: return scale * 4 * t * (1 - t);
    case Kind::balanced:
      return t == 0 || t == 1 ? 0 : scale * kappa.slope(t) / (kappa(t) * kappa.left(t));
    default: return t == 0 || t == 1 ? 0 : scale * kappa.hazard(t);
  }
}

double Corrector::redraw(const Kappa& kappa, double from, double to) const {
  check_valid();
  check(from >= 0 && from <= to && to <= 1, "sample", "the corrector is asked about t = ", from,
        " to ", to, "; times rise and lie in [0, 1]");
  // Returns 1 - exp(scale log_left), the probability that a token is resampled, where exp(log_left)
  // is the probability that it is not resampled if `scale` is 1.
  const auto gone = [this](double log_left) { return -std::expm1(scale * log_left); };
  if (kind == Kind::none || kind == Kind::exchange || scale == 0 || from == to) return 0;
  switch (kind) {
    case Kind::constant: return gone(from - to);
    case Kind::bump: {
      const double h = to - from, middle = (from + to) / 2;
      // The exponent contains 4 times the integral of t (1 - t), computed by Simpson's rule, which
      // is exact for this polynomial.
      return gone(-h * 2 / 3 * (from * (1 - from) + 4 * middle * (1 - middle) + to * (1 - to)));
    }
    case Kind::balanced:
      if (from == 0 || to == 1) return 1;
      return gone(std::log1p(-kappa.jump(from, to)) + std::log(kappa(from) / kappa(to)));
    default: return to == 1 ? 1 : gone(std::log1p(-kappa.jump(from, to)));
  }
}

void Corrector::check_valid() const {
  check(std::isfinite(scale) && scale >= 0, "sample", "the corrector's scale is ", scale,
        "; it must be 0 or more, and finite");
}

double exchange_ratio(const Kappa& kappa, int vocabulary, double t) {
  return (1 + (vocabulary - 1) * kappa(t)) / kappa.left(t);
}

std::string name_of(Corrector::Kind kind) {
  switch (kind) {
    case Corrector::Kind::none: return "none";
    case Corrector::Kind::constant: return "constant";
    case Corrector::Kind::bump: return "bump";
    case Corrector::Kind::balanced: return "balanced";
    case Corrector::Kind::remask: return "remask";
    default: return "exchange";
  }
}

}  // namespace pushforward
