// From a checked config to the options of the model and the trainer.
#pragma once

#include "apps/config.h"
#include "nn/trainer.h"
#include "nn/velocity_options.h"

namespace pushforward {

// /model, for data of `dim` columns and so many classes (0: none). Failure (exit 2) where the model
// wants labels that the data does not have.
VelocityOptions velocity_options(const Config& config, int dim, int classes);

// /optimizer, /schedule, /ema, and of /train what a step needs.
TrainerOptions trainer_options(const Config& config);

}  // namespace pushforward
