// Chooses the path that samples follow: the training path or /sampler/path, and the times on it at
// which the model is defined.
#pragma once

#include "apps/config/config.h"
#include "flow/solve/time_range.h"

namespace pushforward::app {

struct SampledPath {
  Parameterization parameterization;  // the parameterization of the sampled field
  TimeRange within{};                 // the times at which the field is defined
  bool own = true;  // true: the training path; false: the velocity along another path
};

// Returns the path for a model of that parameterization. On another path the flow begins and ends
// at the first and the last noise level sigma / alpha that both paths have: from ve to cond_ot it
// begins at t = 1 / (1 + sigma_max). Throws if the paths share no noise level.
SampledPath sampled_path(const Section& config, const Parameterization& model);

// Returns how close to t = 1 a flow may end at the config's precision (TimeMargin::min_left). Closer to
// 1, a float or a double resolves times too coarsely.
TimeMargin make_margin(const Section& config);

}  // namespace pushforward::app
