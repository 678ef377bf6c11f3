// Turns a checked config into the options of the network and the trainer.
#pragma once

#include "apps/config/config.h"
#include "nn/networks/token_options.h"
#include "nn/networks/velocity_options.h"
#include "nn/training/trainer.h"

namespace pushforward::app {

// Throws Failure (exit 2) if /model/label is an embedding but the data has no classes (`classes` is
// 0).
void check_labels(const Config& config, int classes);

// Returns the options of /model for data with `dim` columns and `classes` classes (0: no labels).
// `spread` is the standard deviation of the data, and `conditions` the number of numbers that each
// row is given. `inputs` is that of VelocityOptions. Calls check_labels.
VelocityOptions velocity_options(const Config& config, int dim, int classes, double spread,
                                 int conditions = 0, int inputs = 0);

// Returns the number of columns of the features of t - s in a network with two times.
int second_time_columns(const Config& config);

// Returns the options of /model for sequences of tokens. `states` is the size of the vocabulary,
// plus one if there is a mask token. Calls check_labels.
TokenOptions token_options(const Config& config, int length, int vocabulary, int states,
                           int classes);

// Returns the options of a training step from the sections /optimizer, /schedule, /ema and /train.
TrainerOptions trainer_options(const Config& config);

}  // namespace pushforward::app
