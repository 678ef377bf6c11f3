// The config of a run that is already there.
#pragma once

#include <string>

#include "apps/config/config.h"

namespace pushforward::app {

// RUN/config.json. Failure (exit 4) that says what a run is when `run` is none.
Config load_run_config(const std::string& run);

// load_run_config for a verb that needs velocities. Failure (exit 2) where the run's data is
// tokens, with what to do instead.
Config load_continuous_run(const std::string& run, const char* verb, const char* instead);

}  // namespace pushforward::app
