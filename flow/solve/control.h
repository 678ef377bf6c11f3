// Step-size control of the adaptive methods: from the
// error of the last step to the size of the next one.
//
// Pure functions of numbers; the driver (integrate.h) calls them for each sample by itself. They do
// not check: SolverOptions::check_valid looks at the constants.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward {

// A PI controller (Hairer, Wanner II, section IV.2; Soderlind 2002):
// integral + proportional gain, both divided by the order. integral = 1
// and proportional = 0 is the elementary controller h err^(-1/order).
struct StepControl {
  double safety = 0.9;
  double min_factor = 0.2, max_factor = 10;  // a step never changes by more than these
  double integral = 0.3, proportional = 0.4;
};

// The factor between this step's size and the next one's: safety ratio^-((I + P)/order)
// previous^(P/order), limited. `ratio` is error / tolerance of this step, accepted up to 1;
// `previous` that of the last accepted one (1: there is none); `order` is the local order of the
// error estimate, 5 for a 5(4) pair. Below 1 the step never shrinks; a rejected step ignores the
// history and shrinks to min_factor when the ratio is not finite.
double step_factor(const StepControl& control, int order, double ratio, double previous = 1);

// A first step that the error estimate is likely to accept (Hairer, Norsett, Wanner I, section
// II.4), from root mean squares in units of the tolerance: `state` of y, `slope` of y', and `bend`
// of y'', the last taken along `trial` (below).
double trial_first_step(double state, double slope, double span);
double first_step_size(double trial, double slope, double bend, int order, double span);

}  // namespace pushforward
