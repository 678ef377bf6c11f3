// Classifier-free guidance: it moves a conditional field away from the unconditional one.
#pragma once

#include <cmath>

#include "autograd/tensor/check.h"
#include "flow/field.h"

namespace pushforward {

// The strength `scale` of classifier-free guidance, which is w in formulas. Guidance acts at times
// in [low, high], where 0 <= low <= high <= 1.
struct Guidance {
  double scale = 0;
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

// Returns the field (1 + w) u(x, t, label) - w u(x, t, none) with w = guidance.scale (Ho, Salimans
// 2022, eq. 6). w = 0 gives the conditional field and w = -1 the unconditional one. Rows outside
// the interval of times (Kynkaanniemi et al. 2024) and rows without a label keep the conditional
// field's value bit by bit. If no row of a call is guided, the field is evaluated only once.
// Conversions between predictions, such as noise to velocity, are affine, so a field may be guided
// before or after its conversion. Throws if the scale is not finite or the interval is not valid.
Field guided(Field conditional, const Guidance& guidance);

}  // namespace pushforward::inline PF_REAL
