// The verbs (commands such as `pushforward train`) and their table. Each verb is defined in a file
// of its own.
#pragma once

#include <vector>

#include "apps/cli/options.h"

namespace pushforward::app {

// A row of the table of verbs.
struct Verb {
  const char* name;
  const char* about;    // its one-line description in the help
  const char* example;  // one command or several, one per line; a test runs them
  Action (*declare)(Options&);
};

extern const Verb train_verb, sweep_verb, sample_verb, loglik_verb, eval_verb, encode_verb,
    decode_verb, interpolate_verb, impute_verb, velocity_verb, plot_verb, report_verb, inspect_verb,
    config_verb, data_verb, compare_verb, list_verb, verify_verb, doctor_verb, completion_verb;

// Returns the verbs in the order of the help: training, verbs for runs, and the others.
std::vector<const Verb*> verbs();

}  // namespace pushforward::app
