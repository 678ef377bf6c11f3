// Where on a path a prediction can be turned into a velocity.
#pragma once

#include "flow/prediction.h"

namespace pushforward {

// Whether a model of that meaning has a finite velocity at t: data has none at sigma = 0, noise and
// score none at alpha = 0, and nothing has one where dsigma is infinite.
bool has_velocity(const Meaning& meaning, double t);

// A part of the path, in the direction of the flow.
struct Span {
  double begin = 0, end = 1;
};

// The largest part of `wanted` whose ends are `margin` inside of the path wherever there is no
// velocity: at t = 1 for data on a path with sigma(1) = 0, at t = 0 for noise with alpha(0) = 0, at
// t = 1 for any prediction on linear_vp and vp. Off the end the conversion multiplies the model's
// error by about 1 / t or 1 / (1 - t), so `margin` says how much of that is taken (0.001: 1000
// times); SamplerOptions::denoise_last makes up for the rest. Either way round.
Span safe_span(const Meaning& meaning, Span wanted = {}, double margin = 1e-3);

}  // namespace pushforward
