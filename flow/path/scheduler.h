// Schedulers: the coefficients of the affine conditional path xt = alpha(t) x1 + sigma(t) x0.
//
// To add a scheduler, declare its function here, put its formula and inverse in scheduler.cpp and
// add a row to the table of schedulers in the test.
#pragma once

#include <array>
#include <memory>

#include "flow/path/schedule_table.h"

namespace pushforward {

// The path's coefficients and their time derivatives at one t.
struct Coefficients {
  double alpha, sigma, dalpha, dsigma;
  // The product sigma dsigma. It stays finite at an end where sigma behaves like a square root and
  // dsigma is infinite.
  double sigma_dsigma = sigma * dsigma;
};

// A schedule of alpha(t) and sigma(t): a formula and its parameters, as plain data.
struct Scheduler {
  using Parameters = std::array<double, 3>;

  const char* name = "";
  Coefficients (*formula)(double t, const Scheduler&) = nullptr;
  double (*inverse)(double ratio, const Scheduler&) = nullptr;
  Parameters parameters{};
  std::shared_ptr<const ScheduleTable> table{};  // used by `tabulated` only

  // Returns the coefficients at t in [0, 1]. Fails on any other t, and on a schedule without a
  // formula.
  Coefficients operator()(double t) const;
  // Returns the t at which alpha / sigma (the root of the signal-to-noise ratio) is `ratio`, which
  // may be 0 to infinity. Throws if the path has no such time.
  double time_of_ratio(double ratio) const;
  // Returns sigma(0), the factor of the source row x0 at t = 0. It is 1 except for the schedules ve
  // and edm, where the noise is N(0, sigma_max^2).
  double source_scale() const { return (*this)(0).sigma; }
};

// Returns the schedule alpha = t, sigma = 1 - (1 - sigma_min) t, whose paths are straight lines.
// With sigma_min = 0 the velocity is x1 - x0 (Liu et al. 2023). For sigma_min > 0 see Lipman et al.
// 2023, eq. 20 to 23. Throws unless sigma_min lies in [0, 1).
Scheduler cond_ot(double sigma_min = 0);

// Returns the schedule alpha = t^n, sigma = 1 - t^n. Throws unless n is positive.
Scheduler polynomial(double n);

// Returns the schedule alpha = sin(pi t / 2), sigma = cos(pi t / 2): variance preserving,
// trigonometric (Albergo, Vanden-Eijnden 2023; "GVP" in Ma et al. 2024).
Scheduler cosine();

// Returns the schedule alpha = t, sigma = sqrt(1 - t^2): variance preserving and linear in alpha.
// dsigma is -infinity at t = 1.
Scheduler linear_vp();

// Returns the schedule alpha = exp(-T/2), sigma = sqrt(1 - exp(-T)), with T = (1 - t)^2 (beta_max -
// beta_min) / 2 + (1 - t) beta_min: the variance-preserving SDE with linear beta in reversed time
// (Song et al. 2021, eq. 33). alpha(0) is small but not 0. dsigma is -infinity at t = 1. Throws
// unless 0 < beta_min < beta_max.
Scheduler vp(double beta_min = 0.1, double beta_max = 20);

// Returns the schedule alpha = 1, sigma = sigma_min (sigma_max / sigma_min)^(1 - t): the
// variance-exploding SDE (Song et al. 2021, eq. 30). Throws unless 0 < sigma_min < sigma_max.
Scheduler ve(double sigma_min = 0.02, double sigma_max = 100);

// Returns the schedule alpha = 1, sigma = (sigma_max^(1/rho) + t (sigma_min^(1/rho) -
// sigma_max^(1/rho)))^rho. Equal steps in t give the noise levels of Karras et al. 2022, eq. 5.
// Throws unless 0 < sigma_min < sigma_max and rho is at least 1.
Scheduler edm(double sigma_min = 0.002, double sigma_max = 80, double rho = 7);

// Returns the schedule that interpolates the points (t, alpha, sigma) of a table. ScheduleTable
// lists the rules of the points.
Scheduler tabulated(ScheduleTable table);

// A time and scale that map a flow to another schedule: x_new(r) = scale x_old(t) at the t and r
// where both schedules have the same alpha / sigma (Lipman et al. 2024, "Flow Matching Guide and
// Code", section 4.7).
struct ScheduleChange {
  double t, scale, dt, dscale;  // dt and dscale are derivatives with respect to r
};
// Returns the change at time r, for a model that was trained on `from` and is sampled on `to`.
// Throws if `from` has no time with the ratio alpha / sigma that `to` has at r, and at ends where
// dt has no finite limit.
ScheduleChange change_schedule(const Scheduler& from, const Scheduler& to, double r);

}  // namespace pushforward
