// Step-size control of the adaptive methods: computes the next step size from the last error.
//
// These are pure functions of numbers. The driver (integrate.h) calls them for each sample
// separately. They do not check their arguments; SolverOptions::check_valid does.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward {

// The settings of a PI controller of the step size (Hairer, Wanner II, section IV.2; Soderlind
// 2002). The next step size is a factor times the last one; step_factor states the formula.
// SolverOptions::check_valid checks the limits stated here.
struct StepControl {
  // The factor by which a step is shorter than the error estimate allows. With a smaller factor,
  // fewer steps are rejected, each of which costs as much as an accepted step, but more steps are
  // needed. It must lie in (0, 1].
  double safety = 0.9;

  // The limits of the next step size divided by the last one. A large max_factor lets the steps
  // grow fast where the flow becomes smooth. min_factor must lie in (0, 1), and max_factor must be
  // above 1.
  double min_factor = 0.2, max_factor = 10;

  // The gains of the controller, which are divided by the order of the error estimate. They say how
  // strongly the last error (integral), and its change from the error before it (proportional), act
  // on the step size. integral = 1 and proportional = 0 give the elementary controller h
  // err^(-1/order), with the step size h and err = error / tolerance. The defaults make the
  // sequence of steps smoother. They are not checked.
  double integral = 0.3, proportional = 0.4;
};

// Returns the factor by which the step size is multiplied for the next attempt. `ratio` is the error
// of this step divided by the tolerance. The step is accepted if ratio <= 1. The factor is then
//   safety * ratio^(-(integral + proportional) / order) * previous^(proportional / order),
// where `previous` is the ratio of the last accepted step, or 1 if there is none; it counts as at
// least 1e-4. The factor after a rejected step is safety * ratio^(-1 / order). Every factor is at
// least min_factor and at most max_factor, and at least 1 if ratio < 1. It is max_factor if the
// ratio is 0, and min_factor if the ratio is not finite. `order` is the local order of the error
// estimate: 5 for a pair of orders 5 and 4.
double step_factor(const StepControl& control, int order, double ratio, double previous = 1);

// trial_first_step and first_step_size estimate a first step size that the error control is likely
// to accept (Hairer, Norsett, Wanner I, section II.4). `state`, `slope` and `bend` are root mean
// squares of y, y' and y'' in units of the tolerance. `bend` is estimated with a step of the size
// that trial_first_step returns, which is `trial` here. `order` is as in step_factor, and `span` is
// the length of the time interval of the integration.
double trial_first_step(double state, double slope, double span);
double first_step_size(double trial, double slope, double bend, int order, double span);

}  // namespace pushforward
