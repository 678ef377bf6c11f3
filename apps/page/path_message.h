// The message "path": what the page needs to find the data points to which a point can be going.
//
// On a path xt = alpha x1 + sigma x0 with x0 and x1 independent, and x0 from a mixture of Gaussians,
// the posterior of the data points given xt is a softmax of Gaussian log densities. The page
// computes it from the data points that it shows, for a live and for a recorded run alike
// (apps/page/web/posterior.js).
#pragma once

#include "apps/config/config.h"
#include "apps/page/message.h"
#include "flow/distributions/distribution.h"

namespace pushforward::app::inline PF_REAL {

// Returns the message. Its head has
//
//   rows         the number of rows of the data if it is a finite set, else 0
//   independent  whether the run pairs source and data independently
//   unknown      why the posterior is not known, or ""
//   shift, scale the units of the data: data = scale x + shift for a number x of the flow
//
// and its arrays the coefficients "t", "alpha", "sigma", "dalpha" and "dsigma" at t = 0, 0.001 ..
// 0.99, and the components of the source, "weights" (S), "means" (S, D) and "stds" (S), in the units
// of the flow.
PageMessage path_message(const Config& config, const Distribution& data);

// Returns path_message for the data of the config. Throws Failure if the data cannot be read.
PageMessage path_message_of(const Config& config);

}  // namespace pushforward::app::inline PF_REAL
