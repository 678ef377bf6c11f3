// The times at which a sampler can start and stop, given what the model predicts.
#pragma once

#include "flow/path/prediction.h"
#include "flow/solve/method.h"

namespace pushforward {

// Returns whether a model of this parameterization has a finite velocity at t. A model that
// predicts data has none at sigma = 0, models that predict noise or score have none at alpha = 0,
// and no model has one if dsigma is infinite (t = 1 on the paths linear_vp and vp). All functions
// of this file fail on times outside [0, 1].
bool has_velocity(const Parameterization& parameterization, double t);

// Return whether a flow solved by `method` can begin, or end, at t. The methods that use E[x1 | x]
// and E[x0 | x] (dpm_solver, edm_heun) can begin if the model's output determines these two means,
// and can end anywhere. SDE methods need no velocity if they end at sigma = 0. An ODE needs the
// velocity at both ends.
bool can_begin(const Parameterization& parameterization, SamplingMethod method, double t);
bool can_end(const Parameterization& parameterization, SamplingMethod method, double t);

// Returns whether the path at t is practically its noise alone: at t = 0, and where the noise level
// sigma / alpha is at least 79.9, just below the first level of EDM, 80 (Karras et al. 2022). A
// flow that begins at such a time starts from sigma x0. A flow that begins later has to start from
// alpha x1 + sigma x0.
bool noise_alone(const Scheduler& path, double t);

// An interval of times on the path.
struct TimeRange {
  // The first and the last time, both in [0, 1]. The flow runs from data to noise if begin > end.
  double begin = 0, end = 1;
};

// How far from the ends of the path a flow begins or ends if it cannot reach the ends themselves.
// Each member must lie in (0, 0.5).
struct TimeMargin {
  // The first time of a flow that cannot begin at t = 0. A smaller one loses less of the flow, but
  // an error of the model is multiplied by about 1 / alpha there.
  double begin = 1e-3;

  // The last time of a flow that cannot end at t = 1 is the t at which sigma(t) has this value, so
  // this is the noise that remains. For 1e-3, 1 - t is 1e-3 on the path cond_ot but 5e-7 on
  // linear_vp, whose sigma is a square root. The last time is never earlier than 1 - begin.
  double sigma = 1e-3;

  // A lower bound of 1 - t at the last time. It keeps the last time below 1 where sigma is steep.
  double min_left = 1e-9;

  // Returns the last time on this path. Fails unless each of the three numbers lies in (0, 0.5).
  double end_of(const Scheduler& path) const;
};

// Returns the largest part of the interval `wanted` that the method can solve. An end of the path
// that the method cannot reach is replaced by the time that `margin` gives. At such a time, the
// conversion of the model's output to a velocity multiplies the model's error by about 1 / alpha or
// 1 / sigma. SamplerOptions::denoise_last completes a flow that ends before t = 1. Fails on wanted
// times outside of [0, 1], and as TimeMargin::end_of does.
TimeRange safe_time_range(const Parameterization& parameterization,
                          SamplingMethod method = SamplingMethod::ode, TimeRange wanted = {},
                          const TimeMargin& margin = {});

}  // namespace pushforward
