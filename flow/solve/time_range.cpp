#include "flow/solve/time_range.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

// Returns whether the model's output and xt determine both E[x0 | x] and E[x1 | x]. A model's score
// stays finite, so E[x0 | x] = -sigma score is known; E[x1 | x] then follows wherever alpha is not
// 0.
bool tells_endpoints(const Parameterization& parameterization, const Coefficients& c) {
  if (parameterization.prediction == Prediction::score) return c.alpha != 0;
  const PredictionMix f =
      prediction_mix(parameterization.prediction, c, parameterization.sigma_data);
  return f.over != 0 && c.sigma * f.q - c.alpha * f.p != 0;
}

// Returns whether the method follows the velocity itself.
bool follows_velocity(SamplingMethod method) {
  return method == SamplingMethod::ode || method == SamplingMethod::jumps ||
         method == SamplingMethod::bridge_sde;
}

bool is_sde(SamplingMethod method) {
  return method == SamplingMethod::euler_maruyama || method == SamplingMethod::stochastic_heun;
}

}  // namespace

bool has_velocity(const Parameterization& parameterization, double t) {
  const Coefficients c = parameterization.scheduler(t);
  if (!std::isfinite(c.dalpha) || !std::isfinite(c.dsigma)) return false;
  return parameterization.prediction == Prediction::velocity ||
         tells_endpoints(parameterization, c);
}

bool can_begin(const Parameterization& parameterization, SamplingMethod method, double t) {
  if (follows_velocity(method) || is_sde(method)) return has_velocity(parameterization, t);
  return tells_endpoints(parameterization, parameterization.scheduler(t));
}

bool can_end(const Parameterization& parameterization, SamplingMethod method, double t) {
  if (follows_velocity(method)) return has_velocity(parameterization, t);
  return !is_sde(method) || parameterization.scheduler(t).sigma == 0 ||
         has_velocity(parameterization, t);
}

bool noise_alone(const Scheduler& path, double t) {
  if (t == 0) return true;
  const Coefficients c = path(t);
  return c.sigma >= 79.9 * c.alpha;
}

double TimeMargin::end_of(const Scheduler& path) const {
  for (double m : {begin, sigma, min_left}) {
    check(m > 0 && m < 0.5, "sample", "a margin of ", m,
          " at the ends of the path; give one in (0, 0.5)");
  }
  // Finds the distance 1 - t from the end of the path by bisecting the logarithm of 1 - t. Returns
  // the earliest allowed time, 1 - begin, if sigma is small enough there already.
  double near = std::min(min_left, begin), far = begin;
  if (path(1 - far).sigma <= sigma * (1 + 1e-9)) return 1 - far;
  for (int i = 0; i < 100; ++i) {
    const double middle = std::sqrt(near * far);
    (path(1 - middle).sigma <= sigma ? near : far) = middle;
  }
  return 1 - near;
}

TimeRange safe_time_range(const Parameterization& parameterization, SamplingMethod method,
                          TimeRange wanted, const TimeMargin& margin) {
  check(wanted.begin >= 0 && wanted.begin <= 1 && wanted.end >= 0 && wanted.end <= 1, "sample",
        "a flow from t = ", wanted.begin, " to ", wanted.end, "; times of a path lie in [0, 1]");
  const double last = margin.end_of(parameterization.scheduler);
  const auto inside = [&](double t, auto possible) {
    return std::clamp(t, possible(parameterization, method, 0) ? 0 : margin.begin,
                      possible(parameterization, method, 1) ? 1 : last);
  };
  return {inside(wanted.begin, can_begin), inside(wanted.end, can_end)};
}

}  // namespace pushforward
