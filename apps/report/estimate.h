// Describes how log-densities were estimated: the method, the number of draws and the standard
// error.
#pragma once

#include <string>

#include "apps/json/json.h"

namespace pushforward::app {

// The method of an estimate, its draws per row and its errors. `by` is "rademacher" or "gaussian"
// (Hutchinson's estimate of a divergence), "bound" (the bound on ln P of tokens, estimated at
// random times), or "" for exact numbers. `row` is the root mean square of the standard errors of
// the rows, and `mean` the standard error of the mean over rows. Both errors are NaN where unknown.
struct EstimateWords {
  std::string by;
  int draws = 0;
  double row = 0, mean = 0;
};

// Returns a clause such as "Hutchinson's estimate by 8 rademacher probes a row: standard error 0.18
// nats of a row, 0.006 of the mean", or "" for exact numbers.
std::string estimate_text(const EstimateWords& words);

// Adds the keys "divergence" (unless the numbers are bounds) and "estimate" to an object. For
// estimates it also adds "probes" or "times", "row_error" and "mean_error".
void add_estimate(const EstimateWords& words, Json& object);

}  // namespace pushforward::app
