// Where on a path a model's output says enough to go
// on: the ends that a method can begin and end at.
#pragma once

#include "flow/path/prediction.h"
#include "flow/solve/method.h"

namespace pushforward {

// Whether a model of that parameterization has a finite velocity at t: data has
// none at sigma = 0, noise and score none at alpha = 0, and nothing
// has one where dsigma is infinite (t = 1 on linear_vp and vp).
bool has_velocity(const Parameterization& parameterization, double t);

// Whether a flow by `method` can begin, or end, at t. The methods that work with E[x1 | x] and E[x0
// | x] (dpm_solver, edm_heun) begin where the output tells the two apart and end anywhere; the SDE
// methods have no need of a velocity where they end in sigma = 0; an ODE asks for it at both ends.
bool can_begin(const Parameterization& parameterization, Method method, double t);
bool can_end(const Parameterization& parameterization, Method method, double t);

// A part of the path, in the direction of the flow: to the noise where begin > end.
struct TimeRange {
  double begin = 0, end = 1;
};

// How far inside of the path's ends a flow begins or ends where it must.
struct Margin {
  double begin = 1e-3;  // the first time
  // sigma at the last time, what is left of the noise: 1 - t = 1e-3 on cond_ot, but 5e-7 on
  // linear_vp, whose sigma is a root. Never earlier than t = 1 - begin.
  double sigma = 1e-3;
  double min_left = 1e-9;  // of 1 - t at the last time, for clocks that tell no finer

  // The last time on this path.
  double end_of(const Scheduler& path) const;
};

// The largest part of `wanted` that begins and ends where the method can, by `margin` inside of
// the path's ends where it must. There, the conversion multiplies the model's error by about 1 /
// alpha or 1 / sigma. A flow that ends before t = 1 is completed by SamplerOptions::denoise_last.
TimeRange safe_time_range(const Parameterization& parameterization, Method method = Method::ode,
                          TimeRange wanted = {}, const Margin& margin = {});

}  // namespace pushforward
