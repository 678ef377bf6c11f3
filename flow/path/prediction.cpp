#include "flow/path/prediction.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

const char* name_of(Prediction prediction) {
  switch (prediction) {
    case Prediction::velocity: return "velocity";
    case Prediction::data: return "data";
    case Prediction::noise: return "noise";
    case Prediction::score: return "score";
    case Prediction::edm: return "edm";
  }
  return "";
}

void check_sigma_data(double sigma_data) {
  check(sigma_data > 0 && std::isfinite(sigma_data), "prediction", "sigma_data is ", sigma_data,
        "; the data's standard deviation is positive and finite");
}

PredictionMix prediction_mix(Prediction prediction, const Coefficients& c, double sigma_data) {
  switch (prediction) {
    case Prediction::velocity:
      if (std::isfinite(c.dsigma)) return {c.dsigma, c.dalpha};
      return {c.sigma_dsigma, c.sigma * c.dalpha, c.sigma};
    case Prediction::data: return {0, 1};
    case Prediction::noise: return {1, 0};
    case Prediction::score: return {-1, 0, c.sigma};
    case Prediction::edm: {
      check_sigma_data(sigma_data);
      // EDM predicts F = (x1 - c_skip x) / c_out with x = x1 + s x0 and the noise level s = sigma /
      // alpha, where c_skip and c_out depend on s and sigma_data. Written in alpha and sigma, F
      // needs no special case for alpha = 0 or sigma = 0.
      const double root = std::hypot(c.sigma, sigma_data * c.alpha);
      return {-sigma_data * c.alpha / root, c.sigma / (sigma_data * root)};
    }
  }
  return {};
}

Conversion conversion(Prediction from, Prediction to, const Coefficients& c, double sigma_data) {
  using enum Prediction;
  if (from == to) return {0, 1};
  // At an end of the path, xt is a multiple of one endpoint.
  if (to == data && c.sigma == 0) return {1 / c.alpha, 0};
  if (to == noise && c.alpha == 0 && from != score) return {1 / c.sigma, 0};
  if (to == score && c.alpha == 0 && from != noise) return {-1 / (c.sigma * c.sigma), 0};

  Conversion answer;
  if (from == score && to == noise) {
    answer = {0, -c.sigma};
  } else if (from == noise && to == score) {
    answer = {0, -1 / c.sigma};
  } else {
    // With x0 = unit z we have xt = sigma unit z + alpha x1 and prediction = p z + q x1. Solve for
    // z and x1, then combine them into the target. With unit = sigma, the score and a velocity of
    // infinite dsigma stay finite.
    const bool steep = !std::isfinite(c.dsigma) && (from == velocity || to == velocity);
    const bool scaled = from == score || to == score || steep;
    const double unit = scaled ? c.sigma : 1;
    const auto in_unit = [&](Prediction prediction) -> PredictionMix {
      if (scaled && prediction == score) return {-1, 0};
      if (scaled && prediction == velocity) return {c.sigma_dsigma, c.dalpha};
      const PredictionMix m = prediction_mix(prediction, c, sigma_data);
      return {m.p * unit, m.q};
    };
    const PredictionMix f = in_unit(from), t = in_unit(to);
    const double det = c.sigma * unit * f.q - c.alpha * f.p;
    answer = {(t.p * f.q - t.q * f.p) / det, (c.sigma * unit * t.q - c.alpha * t.p) / det};
  }
  check(std::isfinite(answer.a) && std::isfinite(answer.b), "prediction", name_of(to), " from ",
        name_of(from), " has no finite limit where alpha is ", c.alpha, " and sigma ", c.sigma,
        "; begin after t = 0 or end before t = 1");
  return answer;
}

EdmInputs edm_scaling(const Coefficients& c, double sigma_data) {
  check_sigma_data(sigma_data);
  const double log_ratio = std::log(c.sigma) - std::log(c.alpha);
  return {1 / std::hypot(c.sigma, sigma_data * c.alpha), std::clamp(log_ratio, -12., 12.) / 4};
}

}  // namespace pushforward
