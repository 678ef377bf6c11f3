// The times at which a sampler can start and stop, given what the model predicts.
#pragma once

#include "flow/path/prediction.h"
#include "flow/solve/method.h"

namespace pushforward {

// Whether a model of that parameterization has a finite velocity at t: data has
// none at sigma = 0, noise and score none at alpha = 0, and nothing
// has one where dsigma is infinite (t = 1 on linear_vp and vp). This and all below fail on times
// outside of [0, 1].
bool has_velocity(const Parameterization& parameterization, double t);

// Whether a flow by `method` can begin, or end, at t. The methods that work with E[x1 | x] and E[x0
// | x] (dpm_solver, edm_heun) begin where the output tells the two apart and end anywhere; the SDE
// methods have no need of a velocity where they end in sigma = 0; an ODE asks for it at both ends.
bool can_begin(const Parameterization& parameterization, SamplingMethod method, double t);
bool can_end(const Parameterization& parameterization, SamplingMethod method, double t);

// Whether the law of the path at t is that of its noise alone, for all that a sampler can tell: at t
// = 0, and where the noise level sigma / alpha is at least 79.9, just below the first level of EDM,
// 80 (Karras et al. 2022). A flow that begins there starts from sigma x0. A flow that begins later
// has to start from alpha x1 + sigma x0.
bool noise_alone(const Scheduler& path, double t);

// A time range of the path. The flow runs from data to noise if begin > end.
struct TimeRange {
  double begin = 0, end = 1;
};

// How far inside of the path's ends a flow begins or ends where it must.
struct TimeMargin {
  double begin = 1e-3;  // the first time
  // sigma at the last time, the noise that remains. For 1e-3, 1 - t is 1e-3 on cond_ot but 5e-7 on
  // linear_vp, whose sigma is a square root. The last time is never earlier than 1 - begin.
  double sigma = 1e-3;
  double min_left = 1e-9;  // lower bound of 1 - t at the last time

  // Returns the last time on this path.
  double end_of(const Scheduler& path) const;
};

// The largest part of `wanted` that begins and ends where the method can, by `margin` inside of
// the path's ends where it must. There, the conversion multiplies the model's error by about 1 /
// alpha or 1 / sigma. A flow that ends before t = 1 is completed by SamplerOptions::denoise_last.
TimeRange safe_time_range(const Parameterization& parameterization,
                          SamplingMethod method = SamplingMethod::ode, TimeRange wanted = {},
                          const TimeMargin& margin = {});

}  // namespace pushforward
