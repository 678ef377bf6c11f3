// Says of log-densities that they are estimates: by how many draws, and with which standard error.
#pragma once

#include <string>

#include "apps/json/json.h"

namespace pushforward::app {

// How numbers were estimated: "rademacher" or "gaussian" (Hutchinson's estimate of a divergence) or
// "bound" (of tokens, at random times), "" for exact ones; by how many draws a row; and the standard
// errors of a row (root mean square) and of the mean over rows, NaN where unknown.
struct EstimateWords {
  std::string by;
  int draws = 0;
  double row = 0, mean = 0;
};

// Returns a clause such as "Hutchinson's estimate by 8 rademacher probes a row: standard error 0.18
// nats of a row, 0.006 of the mean", or "" for exact numbers.
std::string estimate_text(const EstimateWords& words);

// Adds the keys "divergence", "estimate", and of estimates "probes" or "times", "row_error" and
// "mean_error", to an object.
void add_estimate(const EstimateWords& words, Json& object);

}  // namespace pushforward::app
