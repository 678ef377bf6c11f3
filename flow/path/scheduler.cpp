#include "flow/path/scheduler.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

namespace {

using std::numbers::pi;

// Returns sigma^(1 / rho) of the edm schedule, which is linear in t.
double edm_root(double t, const Scheduler& s) {
  const auto [low, high, rho] = s.parameters;
  return std::pow(high, 1 / rho) + t * (std::pow(low, 1 / rho) - std::pow(high, 1 / rho));
}

Coefficients table_formula(double t, const Scheduler& s) {
  const ScheduleTable::Value v = s.table->at(t);
  return {v.alpha, v.sigma, v.dalpha, v.dsigma};
}

// Returns the time at which alpha / sigma of a tabulated schedule is `ratio`. alpha / sigma rises
// with t, so bisection finds the time to the last bit.
double table_inverse(double ratio, const Scheduler& s) {
  double low = 0, high = 1;
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    const Coefficients c = s(middle);
    (c.alpha < ratio * c.sigma ? low : high) = middle;
  }
  const auto miss = [&](double t) {
    const Coefficients c = s(t);
    return std::isinf(ratio) ? c.sigma : std::abs(c.alpha - ratio * c.sigma);
  };
  return miss(low) <= miss(high) ? low : high;
}

// Returns sigma dalpha - alpha dsigma, the numerator of the slope of alpha / sigma.
double wronskian(const Coefficients& c) { return c.sigma * c.dalpha - c.alpha * c.dsigma; }

}  // namespace

Coefficients Scheduler::operator()(double t) const {
  check(formula != nullptr, "path",
        "a schedule without a formula; take one of flow/path/scheduler.h");
  check(t >= 0 && t <= 1, "path", "t is ", t, " on ", name, "; times of a path lie in [0, 1]");
  return formula(t, *this);
}

double Scheduler::time_of_ratio(double ratio) const {
  check(formula != nullptr && inverse != nullptr, "path",
        "a schedule without a formula and its inverse; take one of flow/path/scheduler.h");
  const double slack = 1 + 1e-12;  // allows for round-off at the ends
  const Coefficients first = formula(0, *this), last = formula(1, *this);
  const double low = first.alpha / first.sigma, high = last.alpha / last.sigma;
  check(ratio * slack >= low && ratio <= high * slack, "path", name,
        " has no time at which alpha / sigma is ", ratio, "; it runs from ", low, " to ", high);
  return std::clamp(inverse(ratio, *this), 0., 1.);
}

Scheduler cond_ot(double sigma_min) {
  check(sigma_min >= 0 && sigma_min < 1, "path", "sigma_min of cond_ot is ", sigma_min,
        "; it must lie in [0, 1)");
  return {"cond_ot",
          [](double t, const Scheduler& s) {
            const double fall = 1 - s.parameters[0];
            return Coefficients{t, s.parameters[0] == 0 ? 1 - t : 1 - fall * t, 1, -fall};
          },
          [](double ratio, const Scheduler& s) { return 1 / (1 / ratio + 1 - s.parameters[0]); },
          {sigma_min}};
}

Scheduler polynomial(double n) {
  check(n > 0 && std::isfinite(n), "path", "the power of polynomial is ", n,
        "; it must be positive");
  return {"polynomial",
          [](double t, const Scheduler& s) {
            const double power = s.parameters[0], alpha = std::pow(t, power),
                         slope = power * std::pow(t, power - 1);
            return Coefficients{alpha, 1 - alpha, slope, -slope};
          },
          [](double ratio, const Scheduler& s) {
            return std::pow(1 / (1 / ratio + 1), 1 / s.parameters[0]);
          },
          {n}};
}

Scheduler cosine() {
  return {"cosine",
          [](double t, const Scheduler&) {
            // sigma is the sine of the remaining angle instead of a cosine, so it is exactly 0 at t
            // = 1.
            const double alpha = std::sin(pi / 2 * t), sigma = std::sin(pi / 2 * (1 - t));
            return Coefficients{alpha, sigma, pi / 2 * sigma, -pi / 2 * alpha};
          },
          [](double ratio, const Scheduler&) { return 2 / pi * std::atan(ratio); }};
}

Scheduler linear_vp() {
  return {"linear_vp",
          [](double t, const Scheduler&) {
            const double sigma = std::sqrt((1 - t) * (1 + t));
            return Coefficients{t, sigma, 1, -t / sigma, -t};
          },
          [](double ratio, const Scheduler&) { return 1 / std::hypot(1 / ratio, 1); }};
}

