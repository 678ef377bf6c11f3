// `pushforward plot`: draws the pictures of a run that are asked for, or all that it has.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"

namespace pushforward::app {

// Draws the pictures that `request.only` names, or all that the run has, and prints the path of each
// file it writes. What cannot be computed leaves no file behind: before the first file the samples
// are drawn, and for named pictures everything that they need. Failure (exit 2) for a name that
// there is not and for a picture that the run does not have, with the reason.
void plot_run(const Config& config, const PlotRequest& request);

}  // namespace pushforward::app
