// Makes the note below each picture, which gives the solver, steps, weights and classes of its run.
#pragma once

#include <string>

#include "apps/config/config.h"
#include "apps/requests.h"

namespace pushforward::app {

// Returns what the flow starts from: "Gaussian noise", "masks", or the name of a data set.
std::string source_words(const Config& config);

// Returns the solver of the samples and its steps or tolerances: "euler, 4 steps" or "dopri5, rtol
// 0.001, atol 0.001". If the solver is not the config's, and neither --steps nor tolerances are
// given, the solver has its default settings, and only its name is returned.
std::string solver_words(const Config& config, const SolverRequest& request);

// Returns which weights make the field: "EMA weights", "raw weights" or "exact field".
std::string weight_words(const Config& config, const RunRequest& request);

// Returns the requested class in words: "class 3", or "class setosa".
std::string class_words(const RunRequest& request);

// Return, in words, the class of the samples, and the class to which the field and the density
// belong. The text is empty if the network takes no labels.
std::string class_words_of_samples(const Config& config, const RunRequest& request);
std::string class_words_of_field(const Config& config, const RunRequest& request);

}  // namespace pushforward::app
