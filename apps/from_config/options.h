// From a checked config to the options of the model and the trainer.
#pragma once

#include "apps/config/config.h"
#include "nn/networks/token_options.h"
#include "nn/networks/velocity_options.h"
#include "nn/training/trainer.h"

namespace pushforward::app {

// Failure (exit 2) where /model/label wants labels and the data has none (0 classes).
void check_labels(const Config& config, int classes);

// /model, for data of `dim` columns and so many classes (0: none), which check_labels looks at.
VelocityOptions velocity_options(const Config& config, int dim, int classes);

// /model of a config of tokens, for data of that length and vocabulary, so many states and classes.
TokenOptions token_options(const Config& config, int length, int vocabulary, int states,
                           int classes);

// /optimizer, /schedule, /ema, and of /train what a step needs.
TrainerOptions trainer_options(const Config& config);

}  // namespace pushforward::app
