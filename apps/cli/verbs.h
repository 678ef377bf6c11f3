// The verbs, each defined in a file of its own, and the table that lists them.
#pragma once

#include <vector>

#include "apps/cli/verb.h"

namespace pushforward::app {

extern const Verb train_verb, sample_verb, loglik_verb, eval_verb, encode_verb, decode_verb,
    interpolate_verb, velocity_verb, plot_verb, inspect_verb, config_verb, data_verb, compare_verb,
    list_verb, verify_verb, doctor_verb, completion_verb;

// In the order of the help: training, what is done with a run, the rest.
std::vector<const Verb*> verbs();

}  // namespace pushforward::app
