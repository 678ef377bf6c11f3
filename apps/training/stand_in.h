// Builds the training of a run with random rows of the same shape in place of its data, so that the
// tape of a step can be shown without the data files.
#pragma once

#include <memory>
#include <string>

#include "apps/training/training.h"

namespace pushforward::app::inline PF_REAL {

// Builds the training of the run in the folder `run`, on one thread. The dimension and classes of
// the rows, or for tokens length and vocabulary, are read from the run's model file. Throws Failure
// (exit 4) if the run has no model file yet.
std::unique_ptr<Training> make_training_without_data(const Config& config, const std::string& run);

}  // namespace pushforward::app::inline PF_REAL
