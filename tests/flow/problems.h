// Three differential equations for the tests of solvers. They have no symmetry or linearity that
// would make a method look better.
#pragma once

#include <cmath>
#include <vector>

#include "flow/solve/integrate.h"

namespace pushforward::inline PF_REAL {

struct TestProblem {
  const char* name;
  int dim;
  double begin, end;
  std::vector<double> start;
  void (*slope)(double t, const real* y, real* dy);

  Rhs rhs() const {
    return [this](std::span<const int> rows, const real* x, const double* t, real* dx) {
      for (std::size_t r = 0; r < rows.size(); ++r) slope(t[r], x + r * dim, dx + r * dim);
    };
  }
};

inline const std::vector<TestProblem>& test_problems() {
  static const std::vector<TestProblem> problems{
      {"a pulsed wave",
       1,
       0,
       2,
       {0.7},
       [](double t, const real* y, real* dy) {
         dy[0] = y[0] * static_cast<real>(std::cos(3 * t + 0.5 * static_cast<double>(y[0]))) + 1;
       }},
      {"driven pendulum with drag",
       2,
       0,
       2,
       {1.2, -0.4},
       [](double t, const real* y, real* dy) {
         dy[0] = y[1];
         dy[1] = static_cast<real>(-std::sin(static_cast<double>(y[0])) + 0.5 * std::cos(1.5 * t)) -
                 real(0.3) * y[1] * y[1];
       }},
      {"hunters and hunted, by season",
       2,
       0,
       2,
       {1, 0.6},
       [](double t, const real* y, real* dy) {
         const real season = static_cast<real>(1 + 0.3 * std::sin(3 * t));
         dy[0] = y[0] * (season - y[1]);
         dy[1] = y[1] * (y[0] - real(0.8));
       }},
  };
  return problems;
}

// Returns the state at `end`, computed with many small steps of tsit5.
inline std::vector<real> reference(const TestProblem& p, double end) {
  SolverOptions options;
  options.tableau = &kTsit5;
  options.adaptive = false;
  Integrator solver(options, 1, p.dim);
  std::vector<real> x(p.start.begin(), p.start.end());
  solver.run(p.rhs(), 1, time_grid(4000, p.begin, end), x.data());
  return x;
}

inline double distance(const real* a, const real* b, int dim) {
  double sum = 0;
  for (int j = 0; j < dim; ++j)
    sum += std::pow(static_cast<double>(a[j]) - static_cast<double>(b[j]), 2);
  return std::sqrt(sum);
}

// Returns the slope of the logarithm of the error over the logarithm of the step, by least squares.
inline double fitted_order(const std::vector<double>& step, const std::vector<double>& error) {
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  const double n = static_cast<double>(step.size());
  for (std::size_t i = 0; i < step.size(); ++i) {
    const double x = std::log(step[i]), y = std::log(error[i]);
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

}  // namespace pushforward::inline PF_REAL
