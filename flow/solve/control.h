// Step-size control of the adaptive methods: computes the next step size from the last error.
//
// These are pure functions of numbers. The driver (integrate.h) calls them for each sample
// separately. They do not check their arguments; SolverOptions::check_valid does.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward {

// The settings of a PI controller of the step size (Hairer, Wanner II, section IV.2; Soderlind
// 2002). The gains `integral` and `proportional` are divided by the order. integral = 1 and
// proportional = 0 give the elementary controller h err^(-1/order), with the step size h and err =
// error / tolerance.
struct StepControl {
  double safety = 0.9;
  double min_factor = 0.2, max_factor = 10;  // limits of next step size / step size
  double integral = 0.3, proportional = 0.4;
};

// Returns next step size / step size: safety ratio^-((integral + proportional)/order)
// previous^(proportional/order), clamped to [min_factor, max_factor]. `ratio` is error / tolerance
// of this step, which is accepted if ratio <= 1. `previous` is the ratio of the last accepted step,
// or 1 if there is none. `order` is the local order of the error estimate, 5 for a 5(4) pair. If
// ratio < 1, the factor is at least 1. A rejected step ignores `previous`; if its ratio is not
// finite, the factor is min_factor.
double step_factor(const StepControl& control, int order, double ratio, double previous = 1);

// trial_first_step and first_step_size estimate a first step size that the error control is likely
// to accept (Hairer, Norsett, Wanner I, section II.4). `state`, `slope` and `bend` are root mean
// squares of y, y' and y'' in units of the tolerance. `bend` is estimated with a step of the size
// that trial_first_step returns, which is `trial` here. `order` is as in step_factor, and `span` is
// the length of the time interval of the integration.
double trial_first_step(double state, double slope, double span);
double first_step_size(double trial, double slope, double bend, int order, double span);

}  // namespace pushforward
