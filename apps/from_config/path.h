// Builds the parts of a flow from a checked config: scheduler, noise, time distribution,
// parameterization and weights, and the path that samples follow.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"
#include "flow/discrete/kappa.h"
#include "flow/path/noise.h"
#include "flow/path/prediction.h"
#include "flow/solve/time_range.h"
#include "flow/train/time_distribution.h"
#include "flow/train/weighting.h"

namespace pushforward::app {

// These functions take a whole config. Some have parameters of type Section, because rules call them
// while the config is still being checked.
Scheduler make_scheduler(const Config& config);    // from /path
PathNoise make_path_noise(const Section& config);  // from /path/noise
// From /loss/time, or from another section of this kind.
TimeDistribution make_time_distribution(const Section& config, const char* key = "/loss/time");
Parameterization make_parameterization(const Section& config);  // from /prediction and /path
Weighting make_weighting(const Section& config);  // from /loss/weight; none if there is no such key
// Returns whether the network is given the columns that the key `condition` of the data names.
bool has_conditions(const Section& config);
// Returns whether the velocity is trained at t = 0 alone, for one step of Euler's method.
bool trained_at_start(const Section& config);
// Throws Failure (exit 2) "[where] ..." if so, since `what` needs the velocity at other times.
void check_all_times(const Section& config, const char* where, const char* what);
// Returns whether the run learns a velocity and a score (/loss score_and_flow).
bool learns_score(const Section& config);
bool sees_labels(const Section& config);  // true if /model/label is an embedding

// Returns whether the velocity that the run learns without labels is the marginal velocity of
// independent x0 and x1. Between mixtures and finite sets, this velocity has a closed form (the
// field of --exact), so the learned velocity can be compared with it.
bool learns_exact_field(const Section& config, const RunRequest& request);

// Returns why missing numbers cannot be drawn from the flow of this run given the known ones, such as
// "its path has noise (constant)", or "" if they can. The flow must start from standard normal noise
// that is independent of the data.
std::string why_not_imputed(const Section& config);

// The path that samples follow, the path of training or that of /sampler/path.
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
