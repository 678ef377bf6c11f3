// Classifier-free guidance: a conditional field pushed away from what it says without a label.
#pragma once

#include <cmath>

#include "autograd/tensor/check.h"
#include "flow/field.h"

namespace pushforward {

// The strength w, and the times in which it acts: 0 <= low <= high <= 1, both included.
struct Guidance {
  double scale = 0;
  double low = 0, high = 1;
};

// Fails on a scale that is not finite and on an interval that is not one.
inline void check_guidance(const Guidance& g) {
  detail::check(std::isfinite(g.scale), "guidance", "scale ", g.scale, " is not finite");
  detail::check(g.low >= 0 && g.low <= g.high && g.high <= 1, "guidance",
                "the interval of times is [", g.low, ", ", g.high,
                "]; it must lie in [0, 1], low before high");
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// (1 + w) u(x, t, label) - w u(x, t, none) (Ho, Salimans 2022, eq. 6): w = 0 is the
// conditional field, w = -1 the one without labels. Rows outside of the interval of
// times (Kynkaanniemi et al. 2024) and rows without a label keep the field's own value,
// bit by bit; where no row of a call is guided, the second evaluation is left out. As
// conversions are affine in the prediction, guiding and converting may come in either
// order. Fails on a scale that is not finite and on an interval that is not one.
Field guided(Field conditional, const Guidance& guidance);

}  // namespace pushforward::inline PF_REAL
