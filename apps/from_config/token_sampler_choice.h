// Turns /sampler of a config for tokens and the options of the command line into the options of a
// sampler.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"
#include "flow/discrete/path.h"
#include "flow/discrete/sampler.h"

namespace pushforward::app {

// Returns all options of the sampler except labels and interruption. Throws Failure (exit 2) if
// tolerances, an ODE solver or an unknown solver are requested.
TokenSamplerOptions token_sampler_options(const Section& config, const SolverRequest& request,
                                          const TokenPath& path);

}  // namespace pushforward::app
