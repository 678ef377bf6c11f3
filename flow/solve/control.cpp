#include "flow/solve/control.h"

#include <algorithm>
#include <cmath>

namespace pushforward {

double step_factor(const StepControl& c, int order, double ratio, double previous) {
  if (!std::isfinite(ratio)) return c.min_factor;
  if (ratio <= 0) return c.max_factor;
  double factor;
  if (ratio > 1) {
    factor = c.safety * std::pow(ratio, -1. / order);
  } else {
    // An error / tolerance ratio near 0 says little about the error of the next step, so the ratio
    // of the previous step counts as at least 1e-4.
    factor = c.safety * std::pow(ratio, -(c.integral + c.proportional) / order) *
             std::pow(std::max(previous, 1e-4), c.proportional / order);
  }
  return std::clamp(factor, ratio < 1 ? 1. : c.min_factor, c.max_factor);
}

double trial_first_step(double state, double slope, double span) {
  const double h = state < 1e-5 || slope < 1e-5 ? 1e-6 : 0.01 * state / slope;
  return std::min(h, span);
}

double first_step_size(double trial, double slope, double bend, int order, double span) {
  const double steepest = std::max(slope, bend);
  const double h =
      steepest <= 1e-15 ? std::max(1e-6, 1e-3 * trial) : std::pow(0.01 / steepest, 1. / order);
  return std::min({100 * trial, h, span});
}

}  // namespace pushforward
