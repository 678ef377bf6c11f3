// Tools for the checks of theory.h: residuals, differences, sums, small distributions and a solver.
//
// The checks use double whatever the precision of the program: their sources define
// PUSHFORWARD_REAL before any include.
#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <numbers>
#include <span>
#include <vector>

#include "flow/oracle/exact_field.h"
#include "flow/solve/step.h"

#if PUSHFORWARD_REAL != 64
#error "the checks are computed in double: define PUSHFORWARD_REAL 64 first"
#endif

namespace pushforward::equations {

using Numbers = std::vector<double>;
using std::numbers::pi;

// Collects the largest |a - b| / (1 + |b|) over the values compared so far, where each a, the
// library's, is first multiplied by 1 + wrong. It is NaN once a value was NaN, and infinite if
// nothing was compared, so that an empty check fails. A check whose result is not proportional to
// the library's value applies `wrong` itself and uses Residual().
class Residual {
 public:
  explicit Residual(double wrong = 0) : factor_(1 + wrong) {}
  void compare(double a, double b) {
    const double r = std::abs(factor_ * a - b) / (1 + std::abs(b));
    if (!(r <= worst_) && !std::isnan(worst_)) worst_ = r;
    compared_ = true;
  }
  void compare(std::span<const double> a, std::span<const double> b) {
    detail::check(a.size() == b.size(), "theory", a.size(), " numbers against ", b.size(),
                  "; both sides must have equally many");
    for (std::size_t i = 0; i < a.size(); ++i) compare(a[i], b[i]);
  }
  double worst() const { return compared_ ? worst_ : std::numeric_limits<double>::infinity(); }

 private:
  double factor_, worst_ = 0;
  bool compared_ = false;
};

// Returns f'(x) = (f(x - 2 h) - 8 f(x - h) + 8 f(x + h) - f(x + 2 h)) / (12 h) + O(h^4).
template <class F>
double slope(const F& f, double x, double h) {
  return (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h);
}
// Returns f''(x) by differences with step h, up to O(h^4).
template <class F>
double bend(const F& f, double x, double h) {
  return (-f(x - 2 * h) + 16 * f(x - h) - 30 * f(x) + 16 * f(x + h) - f(x + 2 * h)) / (12 * h * h);
}
// Returns the derivative of f at the point x along coordinate j, by differences with step h.
template <class F>
double slope_along(const F& f, Numbers x, int j, double h) {
  return slope(
      [&](double to) {
        x[j] = to;
        return f(x);
      },
      Numbers(x)[j], h);
}
template <class F>
double bend_along(const F& f, Numbers x, int j, double h) {
  return bend(
      [&](double to) {
        x[j] = to;
        return f(x);
      },
      Numbers(x)[j], h);
}

// Returns the points of [-reach, reach] that are `step` apart. The sum of a function over these
// points, times `step`, is its integral if the function decays like a Gaussian; the error falls
// faster than any power of the step.
Numbers line_grid(double reach, double step);

// The density and the distribution function of N(mean, std^2) on the line, at x.
double normal(double x, double mean, double std);
double gaussian_cdf(double x, double mean, double std);
// The density and the distribution function of a mixture on the line, at x.
double density(const Mixture& distribution, double x);
double cdf(const Mixture& distribution, double x);

// Each function returns the oracle of a flow between two mixtures whose components differ in width.
// line_flow goes from two components to three on the line, and plane_flow from two to two in the
// plane. noise_to_line and noise_to_plane go from a standard normal source to the data of line_flow
// and plane_flow.
using OraclePtr = std::shared_ptr<const Oracle>;
OraclePtr line_flow();
OraclePtr plane_flow();
OraclePtr noise_to_line();
OraclePtr noise_to_plane();

// Returns a Distribution (flow/distributions) that draws from the mixture.
DistributionPtr as_distribution(const Mixture& distribution);

// Returns (1 + wrong) times the field, for a check that must notice the error.
Field perturbed(Field field, double wrong);

// Returns the right-hand side of dx/dt = field(x, t) in `dim` dimensions, for the solver.
Rhs make_rhs(Field field, int dim);
// Integrates points x (n, dim) from times[0] and returns them at each of `times`. Uses the solver
// of flow/solve/integrate.h with 200 steps per unit of time.
std::vector<Numbers> integrate(const Rhs& rhs, int dim, Numbers x, std::span<const double> times);

// Returns a network of 8 tanh units on [x, t]. Its weights depend on `which`.
Field small_network(int dim, int which);
// Returns the field's values at points x (n, dim), all at time t.
Numbers answers(const Field& field, int dim, const Numbers& x, double t);

// Returns every noise schedule that the library has as a formula, with moderate noise levels.
std::vector<Scheduler> schedulers();

}  // namespace pushforward::equations
