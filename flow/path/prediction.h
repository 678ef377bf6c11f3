// A prediction is what a network outputs: a linear combination of the endpoints x0 and x1. Together
// with xt = alpha x1 + sigma x0, any prediction determines every other one by a 2x2 linear system.
#pragma once

#include "flow/path/scheduler.h"

namespace pushforward {

// The predictions: `velocity` is dxt/dt, `data` is x1, and `noise` is x0. `score` is the score of
// the conditional distribution, -x0 / sigma for a standard normal source. `edm` is the network F of
// Karras et al. 2022, eq. 7, whose inputs are scaled too (see edm_inputs).
enum class Prediction { velocity, data, noise, score, edm };
inline constexpr Prediction kPredictions[] = {
    Prediction::velocity, Prediction::data, Prediction::noise, Prediction::score, Prediction::edm};
const char* name_of(Prediction prediction);

// The meaning of a model's output: a prediction and the path it refers to.
struct Parameterization {
  // What the model outputs. The default is finite on the whole path cond_ot. A model that predicts
  // data determines no velocity where sigma is 0, and one that predicts noise or the score none
  // where alpha is 0 (has_velocity in flow/solve/time_range.h). Flows of such models then begin or
  // end a little inside the path.
  Prediction prediction = Prediction::velocity;

  // The path on which the model was trained. Conversions between predictions use its coefficients.
  Scheduler scheduler = cond_ot();

  // The standard deviation of the data, which only `edm` uses. Set it to that of the data in the
  // units of training. It must be positive and finite.
  double sigma_data = 0.5;
};

// Throws unless the standard deviation of the data is positive and finite.
void check_sigma_data(double sigma_data);

// The prediction (p x0 + q x1) / over. `over` is 0 where the prediction is infinite. The functions
// of this file do not check the coefficients, which come from a Scheduler. They throw if they need
// sigma_data and it is not positive.
struct PredictionMix {
  double p, q, over = 1;
};
PredictionMix prediction_mix(Prediction prediction, const Coefficients& c, double sigma_data = 0.5);

// Converts one prediction of a model to another, the target: target = a xt + b prediction.
struct Conversion {
  double a, b;
};

// Returns the conversion between two predictions at a time t with the coefficients c. If a and b
// have finite limits at t, it returns the limits. For example, x1 = xt / alpha where sigma = 0, for
// any prediction. A model's score stays finite there, so the velocity from a score is dalpha /
// alpha xt. Throws if a limit is not finite: xt and x1 do not determine the noise at t = 1, and xt
// and x0 do not determine the data at t = 0.
Conversion conversion(Prediction from, Prediction to, const Coefficients& c,
                      double sigma_data = 0.5);

// EDM's scaling of the network's inputs (Karras et al. 2022, table 1), on any affine path. The
// network takes c_in x / alpha = x / sqrt(sigma^2 + sigma_data^2 alpha^2), and c_noise = ln(sigma /
// alpha) / 4 instead of t. The logarithm is clamped to [-12, 12].
struct EdmInputs {
  double scale, noise;
};
EdmInputs edm_scaling(const Coefficients& c, double sigma_data);

}  // namespace pushforward
