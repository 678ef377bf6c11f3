// The path that samples go along: the training's, or the one
// of /sampler/path, and how much of it the model's flow has.
#pragma once

#include "apps/config/config.h"
#include "flow/solve/time_range.h"

namespace pushforward::app {

struct SampledPath {
  Parameterization parameterization;  // of the field that is sampled
  TimeRange within{};                 // the part of the path that it can be asked about
  bool own = true;  // the training's path; else the flow is that of the velocity, rescheduled
};

// For a model of that parameterization. Two paths share the noise levels sigma / alpha that both
// have: on another path the flow begins and ends with the first and the last of these, so from ve
// to cond_ot it begins at t = 1 / (1 + sigma_max). Fails where they share none.
SampledPath sampled_path(const Section& config, const Parameterization& model);

// How near to t = 1 a float or a double still tells times apart well enough for a flow to end
// there (Margin::least).
Margin make_margin(const Section& config);

}  // namespace pushforward::app
