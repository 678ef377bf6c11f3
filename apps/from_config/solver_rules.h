// Checks of a solver that the command line chooses, by the rules that hold for the solver of a config.
#pragma once

#include <string>

#include "apps/config/config.h"
#include "apps/requests.h"
#include "flow/solve/sampler_options.h"

namespace pushforward::app {

// Throws Failure (exit 2) if the run's path, source, coupling or loss does not allow the method, which
// messages call `name`.
void check_suits(const Section& config, const std::string& name, SamplingMethod method,
                 const SolverRequest& request);

// Throws Failure (exit 2) unless a velocity that is trained at t = 0 alone is asked for one step of
// Euler's method.
void check_start(const Section& config, const SamplerOptions& options, const std::string& name);

}  // namespace pushforward::app
