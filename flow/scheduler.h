// Schedulers: the coefficients of the affine conditional path xt = alpha(t) x1 + sigma(t) x0.
//
// To add one: a function here that returns its Scheduler, its formula in scheduler.cpp, a row in
// the test's table.
#pragma once

#include <array>

namespace pushforward {

// The path's coefficients and their time derivatives at one t.
struct Coefficients {
  double alpha, sigma, dalpha, dsigma;
};

// A schedule: a formula and its parameters, as plain data.
struct Scheduler {
  const char* name;
  Coefficients (*formula)(double t, const std::array<double, 2>& parameters);
  std::array<double, 2> parameters{};

  // At t in [0, 1].
  Coefficients operator()(double t) const { return formula(t, parameters); }
};

// alpha = t, sigma = 1 - t: the straight line from noise to data, velocity x1 - x0 (Lipman et al.
// 2023, eq. 20 with sigma_min = 0; Liu et al. 2023).
Scheduler cond_ot();

}  // namespace pushforward
