#include "apps/options.h"

#include <fmt/format.h>

#include <vector>

#include "apps/failure.h"

namespace pushforward {
namespace {

TimeOptions time_options(const Json& time) {
  TimeOptions options;
  options.kind = time_kind(time.at("type").get<std::string>());
  options.dim = time.value("dim", options.dim);
  options.scale = time.value("scale", options.scale);
  options.max_period = time.value("max_period", options.max_period);
  return options;
}

}  // namespace

VelocityOptions velocity_options(const Config& config, int dim) {
  const Json& model = config.section("/model").json();
  VelocityOptions options;
  options.kind = network_kind(model.at("type").get<std::string>());
  options.dim = dim;
  options.hidden =
      options.kind == NetworkKind::mlp
          ? model.at("hidden").get<std::vector<int>>()
          : std::vector<int>(model.at("blocks").get<std::size_t>(), model.at("width").get<int>());
  options.activation = activation(model.at("activation").get<std::string>());
  options.time = time_options(model.at("time"));
  options.condition = condition(model.at("condition").get<std::string>());
  options.dropout = model.at("dropout").get<double>();
  options.layer_norm = model.value("layer_norm", false);
  options.init = init_scheme(model.at("init").get<std::string>());
  options.zero_last = model.at("zero_last").get<bool>();
  return options;
}

TrainerOptions trainer_options(const Config& config) {
  const Json &optimizer = config.section("/optimizer").json(),
             &schedule = config.section("/schedule").json(),
             &train = config.section("/train").json();
  TrainerOptions options;
  options.optimizer.kind = optimizer_kind(optimizer.at("type").get<std::string>());
  options.optimizer.lr = optimizer.at("lr").get<double>();
  options.optimizer.weight_decay = optimizer.at("weight_decay").get<double>();
  options.optimizer.momentum = optimizer.value("momentum", 0.0);
  options.optimizer.nesterov = optimizer.value("nesterov", false);
  options.optimizer.beta1 = optimizer.value("beta1", options.optimizer.beta1);
  options.optimizer.beta2 = optimizer.value("beta2", options.optimizer.beta2);
  options.optimizer.eps = optimizer.value("eps", options.optimizer.eps);
  options.schedule.kind = schedule_kind(schedule.at("type").get<std::string>());
  options.schedule.warmup = schedule.at("warmup").get<int>();
  options.schedule.steps = train.at("steps").get<int>();
  options.schedule.final = schedule.value("final", 0.0);
  options.schedule.every = schedule.value("step_size", options.schedule.every);
  options.schedule.gamma = schedule.value("gamma", options.schedule.gamma);
  options.clip_norm = train.at("clip_norm").get<double>();
  options.ema_decay = config.number("/ema/decay");
  options.ema_warmup = config.boolean("/ema/warmup");
  if (const int chunk = train.at("chunk").get<int>(); chunk > 0) options.chunk = chunk;
  return options;
}

SamplerChoice sampler_choice(const Config& config, const SampleRequest& request) {
  const Json& sampler = config.section("/sampler").json();
  const std::string configured = sampler.at("type").get<std::string>();
  const std::string name = request.solver.value_or(configured);
  SamplerChoice choice;
  choice.average = sampler.at("ema").get<bool>() && !request.raw;
  choice.solver.tableau = &find_tableau(name);
  const bool estimates = choice.solver.tableau->adaptive();
  if (name == configured) {
    choice.steps = sampler.at("steps").get<int>();
    choice.solver.rtol = sampler.value("rtol", choice.solver.rtol);
    choice.solver.atol = sampler.value("atol", choice.solver.atol);
    choice.solver.max_steps = sampler.value("max_steps", choice.solver.max_steps);
  } else {
    choice.steps = estimates ? 0 : 100;
  }
  if (request.rtol || request.atol) {
    if (!estimates) {
      throw Failure(Exit::usage, fmt::format("[sample] --rtol and --atol need a solver with an "
                                             "error estimate, and {} has none; use --steps, "
                                             "or --solver dopri5",
                                             name));
    }
    if (request.steps)
      throw Failure(Exit::usage,
                    "[sample] --steps asks for fixed steps and --rtol or --atol for adaptive ones; "
                    "give one of them");
    choice.steps = 0;
  }
  choice.solver.rtol = request.rtol.value_or(choice.solver.rtol);
  choice.solver.atol = request.atol.value_or(choice.solver.atol);
  choice.steps = request.steps.value_or(choice.steps);
  choice.solver.adaptive = choice.steps == 0;
  return choice;
}

}  // namespace pushforward
