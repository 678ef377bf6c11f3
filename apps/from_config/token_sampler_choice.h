// From /sampler of a config of tokens, and what the
// command line says instead, to the options of a chain.
#pragma once

#include "apps/config/config.h"
#include "apps/requests.h"
#include "flow/discrete/path.h"
#include "flow/discrete/sampler.h"

namespace pushforward::app {

// All but labels and interruption. Tolerances, an ODE's
// solver and a solver that there is not are usage errors.
TokenSamplerOptions token_sampler_options(const Section& config, const SolverRequest& request,
                                          const TokenPath& path);

}  // namespace pushforward::app
