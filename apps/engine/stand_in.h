// The training of a run whose data stay where they are: rows of the same shape stand in for them, so
// that the tape of a step can be shown without the files.
#pragma once

#include <memory>
#include <string>

#include "apps/engine/training.h"

namespace pushforward::app::inline PF_REAL {

// Builds the training of the run in the folder `run`, on one thread, with dimension, classes, length
// and vocabulary as its model file has them. Throws Failure (exit 4) if it has no model file yet.
std::unique_ptr<Training> make_training_without_data(const Config& config, const std::string& run);

}  // namespace pushforward::app::inline PF_REAL
