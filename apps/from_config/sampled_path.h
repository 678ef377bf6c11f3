// Chooses the probability path that samples follow, the path of training or that of /sampler/path,
// and the times at which the model is defined on it.
#pragma once

#include "apps/config/config.h"
#include "flow/solve/time_range.h"

namespace pushforward::app {

struct SampledPath {
  Parameterization parameterization;  // the parameterization of the sampled field
  TimeRange within{};                 // the times at which the field is defined
  bool own = true;                    // true for the training path, false for another path
};

// Returns the path for a model with the parameterization `model`. On a path other than the training
// path, the flow begins and ends at the first and the last noise level sigma / alpha that both
// paths have. For example, from ve to cond_ot it begins at t = 1 / (1 + sigma_max). Throws if the
// paths share no noise level.
SampledPath sampled_path(const Section& config, const Parameterization& model);

// Returns the least distance from t = 1 at which a flow may end (TimeMargin::min_left). Closer to
// 1, the float or double of the config's precision resolves times too coarsely.
TimeMargin make_margin(const Section& config);

}  // namespace pushforward::app