Scheduler vp(double beta_min, double beta_max) {
  check(beta_min > 0 && beta_max > beta_min && std::isfinite(beta_max), "path", "beta_min ",
        beta_min, " and beta_max ", beta_max, " of vp; give 0 < beta_min < beta_max");
  return {
      "vp",
      [](double t, const Scheduler& s) {
        const auto [b, rise, unused] = s.parameters;
        const double left = 1 - t, area = left * left * rise / 2 + left * b,
                     slope = -left * rise - b;
        const double alpha = std::exp(-area / 2), sigma = std::sqrt(-std::expm1(-area)),
                     sigma_dsigma = slope * std::exp(-area) / 2;
        return Coefficients{alpha, sigma, -slope / 2 * alpha, sigma_dsigma / sigma, sigma_dsigma};
      },
      [](double ratio, const Scheduler& s) {
        const auto [b, rise, unused] = s.parameters;
        const double area = std::log1p(1 / (ratio * ratio));
        return 1 - 2 * area / (b + std::sqrt(b * b + 2 * rise * area));
      },
      {beta_min, beta_max - beta_min}};
}

Scheduler ve(double sigma_min, double sigma_max) {
  check(sigma_min > 0 && sigma_max > sigma_min && std::isfinite(sigma_max), "path", "sigma_min ",
        sigma_min, " and sigma_max ", sigma_max, " of ve; give 0 < sigma_min < sigma_max");
  return {"ve",
          [](double t, const Scheduler& s) {
            const double fall = std::log(s.parameters[1] / s.parameters[0]),
                         sigma = s.parameters[0] * std::exp(fall * (1 - t));
            return Coefficients{1, sigma, 0, -fall * sigma};
          },
          [](double ratio, const Scheduler& s) {
            return 1 - std::log(1 / (ratio * s.parameters[0])) /
                           std::log(s.parameters[1] / s.parameters[0]);
          },
          {sigma_min, sigma_max}};
}

Scheduler edm(double sigma_min, double sigma_max, double rho) {
  check(sigma_min > 0 && sigma_max > sigma_min && std::isfinite(sigma_max) && rho >= 1, "path",
        "sigma_min ", sigma_min, ", sigma_max ", sigma_max, " and rho ", rho,
        " of edm; give 0 < sigma_min < sigma_max and rho of at least 1");
  return {
      "edm",
      [](double t, const Scheduler& s) {
        const double power = s.parameters[2], root = edm_root(t, s),
                     fall = edm_root(1, s) - edm_root(0, s);
        return Coefficients{1, std::pow(root, power), 0, power * std::pow(root, power - 1) * fall};
      },
      [](double ratio, const Scheduler& s) {
        const double first = edm_root(0, s);
        return (std::pow(1 / ratio, 1 / s.parameters[2]) - first) / (edm_root(1, s) - first);
      },
      {sigma_min, sigma_max, rho}};
}

Scheduler tabulated(ScheduleTable table) {
  return {"table",
          table_formula,
          table_inverse,
          {},
          std::make_shared<const ScheduleTable>(std::move(table))};
}

ScheduleChange change_schedule(const Scheduler& from, const Scheduler& to, double r) {
  const Coefficients b = to(r);
  const double t = from.time_of_ratio(b.alpha / b.sigma);
  const Coefficients a = from(t);
  // alpha and sigma of the new schedule are the same multiple, `scale`, of those of the old one. It
  // is computed from the larger of alpha and sigma, which gives the smaller error.
  const bool by_sigma = a.sigma >= a.alpha;
  const double scale = by_sigma ? b.sigma / a.sigma : b.alpha / a.alpha;
  const double dt = wronskian(b) / wronskian(a) / (scale * scale);
  const double dscale = by_sigma ? (b.dsigma - scale * a.dsigma * dt) / a.sigma
                                 : (b.dalpha - scale * a.dalpha * dt) / a.alpha;
  check(std::isfinite(dt) && std::isfinite(dscale), "path", "from ", from.name, " at t = ", t,
        " to ", to.name, " at ", r,
        " the change of schedule has no finite derivative; begin after t = 0 or end before t = 1");
  return {t, scale, dt, dscale};
}

}  // namespace pushforward
