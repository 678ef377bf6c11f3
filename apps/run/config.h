// Loads the config of an existing run.
#pragma once

#include <string>

#include "apps/config/config.h"

namespace pushforward::app {

// Loads RUN/config.json. Throws Failure (exit 4) if `run` is not a run. The message suggests the
// run that was probably meant.
Config load_run_config(const std::string& run);

// Calls load_run_config for `verb`, a command of the program that needs velocities. Throws Failure
// (exit 2) if the run's data is tokens. `instead` is the advice in the message.
Config load_continuous_run(const std::string& run, const char* verb, const char* instead);

// Returns the path of the first key, such as "/optimizer/lr", whose values differ so that a
// training with the config `own` cannot be resumed with the config `given`. Returns "" if there is
// no such key. Keys that never change the result of a training step, and /train/steps, may differ.
std::string training_difference(const Config& given, const Config& own);

}  // namespace pushforward::app
