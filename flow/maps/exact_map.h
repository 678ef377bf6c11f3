// Makes a flow map from a function of plain numbers, with derivatives that are computed by
// differences.
//
// A map that an ODE solver computes has no derivatives on a tape. With this file the conditions of a
// flow map (loss.h) can be checked on it.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "flow/maps/flow_map.h"

namespace pushforward {

// X_{s,t}(x) of one point x (D). s may be above t.
using PlainMap = std::function<std::vector<double>(std::span<const double> x, double s, double t)>;

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Returns v(x, s, t) = (X_{s,t}(x) - x) / (t - s), and for s = t the velocity dX_{s,t}(x)/dt. Its
// values and its first derivatives in x, s and t (for s = t, only in x) are exact up to rounding
// and the error of differences of order 8 with this step. Second derivatives are 0. The times s, t
// must differ by more than 4 steps, or be equal, and both must be 4 steps or more away from the
// ends of the map's range. Fails without a map and unless the step is positive.
FlowMap map_by_differences(PlainMap map, double step = 0.01);

}  // namespace pushforward::inline PF_REAL
