#include "apps/from_config/token_sampler_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/suggest.h"
#include "flow/path/time_grid.h"

namespace pushforward::app {
namespace {

CtmcMethod token_method_named(const Section& config, const std::string& name) {
  if (name == "ctmc_kernel") return CtmcMethod::kernel;
  if (name == "ctmc_euler") return CtmcMethod::euler;
  if (name == "ctmc_adaptive") return CtmcMethod::adaptive;
  const std::vector<std::string> known = types_for(config, "sampler");
  const std::string meant = nearest(name, known);
  throw Failure(
      Exit::usage,
      fmt::format(
          "[sample] \"{}\" is not a solver for tokens, but /data ({}) of this run is tokens; "
          "{}choose one of: {}",
          name, config.string("/data/type"),
          meant.empty() ? "" : "did you mean \"" + meant + "\"? ", join_words(known)));
}

Corrector make_corrector(const Section& section) {
  using Kind = Corrector::Kind;
  for (const Kind kind : {Kind::constant, Kind::bump, Kind::balanced, Kind::remask})
    if (name_of(kind) == section.type()) return {kind, section.number("scale")};
  return {};
}

std::vector<double> make_token_time_grid(const Json& grid, const Kappa& kappa, int steps,
                                         double begin, double end) {
  const std::string type = grid.at("type").get<std::string>();
  if (type == "power") return power_grid(steps, grid.at("power").get<double>(), begin, end);
  if (type == "cosine") return cosine_grid(steps, begin, end);
  if (type == "kappa") return kappa_grid(kappa, steps, begin, end);
  if (type == "list") return grid.at("times").get<std::vector<double>>();
  return time_grid(steps, begin, end);
}

}  // namespace

TokenSamplerOptions token_sampler_options(const Section& config, const SolverRequest& request,
                                          const TokenPath& path) {
  const Section sampler = config.section("/sampler");
  if (request.rtol || request.atol)
    throw Failure(Exit::usage,
                  "[sample] --rtol and --atol are for ODE solvers, "
                  "but this run's data is tokens; give --steps");
  const Json& grid = sampler.section("grid").json();
  if (request.steps && grid.at("type") == "list")
    throw Failure(Exit::usage,
                  "[sample] --steps has no effect, since /sampler/grid "
                  "of this run is a list of times; leave it out");
  TokenSamplerOptions options;
  options.method = token_method_named(config, request.solver.value_or(sampler.type()));
  options.steps = request.steps.value_or(static_cast<int>(sampler.integer("steps")));
  options.grid = make_token_time_grid(grid, path.kappa, options.steps, sampler.number("begin"),
                                      sampler.number("end"));
  options.begin = options.grid.front();
  options.end = options.grid.back();
  options.corrector = make_corrector(sampler.section("corrector"));
  options.temperature = request.temperature.value_or(sampler.number("temperature"));
  options.top_p = request.top_p.value_or(sampler.number("top_p"));
  if (request.top_p && options.temperature == 0)
    throw Failure(Exit::usage,
                  "[sample] --top-p has no effect at a temperature of 0, which always takes the "
                  "likeliest token; leave it out, or give a --temperature above 0");
  return options;
}

}  // namespace pushforward::app
