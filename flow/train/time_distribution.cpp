#include "flow/train/time_distribution.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numbers>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

using std::numbers::pi;

void check_normal(const char* name, double mean, double std) {
  check(std::isfinite(mean) && std::isfinite(std) && std > 0, "time", name, " has mean ", mean,
        " and std ", std, "; both must be finite, and std positive");
}

// Returns a distribution whose quantile function is `inside` for u in (0, 1), 0 at 0 and 1 at 1.
template <class Quantile>
TimeDistribution make_law(const char* name, Quantile inside, bool stratified = false) {
  const auto quantile = [name, inside](double u) -> double {
    check(u >= 0 && u <= 1, "time", "the quantile function of ", name, " is asked at u = ", u,
          "; u is a probability, 0 to 1");
    return u == 0 || u == 1 ? u : inside(u);
  };
  return {name, quantile, stratified};
}

}  // namespace

TimeDistribution uniform_time() {
  return make_law("uniform", [](double u) { return u; });
}

TimeDistribution stratified_time() {
  return make_law(
      "stratified", [](double u) { return u; }, true);
}

TimeDistribution start_time() {
  return make_law("start", [](double) { return 0.; });
}

TimeDistribution logit_normal_time(double mean, double std) {
  check_normal("logit_normal", mean, std);
  const boost::math::normal normal(mean, std);
  return make_law("logit_normal", [normal](double u) {
    return 1 / (1 + std::exp(-boost::math::quantile(normal, u)));
  });
}

TimeDistribution mode_time(double scale) {
  check(scale >= -1 && scale <= 2 / (pi - 2), "time", "the scale of mode is ", scale,
        "; it must lie in [-1, ", 2 / (pi - 2), "] for t to rise with u");
  return make_law("mode", [scale](double u) {
    const double s = std::sin(pi / 2 * u);
    return u - scale * (s * s - u);
  });
}

TimeDistribution cosmap_time() {
  return make_law("cosmap", [](double u) { return 1 - 1 / (std::tan(pi / 2 * u) + 1); });
}

TimeDistribution u_shaped_time(double sharpness) {
  check(sharpness > 0 && sharpness <= 100, "time", "the sharpness of u_shaped is ", sharpness,
        "; it must be above 0 and at most 100");
  const double end = std::sinh(sharpness / 2);
  return make_law("u_shaped", [sharpness, end](double u) {
    return std::clamp(0.5 + std::asinh((2 * u - 1) * end) / sharpness, 0., 1.);
  });
}

TimeDistribution beta_time(double a, double b) {
  check(a > 0 && b > 0 && std::isfinite(a) && std::isfinite(b), "time", "beta has a ", a, " and b ",
        b, "; both must be positive");
  const boost::math::beta_distribution<> beta(a, b);
  return make_law("beta", [beta](double u) { return boost::math::quantile(beta, u); });
}

TimeDistribution noise_level_time(const Scheduler& scheduler, double mean, double std) {
  check_normal("noise_level", mean, std);
  const boost::math::normal normal(mean, std);
  const Coefficients first = scheduler(0), last = scheduler(1);
  const double max_level = first.sigma / first.alpha, min_level = last.sigma / last.alpha;
  return make_law("noise_level", [=](double u) {
    // t rises as the noise level falls, so the level is the (1 - u)-quantile.
    const double level = std::exp(boost::math::quantile(boost::math::complement(normal, u)));
    if (level >= max_level) return 0.;
    return level <= min_level ? 1. : scheduler.time_of_ratio(1 / level);
  });
}

}  // namespace pushforward
