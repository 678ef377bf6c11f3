#include "flow/path/guidance.h"

#include <algorithm>
#include <utility>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

Field guided(Field conditional, const Guidance& g) {
  check_guidance(g);
  check(bool(conditional), "guidance", "no field is given to guide");
  if (g.scale == 0) return conditional;
  // The ends of the interval of guided times are rounded to `real`, so that a time equal to an end
  // belongs to the interval in float and in double.
  const real low = static_cast<real>(g.low), high = static_cast<real>(g.high),
             w = static_cast<real>(g.scale);
  return [u = std::move(conditional), low, high, w](Var x, Var t, Labels labels) {
    const Var with = u(x, t, labels);
    const std::span<const real> times = t.values();
    check(labels.empty() || labels.size() == times.size(), "guidance", labels.size(),
          " labels for ", times.size(), " rows; give one for each row, or none at all");
    const auto acts = [&](std::size_t r) {
      return labels[r] != kNoLabel && times[r] >= low && times[r] <= high;
    };
    std::size_t count = 0;
    for (std::size_t r = 0; r < labels.size(); ++r) count += acts(r);
    if (count == 0) return with;
    const Var mixed = (1 + w) * with - w * u(x, t);
    if (count == times.size()) return mixed;
    const Shape shape = x.shape();
    std::span<real> mask;
    const Var chosen = x.tape->uninitialised(shape, mask, "guided rows");
    const std::size_t cols = static_cast<std::size_t>(shape.cols());
    for (std::size_t r = 0; r < labels.size(); ++r)
      std::ranges::fill(mask.subspan(r * cols, cols), acts(r) ? real(1) : real(0));
    return where(chosen, mixed, with);
  };
}

}  // namespace pushforward::inline PF_REAL
