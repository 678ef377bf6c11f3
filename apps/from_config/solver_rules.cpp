#include "apps/from_config/solver_rules.h"

#include <fmt/format.h>

#include "apps/config/map_loss.h"
#include "apps/failure_text.h"
#include "apps/from_config/path.h"

namespace pushforward::app {
namespace {

// Checks jumps by the rules that hold for those of a config.
void check_jumps(const Section& config, const SolverRequest& request) {
  if (!learns_map(config))
    throw usage_error(
        "[sample] jumps need a flow map, a network of two times, but the loss of this "
        "run is {}, which trains a network of one; train a flow map that starts \"from\" "
        "this run, with /loss {{\"type\": \"lagrangian\"}}, or give --solver euler",
        config.string("/loss/type"));
  if (config.string("/sampler/path/type") != "own")
    throw usage_error(
        "[sample] jumps are learned on the training path, but /sampler/path of "
        "this run is {}; give --solver dopri5",
        config.string("/sampler/path/type"));
  const double guidance = request.guidance.value_or(config.number("/sampler/guidance/scale"));
  if (guidance != 0)
    throw usage_error(
        "[guidance] jumps are learned without guidance, which changes the velocity on their way, "
        "but its scale is {}; give --guidance 0, or --solver dopri5",
        guidance);
}

// Checks the SDE of a bridge by the rules that hold for that of a config.
void check_bridge_sde(const Section& config, const SolverRequest& request) {
  if (!learns_score(config))
    throw usage_error(
        "[sample] bridge_sde needs the score of a bridge, but the loss of this run is {}, which "
        "trains none; train with /loss {{\"type\": \"score_and_flow\"}}, or give --solver dopri5",
        config.string("/loss/type"));
  const double guidance = request.guidance.value_or(config.number("/sampler/guidance/scale"));
  if (guidance != 0)
    throw usage_error(
        "[guidance] guidance changes the velocity of a bridge and not its "
        "score, but its scale is {}; give --guidance 0, or --solver dopri5",
        guidance);
}

}  // namespace

void check_suits(const Section& config, const std::string& name, SamplingMethod method,
                 const SolverRequest& request) {
  if (method == SamplingMethod::ode) return;
  if (method == SamplingMethod::jumps) return check_jumps(config, request);
  if (method == SamplingMethod::bridge_sde) return check_bridge_sde(config, request);
  if (config.string("/path/noise/type") != "none") {
    throw usage_error(
        "[sample] {} needs E[x0 | xt], which is unknown on this run's path with noise ({}); "
        "give --solver dopri5 or another ODE solver",
        name, config.string("/path/noise/type"));
  }
  const bool sde =
      method == SamplingMethod::euler_maruyama || method == SamplingMethod::stochastic_heun;
  const Section source = config.section("/source");
  if (sde && (source.type() != "gaussian" || source.number("std") != 1)) {
    throw usage_error(
        "[sample] {} needs the score, which follows from the velocity only if the source "
        "is standard normal, but it is {}; give --solver dopri5 or another ODE solver",
        name, source.json().dump());
  }
  if (sde && config.string("/coupling/type") != "independent") {
    throw usage_error(
        "[sample] {} needs the score, which is unknown when the coupling ({}) "
        "makes x0 depend on x1; give --solver dopri5 or another ODE solver",
        name, config.string("/coupling/type"));
  }
}

void check_start(const Section& config, const SamplerOptions& options, const std::string& name) {
  if (!trained_at_start(config)) return;
  const bool one_step = name == "euler" && options.grid.size() == 2 && options.begin == 0;
  if (one_step) return;
  throw usage_error(
      "[sample] the network of this run was trained at t = 0 alone (/loss/time start), for one "
      "step of euler, and {}{} needs other times; leave {} out",
      name,
      name == "euler" && options.begin == 0 ? fmt::format(" with {} steps", options.grid.size() - 1)
                                            : "",
      options.begin == 0 ? "--solver and --steps" : "--solver, --steps and --begin");
}

}  // namespace pushforward::app
