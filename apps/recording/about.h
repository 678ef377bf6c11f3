// The words of a report: the config with its defaults, the environment, the evaluation and the
// commands that reproduce the run.
#pragma once

#include <string>

#include "apps/config/config.h"
#include "apps/json/json.h"
#include "apps/recording/request.h"

namespace pushforward::app {

// Returns all settings as a list of objects {path, value, fallback, words, differs, doc}
// (apps/config/differences.h).
Json settings_json(const Config& config);

// Returns the lines of the run's eval.json as a list of objects {name, value, remark}. Returns null
// if the run was not evaluated. Throws Failure (exit 4) if the file cannot be read.
Json evaluation_json(const std::string& run);

// Returns whether the run's model file is newer than its eval.json, so that the numbers there are
// those of an earlier step.
bool evaluated_earlier(const std::string& run);

// Returns the object in the run's env.json, or null if there is none. Throws Failure (exit 4) if the
// file cannot be read.
Json environment_of_run(const std::string& run);

// Returns commands as a list of objects {does, command}: those that train the run again from its
// config, draw its samples, and make the report again. Words are quoted for a shell.
Json commands_json(const ReportRequest& request, int n);

// Returns a word as a shell reads it: unchanged if it has only letters, digits and some signs, else
// in single quotes.
std::string shell_word(const std::string& word);

}  // namespace pushforward::app
