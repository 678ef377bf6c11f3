// What the network predicts: a mix of the endpoints. From xt = alpha x1 + sigma x0 and one
// prediction any other follows by one 2x2 solve.
#pragma once

#include "flow/path/scheduler.h"

namespace pushforward {

// velocity dxt/dt; data x1; noise x0; score of the conditional distribution, -x0
// / sigma, for a standard normal source; edm, the network F of Karras
// et al. 2022, eq. 7, whose inputs are scaled as well (edm_inputs).
enum class Prediction { velocity, data, noise, score, edm };
inline constexpr Prediction kPredictions[] = {
    Prediction::velocity, Prediction::data, Prediction::noise, Prediction::score, Prediction::edm};
const char* name_of(Prediction prediction);

// What a model's output means: which prediction, on which path.
struct Parameterization {
  Prediction prediction = Prediction::velocity;
  Scheduler scheduler = cond_ot();
  double sigma_data = 0.5;  // edm: standard deviation of the data
};

// Fails unless the standard deviation of the data is positive and finite.
void check_sigma_data(double sigma_data);

// (p x0 + q x1) / over. `over` is 0 where the quantity itself is infinite. mix, conversion and
// edm_scaling take the coefficients as a Scheduler gives them and do not check those; they fail on
// a sigma_data, where it counts, that is not positive.
struct PredictionMix {
  double p, q, over = 1;
};
PredictionMix prediction_mix(Prediction prediction, const Coefficients& c, double sigma_data = 0.5);

// target = a xt + b prediction.
struct Conversion {
  double a, b;
};

// From one prediction to another at a time with these coefficients. Where a and b
// have finite limits they are returned (x1 is xt / alpha where sigma is 0,
// whatever was predicted; from the score, which a model keeps finite, the
// velocity there is dalpha / alpha xt); where they have none it fails, saying so:
// noise cannot be told from xt and x1 at t = 1, nor data from xt and x0 at t = 0.
Conversion conversion(Prediction from, Prediction to, const Coefficients& c,
                      double sigma_data = 0.5);

// EDM's scaling of the network's inputs (Karras et al. 2022, table 1) on any affine path: the net
// sees c_in x / alpha = x / sqrt(sigma^2 + sigma_data^2 alpha^2), and c_noise = ln(sigma / alpha) /
// 4 in the place of t, the logarithm kept within [-12, 12].
struct EdmInputs {
  double scale, noise;
};
EdmInputs edm_scaling(const Coefficients& c, double sigma_data);

}  // namespace pushforward
