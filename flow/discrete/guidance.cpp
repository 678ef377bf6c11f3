#include "flow/discrete/guidance.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

Posterior guided(Posterior conditional, const Guidance& g) {
  check_guidance(g);
  check(bool(conditional), "guidance", "no posterior is given to guide");
  if (g.scale == 0) return conditional;
  // The ends of the guidance interval are rounded to `real`, as the times are, so that a time at an
  // end belongs to the interval in float and in double.
  const real low = static_cast<real>(g.low), high = static_cast<real>(g.high),
             w = static_cast<real>(g.scale);
  return [p = std::move(conditional), low, high, w](std::span<const int> states, Var t,
                                                    Labels labels) {
    const Var with = p(states, t, labels);
    const std::span<const real> times = t.values();
    check(labels.empty() || labels.size() == times.size(), "guidance", labels.size(),
          " labels for ", times.size(), " rows; give one for each row, or none at all");
    const auto acts = [&](std::size_t r) {
      return labels[r] != kNoLabel && times[r] >= low && times[r] <= high;
    };
    std::size_t count = 0;
    for (std::size_t r = 0; r < labels.size(); ++r) count += acts(r);
    if (count == 0) return with;
    const Var label = log_softmax(with), none = log_softmax(p(states, t, {}));
    const Shape shape = with.shape();
    // Where a token has probability 0 given the label, keeps the logit without guidance, because
    // the guided one could be inf - inf.
    std::span<real> mask;
    const Var chosen = t.tape->uninitialised(shape, mask, "guided tokens");
    const std::span<const real> log_p = label.values();
    const std::size_t size = static_cast<std::size_t>(shape.size()) / times.size();
    for (std::size_t i = 0; i < log_p.size(); ++i)
      mask[i] = acts(i / size) && log_p[i] > -INFINITY ? real(1) : real(0);
    return where(chosen, (1 + w) * label - w * none, with);
  };
}

}  // namespace pushforward::inline PF_REAL
