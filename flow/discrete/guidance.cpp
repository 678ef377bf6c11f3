#include "flow/discrete/guidance.h"

#include <cmath>
#include <utility>

namespace pushforward::inline PF_REAL {

using detail::check;

Posterior guided(Posterior conditional, const Guidance& g) {
  check_guidance(g);
  check(bool(conditional), "guidance", "no posterior is given to guide");
  if (g.scale == 0) return conditional;
  return [p = std::move(conditional), g](std::span<const int> states, Var t, Labels labels) {
    const Var with = p(states, t, labels);
    const GuidedRows rows(g, t, labels);
    if (rows.count() == 0) return with;
    const real w = static_cast<real>(g.scale);
    const Var label = log_softmax(with), none = log_softmax(p(states, t, {}));
    // Where a token has probability 0 given the label, keeps the logit without guidance, because
    // the guided one could be inf - inf.
    const std::span<const real> log_p = label.values();
    return rows.choose((1 + w) * label - w * none, with,
                       [log_p](std::size_t i) { return log_p[i] > -INFINITY; });
  };
}

}  // namespace pushforward::inline PF_REAL
