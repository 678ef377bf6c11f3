// What the sections of a config are made into: the makers that stand beside the rows of the table of
// fields, and the keys that are members of options. The comment beside a function names the file of the
// rows.
#pragma once

#include <memory>
#include <vector>

#include "apps/config/members.h"
#include "flow/coupling/sinkhorn.h"
#include "flow/coupling/unbalanced.h"
#include "flow/discrete/metric.h"
#include "flow/discrete/sampler_options.h"
#include "flow/path/guidance.h"
#include "flow/path/scheduler.h"
#include "flow/solve/sampler_options.h"
#include "flow/train/time_distribution.h"
#include "nn/networks/token_options.h"
#include "nn/training/optimizer_options.h"
#include "nn/training/schedule.h"

namespace pushforward::app {

const Makers<Scheduler>& schedulers();               // fields_path.cpp: /path and /sampler/path
const Members<SinkhornOptions>& sinkhorn_members();  // /coupling
const Members<UnbalancedOptions>& unbalanced_members();
// The distribution of t of a section like /loss/time, and the whole config.
const Makers<TimeDistribution, const Section&>& time_laws();  // fields_training.cpp
const Makers<OptimizerOptions>& optimizer_rules();            // /optimizer
const Makers<Schedule>& learning_rates();                     // /schedule, without its steps

// The options of /model without those of the data and of the sections within /model.
const Makers<VelocityOptions>& networks_of_points();  // fields_model.cpp
const Makers<TokenOptions>& networks_of_tokens();
const Makers<TimeOptions>& features_of_time();  // /model/time
// The options of /model/input. "auto", as the section's type or as a value in it, is replaced by what
// is given.
const Makers<InputOptions, const InputOptions&>& input_features_of_x();

// What a time grid is asked for. Grids for continuous data need a path, and those for tokens a kappa.
struct GridRequest {
  SamplingMethod method = SamplingMethod::ode;
  const Scheduler* path = nullptr;
  const Kappa* kappa = nullptr;
  int steps = 0;
  double begin = 0, end = 1;
};
// The times of /sampler/grid. A list is reversed if end is before begin.
const Makers<std::vector<double>, const GridRequest&>& time_grids();  // fields_sampler.cpp
const Makers<Diffusion>& diffusions();                                // /sampler/diffusion
const Members<SolverOptions>& tolerance_members();                    // of adaptive solvers
const Members<Guidance>& guidance_members();

const Makers<Kappa>& kappas();  // fields_tokens.cpp: /path/kappa
// The metric of a /path section of type metric, from its `distance`, itself and the size of the
// vocabulary. Throws Failure (exit 2) if a table of distances is of another vocabulary.
const Makers<std::shared_ptr<const TokenMetric>, const Section&, int>& token_metrics();
const Makers<CtmcMethod>& token_samplers();  // fields_token_models.cpp: /sampler
const Members<TokenSamplerOptions>& token_sampler_members();
const Makers<Remasking>& remaskings();  // /sampler/remasking
const Makers<Corrector>& correctors();  // /sampler/corrector

}  // namespace pushforward::app
