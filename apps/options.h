// From a checked config to the options of the rooms: model, trainer, solver.
#pragma once

#include "apps/config.h"
#include "apps/engine.h"
#include "flow/solver_options.h"
#include "nn/trainer.h"
#include "nn/velocity_options.h"

namespace pushforward {

// /model, for data of `dim` columns.
VelocityOptions velocity_options(const Config& config, int dim);

// /optimizer, /schedule, /ema, and of /train what a step needs.
TrainerOptions trainer_options(const Config& config);

// How samples are drawn: /sampler, with what the command line says instead.
struct SamplerChoice {
  SolverOptions solver;
  int steps = 0;  // equal steps of a fixed solver; 0: adaptive
  bool average = true;
};

// A solver given by name has its own defaults, unless it is the config's. Tolerances for a method
// without an error estimate, or together with fixed steps, are a usage error.
SamplerChoice sampler_choice(const Config& config, const SampleRequest& request);

}  // namespace pushforward
