// Where on a path a model's output says enough to go on: the ends that a method can begin and end
// at.
#pragma once

#include "flow/method.h"
#include "flow/prediction.h"

namespace pushforward {

// Whether a model of that meaning has a finite velocity at t: data has none at sigma = 0, noise and
// score none at alpha = 0, and nothing has one where dsigma is infinite (t = 1 on linear_vp and
// vp).
bool has_velocity(const Meaning& meaning, double t);

// Whether a flow by `method` can begin, or end, at t. The methods that work with E[x1 | x] and E[x0
// | x] (dpm_solver, edm_heun) begin where the output tells the two apart and end anywhere; the SDE
// methods have no need of a velocity where they end in sigma = 0; an ODE asks for it at both ends.
bool can_begin(const Meaning& meaning, Method method, double t);
bool can_end(const Meaning& meaning, Method method, double t);

// A part of the path, in the direction of the flow: to the noise where begin > end.
struct Span {
  double begin = 0, end = 1;
};

// The largest part of `wanted` that begins and ends where the method can: `margin` inside of the
// path's ends where it must. There, the conversion multiplies the model's error by about 1 /
// margin. A flow that ends at 1 - margin is completed by SamplerOptions::denoise_last.
Span safe_span(const Meaning& meaning, Method method = Method::ode, Span wanted = {},
               double margin = 1e-3);

}  // namespace pushforward
