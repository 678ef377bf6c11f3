// The config of a run that is already there.
#pragma once

#include <string>

#include "apps/config.h"

namespace pushforward {

// RUN/config.json. Failure (exit 4) that says what a run is when `run` is none.
Config load_run_config(const std::string& run);

}  // namespace pushforward
