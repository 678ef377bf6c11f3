// Classifier-free guidance: it moves a conditional field away from the unconditional one.
#pragma once

#include <cmath>

#include "autograd/ops.h"
#include "autograd/tensor/check.h"
#include "flow/field.h"

namespace pushforward {

// The options of classifier-free guidance. A call of the model with a guided row costs two
// evaluations in the place of one. check_guidance fails on options out of range.
struct Guidance {
  // The strength of guidance, which is w in formulas; finite. 0 is the conditional model, which is
  // then returned as it is, and -1 the unconditional one. Values above 0 make samples more typical
  // of their label, at the expense of variety.
  double scale = 0;

  // Guidance acts at times in [low, high], where 0 <= low <= high <= 1. A call at other times costs
  // one evaluation. Leave out times near 0 if strong guidance makes the samples of a label too
  // similar.
  double low = 0, high = 1;
};

// Throws if the scale is not finite or the interval is not valid.
inline void check_guidance(const Guidance& g) {
  detail::check(std::isfinite(g.scale), "guidance", "scale ", g.scale, " is not finite");
  detail::check(g.low >= 0 && g.low <= g.high && g.high <= 1, "guidance",
                "the interval of times is [", g.low, ", ", g.high,
                "]; it must lie in [0, 1], low before high");
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The rows of one call of a model on which guidance acts: those with a label at a time in
// [low, high]. The ends of the interval are rounded to `real`, as the times are, so that a time at
// an end belongs to it in float and in double.
class GuidedRows {
 public:
  // Fails unless there is one label for each row, or none at all.
  GuidedRows(const Guidance& guidance, Var t, Labels labels);
  bool operator()(std::size_t row) const {
    return labels_[row] != kNoLabel && times_[row] >= low_ && times_[row] <= high_;
  }
  std::size_t count() const;
  bool all() const { return count() == times_.size(); }
  // Returns `guided` in these rows and `conditional` in the others. An element of a row is guided
  // only if acts(its index) holds.
  template <class Acts>
  Var choose(Var guided, Var conditional, const Acts& acts) const;

 private:
  Labels labels_;
  std::span<const real> times_;
  real low_, high_;
};

template <class Acts>
Var GuidedRows::choose(Var guided, Var conditional, const Acts& acts) const {
  std::span<real> mask;
  const Shape shape = conditional.shape();
  const Var chosen = conditional.tape->uninitialised(shape, mask, "guided");
  const std::size_t size = mask.size() / times_.size();
  for (std::size_t i = 0; i < mask.size(); ++i)
    mask[i] = (*this)(i / size) && acts(i) ? real(1) : real(0);
  return where(chosen, guided, conditional);
}

// Returns the field (1 + w) u(x, t, label) - w u(x, t, none) with w = guidance.scale (Ho, Salimans
// 2022, eq. 6). w = 0 gives the conditional field and w = -1 the unconditional one. Rows outside
// the interval of times (Kynkaanniemi et al. 2024) and rows without a label keep the conditional
// field's value bit by bit. If no row of a call is guided, the field is evaluated only once.
// Conversions between predictions, such as noise to velocity, are affine, so a field may be guided
// before or after its conversion. Throws if the scale is not finite or the interval is not valid.
Field guided(Field conditional, const Guidance& guidance);

}  // namespace pushforward::inline PF_REAL
