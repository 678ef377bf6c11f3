// The densities of the distributions of sources.h, as functions of plain numbers.
#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"
#include "flow/distributions/log_density.h"
#include "flow/manifold/sources.h"

namespace pushforward {

using detail::check;

namespace {

// ln of the integral of exp(kappa (cos a - 1)) over the sphere, and the mean of cos a - 1, where a is
// the angle to the mean. The integrand is smooth, and beyond the range below 1e-30.
struct CapIntegral {
  double log_total = 0, mean_drop = 0;
};

CapIntegral integrate_cap(int n, double kappa) {
  constexpr int kSteps = 4000;
  const double reach =
      kappa > 8 ? std::min(std::numbers::pi, 14 / std::sqrt(kappa)) : std::numbers::pi;
  // Simpson's rule.
  double total = 0, drop = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const double a = reach * i / kSteps, half = std::sin(a / 2), fall = -2 * half * half;
    const double weight = i == 0 || i == kSteps ? 1 : i % 2 == 1 ? 4 : 2;
    const double one = weight * std::exp(kappa * fall) * std::pow(std::sin(a), n - 2);
    total += one;
    drop += one * fall;
  }
  // The area of the sphere S^(n-2), over which points at one angle are spread.
  const double log_area =
      std::log(2.) + 0.5 * (n - 1) * std::log(std::numbers::pi) - std::lgamma(0.5 * (n - 1));
  return {std::log(total * reach / (3 * kSteps)) + log_area, drop / total};
}

}  // namespace

double log_vmf_constant(int n, double kappa) {
  check(n >= 2 && kappa >= 0 && std::isfinite(kappa), "vmf", "kappa ", kappa, " on a sphere in R^",
        n, "; kappa must be 0 or more and finite, and n at least 2");
  if (n != 3) return -kappa - integrate_cap(n, kappa).log_total;
  // ln sinh k = k + ln(1 - exp(-2 k)) - ln 2
  if (kappa < 1e-8) return -std::log(4 * std::numbers::pi);
  return std::log(kappa) - std::log(2 * std::numbers::pi) - kappa -
         std::log1p(-std::exp(-2 * kappa));
}

double vmf_entropy(int n, double kappa) {
  const double mean = n == 3 && kappa > 1e-3 ? 1 / std::tanh(kappa) - 1 / kappa
                                             : 1 + integrate_cap(n, kappa).mean_drop;
  return -log_vmf_constant(n, kappa) - kappa * mean;
}

double log_wrapped_normal(double angle, double mean, double std) {
  const double d = wrapped_angle(angle - mean);
  const int turns = static_cast<int>(std::ceil(1.5 * std)) + 1;
  LogSum sum;
  for (int k = -turns; k <= turns; ++k)
    sum.add(log_normal(std::pow(d + 2 * std::numbers::pi * k, 2), std, 1));
  return sum.value();
}

}  // namespace pushforward
