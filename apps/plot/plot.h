// `pushforward plot`: draws the requested pictures of a run, or all that it has.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"

namespace pushforward::app {

// Draws the pictures that `request.only` names, or all that the run has, and prints the path of
// each file. Samples, and for named pictures all their inputs, are computed before the first file
// is written, so a failure leaves no files. Throws Failure (exit 2) with the reason for an unknown
// name and for a picture that the run does not have.
void plot_run(const Config& config, const PlotRequest& request);

}  // namespace pushforward::app
