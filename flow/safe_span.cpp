#include "flow/safe_span.h"

#include <algorithm>
#include <cmath>

#include "autograd/check.h"

namespace pushforward {

bool has_velocity(const Meaning& meaning, double t) {
  const Coefficients c = meaning.scheduler(t);
  if (!std::isfinite(c.dalpha) || !std::isfinite(c.dsigma)) return false;
  if (meaning.prediction == Prediction::velocity) return true;
  // Output and xt together tell the endpoints apart where this determinant is not 0.
  const Mix f = mix(meaning.prediction, c, meaning.sigma_data);
  return f.over != 0 && c.sigma * f.q - c.alpha * f.p != 0;
}

Span safe_span(const Meaning& meaning, Span wanted, double margin) {
  check(margin > 0 && margin < 0.5, "sample", "a margin of ", margin,
        " at the ends of the path; give one in (0, 0.5)");
  const double low = has_velocity(meaning, 0) ? 0 : margin,
               high = has_velocity(meaning, 1) ? 1 : 1 - margin;
  return {std::clamp(wanted.begin, low, high), std::clamp(wanted.end, low, high)};
}

}  // namespace pushforward
