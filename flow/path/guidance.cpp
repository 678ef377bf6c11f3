#include "flow/path/guidance.h"

#include <utility>

namespace pushforward::inline PF_REAL {

using detail::check;

GuidedRows::GuidedRows(const Guidance& g, Var t, Labels labels)
    : labels_(labels),
      times_(t.values()),
      low_(static_cast<real>(g.low)),
      high_(static_cast<real>(g.high)) {
  check(labels.empty() || labels.size() == times_.size(), "guidance", labels.size(), " labels for ",
        times_.size(), " rows; give one for each row, or none at all");
}

std::size_t GuidedRows::count() const {
  std::size_t count = 0;
  for (std::size_t r = 0; r < labels_.size(); ++r) count += (*this)(r);
  return count;
}

Field guided(Field conditional, const Guidance& g) {
  check_guidance(g);
  check(bool(conditional), "guidance", "no field is given to guide");
  if (g.scale == 0) return conditional;
  return [u = std::move(conditional), g](Var x, Var t, Labels labels) {
    const Var with = u(x, t, labels);
    const GuidedRows rows(g, t, labels);
    if (rows.count() == 0) return with;
    const real w = static_cast<real>(g.scale);
    const Var mixed = (1 + w) * with - w * u(x, t);
    return rows.all() ? mixed : rows.choose(mixed, with, [](std::size_t) { return true; });
  };
}

}  // namespace pushforward::inline PF_REAL
