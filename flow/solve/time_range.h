// The times at which a sampler can start and stop, given what the model predicts.
#pragma once

#include "flow/path/prediction.h"
#include "flow/solve/method.h"

namespace pushforward {

// Returns whether a model of this parameterization has a finite velocity at t. A data prediction
// has none at sigma = 0, and noise and score predictions have none at alpha = 0. No prediction has
// one where dsigma is infinite (t = 1 on linear_vp and vp).
bool has_velocity(const Parameterization& parameterization, double t);

// Return whether a flow by `method` can begin, or end, at t. An ODE needs a finite velocity at both
// ends. The SDE methods need none at an end with sigma = 0. The methods that use E[x1 | x] and E[x0
// | x] (dpm_solver, edm_heun) can end anywhere, and can begin wherever the model's output
// determines both expectations.
bool can_begin(const Parameterization& parameterization, Method method, double t);
bool can_end(const Parameterization& parameterization, Method method, double t);

// A time range of the path. The flow runs from data to noise if begin > end.
struct TimeRange {
  double begin = 0, end = 1;
};

// The distance from an end of the path at which a flow begins or ends if it cannot reach that end.
struct Margin {
  double begin = 1e-3;  // the first time
  // sigma at the last time, the noise that remains. For 1e-3, 1 - t is 1e-3 on cond_ot but 5e-7 on
  // linear_vp, whose sigma is a square root. The last time is never earlier than 1 - begin.
  double sigma = 1e-3;
  double min_left = 1e-9;  // lower bound of 1 - t at the last time

  // Returns the last time on this path.
  double end_of(const Scheduler& path) const;
};

// Returns the largest part of `wanted` that the method can integrate. If it cannot reach an end
// of the path, that end is moved inside by `margin`. There the conversion multiplies the model's
// error by about 1 / alpha or 1 / sigma. If a flow ends before t = 1,
// SamplerOptions::denoise_last completes it.
TimeRange safe_time_range(const Parameterization& parameterization, Method method = Method::ode,
                          TimeRange wanted = {}, const Margin& margin = {});

}  // namespace pushforward
