// Exercise 7: a path of your own, from alpha and sigma to the flow along it.
//
// alpha = sin^2(pi t / 2) and sigma = cos^2(pi t / 2): the path leaves the noise slowly and arrives
// at the data slowly.
#include <numbers>

#include "docs/exercises/exercise.h"
#include "flow/oracle/oracle.h"
#include "flow/solve/integrate.h"

using namespace pushforward;

namespace {

constexpr double pi = std::numbers::pi;

// your part: Scheduler slow_ends(), with its coefficients, their slopes, and the time of a ratio
Coefficients slow_ends_formula(double t, const Scheduler&) {
  const double s = std::sin(pi * t / 2), c = std::cos(pi * t / 2);
  return {.alpha = s * s, .sigma = c * c, .dalpha = pi * s * c, .dsigma = -pi * s * c};
}
double slow_ends_inverse(double ratio, const Scheduler&) {  // alpha / sigma = tan^2(pi t / 2)
  return 2 / pi * std::atan(std::sqrt(ratio));
}
Scheduler slow_ends() { return {"slow_ends", slow_ends_formula, slow_ends_inverse}; }
// end of your part

// Returns the point to which the flow from N(0, 1) to N(2, 1/4) takes x0, by the exact velocity of
// the path.
double arrival(double x0) {
  const Oracle oracle({.dim = 1, .weights = {1}, .means = {0}, .stds = {1}},
                      {.dim = 1, .weights = {1}, .means = {2}, .stds = {0.5}});
  Integrator solver({.rtol = 1e-10, .atol = 1e-10}, 1, 1);
  real x = x0;
  solver.run(
      [&](auto rows, const real* at, const double* t, real* dx) {
        for (std::size_t r = 0; r < rows.size(); ++r) {
          const double place[] = {at[r]};
          dx[r] = oracle.velocity(slow_ends()(t[r]), place)[0];
        }
      },
      1, std::vector<double>{0, 1}, &x);
  return x;
}

}  // namespace

int main() {
  const Scheduler path = slow_ends();
  exercise::expect("it begins at the noise", path(0).sigma, 1);
  exercise::expect("it ends at the data", path(1).alpha, 1);
  for (const double t : {0.2, 0.5, 0.9}) {
    const double h = 1e-5;
    exercise::expect("the slope of alpha", path(t).dalpha,
                     (path(t + h).alpha - path(t - h).alpha) / (2 * h), 1e-8);
    exercise::expect("the slope of sigma", path(t).dsigma,
                     (path(t + h).sigma - path(t - h).sigma) / (2 * h), 1e-8);
    exercise::expect("the time of a ratio", path.time_of_ratio(path(t).alpha / path(t).sigma), t);
  }
  // Any path between these two Gaussians takes x0 to mean + std x0.
  exercise::expect("the flow takes 0 to 2", arrival(0), 2, 1e-8);
  exercise::expect("and -1.5 to 1.25", arrival(-1.5), 1.25, 1e-8);
  return exercise::result();
}
