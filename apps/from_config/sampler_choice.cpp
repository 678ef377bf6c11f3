#include "apps/from_config/sampler_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "apps/from_config/sampled_path.h"
#include "apps/from_config/solver_rules.h"
#include "apps/from_config/unmasking.h"
#include "apps/suggest.h"
#include "autograd/tensor/check.h"
#include "flow/path/time_grid.h"

namespace pushforward::app {

using detail::check;

namespace {

SamplingMethod flow_method_named(const Section& config, const std::string& name) {
  for (SamplingMethod method : kMethods) {
    if (method != SamplingMethod::ode && name == name_of(method)) return method;
  }
  const std::vector<std::string> known = types_for(config, "sampler");
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    throw Failure(Exit::usage,
                  fmt::format("[sample] there is no solver \"{}\"; {}choose one of: {}", name,
                              did_you_mean(name, known), join_words(known)));
  }
  return SamplingMethod::ode;
}

// Returns the default number of fixed steps of a solver other than the config's. 0 means adaptive
// steps.
int usual_steps(SamplingMethod method, const SolverOptions& solver) {
  switch (method) {
    case SamplingMethod::ode: return solver.tableau->adaptive() ? 0 : 100;
    case SamplingMethod::dpm_solver: return 20;
    case SamplingMethod::edm_heun: return 18;
    case SamplingMethod::jumps: return 1;
    case SamplingMethod::bridge_sde: return 100;
    default: return 250;
  }
}

Diffusion make_diffusion(const Json& sampler) {
  Diffusion diffusion;
  if (!sampler.contains("diffusion")) return diffusion;
  const Json& section = sampler.at("diffusion");
  for (DiffusionShape shape : kDiffusionShapes) {
    if (section.at("type") == name_of(shape)) diffusion.shape = shape;
  }
  diffusion.scale = section.at("scale").get<double>();
  return diffusion;
}

std::vector<double> make_time_grid(const Json& grid, SamplingMethod method, const Scheduler& path,
                                   int steps, TimeRange range) {
  std::string type = grid.is_null() ? "auto" : grid.at("type").get<std::string>();
  if (type == "auto") type = method == SamplingMethod::edm_heun ? "edm" : "uniform";
  NoiseLevels levels;
  if (grid.is_object() && grid.contains("sigma_min")) {
    levels.sigma_min = grid.at("sigma_min").get<double>();
    levels.sigma_max = grid.at("sigma_max").get<double>();
    levels.rho = grid.value("rho", levels.rho);
  }
  if (type == "log_snr") return log_snr_grid(path, steps, range.begin, range.end, levels);
  if (type == "edm") return edm_grid(path, steps, range.begin, range.end, levels);
  return named_grid(type, grid, steps, range.begin, range.end);
}

void check_tolerances(const std::string& name, bool estimates, const SolverRequest& request) {
  if (!request.rtol && !request.atol) return;
  if (!estimates) {
    throw Failure(
        Exit::usage,
        fmt::format(
            "[sample] --rtol and --atol need a solver with an error estimate, but {} has none; "
            "use --steps, or --solver dopri5",
            name));
  }
  if (request.steps)
    throw Failure(Exit::usage,
                  "[sample] --steps asks for fixed steps and --rtol "
                  "or --atol for adaptive ones; give one of them");
}

// Checks that tolerances are not below the rounding of the numbers. No step size reaches such a
// tolerance, so an adaptive solver would take ever smaller steps.
void check_resolution(const Section& config, double rtol, double atol) {
  const bool wide = config.string("/precision") == "float64";
  const double digits = wide ? std::numeric_limits<double>::epsilon()
                             : static_cast<double>(std::numeric_limits<float>::epsilon());
  if (rtol + atol >= digits) return;
  throw Failure(
      Exit::usage,
      fmt::format(
          "[sample] the tolerances rtol {:.3g} and atol {:.3g} are below what {} holds, about "
          "{:.2g} of a number; raise one of them to {}{}",
          rtol, atol, wide ? "float64" : "float32", digits, wide ? "1e-14" : "1e-6",
          wide ? "" : ", or train the run with /precision \"float64\""));
}

// Refuses --begin outside of the times of the flow.
void check_begin(TimeRange wanted) {
  if (wanted.begin > 0 && wanted.begin < wanted.end) return;
  throw Failure(Exit::usage,
                fmt::format("[sample] --begin {} is not between 0 and {}, where the flow of this "
                            "run ends; give a time between them",
                            wanted.begin, wanted.end));
}

// Refuses --steps and --begin beside a list of times, which determines both.
void check_no_steps(const SolverRequest& request) {
  if (request.begin)
    throw Failure(
        Exit::usage,
        "[sample] --begin has no effect, since /sampler/grid of this run is a list of times; give "
        "another --solver, which takes even steps");
  if (request.steps)
    throw Failure(
        Exit::usage,
        "[sample] --steps has no effect, since /sampler/grid of this run is a list of times; "
        "leave it out, or give another --solver, which takes even steps");
}

// Returns the last time of a flow whose exact field ends in the rows of a finite set.
double end_before_points(const Section& config, const Scheduler& path) {
  const double near = make_margin(config).min_left;
  return TimeMargin{.sigma = near, .min_left = near}.end_of(path);
}

// Checks a list of times. It is used unchanged, so all its times must be in the range where the
// velocity is defined.
void check_listed(const std::vector<double>& times, const TimeRange& possible,
                  const Parameterization& parameterization) {
  check(times.front() >= possible.begin && times.back() <= possible.end, "sample",
        "the times go from ", times.front(), " to ", times.back(), ", but on ",
        parameterization.scheduler.name, " the prediction ", name_of(parameterization.prediction),
        " can be followed from ", possible.begin, " to ", possible.end,
        "; give times in that range");
}

CtmcMethod token_method_named(const Section& config, const std::string& name) {
  if (name == "ctmc_kernel") return CtmcMethod::kernel;
  if (name == "ctmc_euler") return CtmcMethod::euler;
  if (name == "ctmc_adaptive") return CtmcMethod::adaptive;
  const std::vector<std::string> known = types_for(config, "sampler");
  throw Failure(
      Exit::usage,
      fmt::format(
          "[sample] \"{}\" is not a solver for tokens, but /data ({}) of this run is tokens; "
          "{}choose one of: {}",
          name, config.string("/data/type"), did_you_mean(name, known), join_words(known)));
}

Corrector make_corrector(const Section& section) {
  using Kind = Corrector::Kind;
  for (const Kind kind : {Kind::constant, Kind::bump, Kind::balanced, Kind::remask, Kind::exchange})
    if (name_of(kind) == section.type()) return {kind, section.number("scale")};
  return {};
}

std::vector<double> make_token_time_grid(const Json& grid, const Kappa& kappa, int steps,
                                         double begin, double end) {
  const std::string type = grid.at("type").get<std::string>();
  if (type == "kappa") return kappa_grid(kappa, steps, begin, end);
  return named_grid(type, grid, steps, begin, end);
}

}  // namespace

std::vector<double> named_grid(const std::string& name, const Json& grid, int steps, double begin,
                               double end) {
  if (name == "power") return power_grid(steps, grid.at("power").get<double>(), begin, end);
  if (name == "cosine") return cosine_grid(steps, begin, end);
  if (name != "list") return time_grid(steps, begin, end);
  std::vector<double> times = grid.at("times").get<std::vector<double>>();
  if (begin > end) times = {times.rbegin(), times.rend()};
  return times;
}

SamplerOptions sampler_options(const Section& config, const SolverRequest& request,
                               const Parameterization& parameterization,
                               const FieldTimeRange& field_range) {
  if (request.temperature || request.top_p)
    throw Failure(Exit::usage, "[sample] --temperature and --top-p are for tokens, but /data (" +
                                   config.string("/data/type") +
                                   ") of this run is continuous data; leave them out");
  const Json& sampler = config.section("/sampler").json();
  const std::string configured = sampler.at("type").get<std::string>();
  const std::string name = request.solver.value_or(configured);
  const bool own = name == configured;
  SamplerOptions options;
  options.parameterization = parameterization;
  options.method = flow_method_named(config, name);
  check_suits(config, name, options.method, request);
  if (options.method == SamplingMethod::ode) options.solver.tableau = &find_tableau(name);
  const bool estimates =
      options.method == SamplingMethod::ode && options.solver.tableau->adaptive();
  check_tolerances(name, estimates, request);

  int steps = own ? sampler.at("steps").get<int>() : usual_steps(options.method, options.solver);
  if (own) {
    options.solver.rtol = sampler.value("rtol", options.solver.rtol);
    options.solver.atol = sampler.value("atol", options.solver.atol);
    options.solver.max_steps = sampler.value("max_steps", options.solver.max_steps);
  }
  if (request.rtol || request.atol) steps = 0;
  options.solver.rtol = request.rtol.value_or(options.solver.rtol);
  options.solver.atol = request.atol.value_or(options.solver.atol);
  steps = request.steps.value_or(steps);
  options.solver.adaptive = steps == 0;
  if (options.solver.adapts()) check_resolution(config, options.solver.rtol, options.solver.atol);
  options.diffusion = make_diffusion(sampler);
  if (options.method == SamplingMethod::bridge_sde)
    options.bridge_sigma = config.number("/path/noise/scale");

  const TimeRange wanted = {request.begin.value_or(sampler.at("begin").get<double>()),
                            sampler.at("end").get<double>()};
  if (request.begin) check_begin(wanted);
  const bool stiff = field_range.ends_in_points && options.method == SamplingMethod::ode &&
                     (options.solver.adapts() || looks_at_end(*options.solver.tableau));
  const auto reachable = [&](TimeRange part) -> TimeRange {
    part = {std::max(part.begin, field_range.within.begin),
            std::min(part.end, field_range.within.end)};
    if (stiff) part.end = std::min(part.end, end_before_points(config, parameterization.scheduler));
    if (field_range.whole && options.method == SamplingMethod::ode) return part;
    return safe_time_range(parameterization, options.method, part, make_margin(config));
  };
  const TimeRange range = reachable(wanted);
  options.begin = range.begin;
  options.end = range.end;
  bool listed = false;
  if (!options.solver.adapts()) {
    const Json grid = own && sampler.contains("grid") ? sampler.at("grid") : Json();
    listed = grid.is_object() && grid.at("type") == "list";
    if (listed) {
      check_no_steps(request);
      check_listed(grid.at("times").get<std::vector<double>>(), reachable({0, 1}),
                   parameterization);
    }
    options.grid = make_time_grid(grid, options.method, parameterization.scheduler, steps, range);
    options.begin = options.grid.front();
    options.end = options.grid.back();
  }
  check_start(config, options, name);
  const double asked = listed ? options.begin : wanted.begin;
  options.starts_on_path = asked > 0 || !noise_alone(parameterization.scheduler, options.begin);
  options.source_scale =
      options.starts_on_path ? 1 : parameterization.scheduler(options.begin).sigma;
  const std::string denoise = sampler.at("denoise").get<std::string>();
  const bool cut_short = wanted.end == 1 && options.end < 1;
  const std::string path = parameterization.scheduler.name;
  options.denoise_last =
      denoise == "yes" ||
      (denoise == "auto" && (cut_short || ((path == "ve" || path == "edm") && options.end == 1)));
  return options;
}

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
  options.top_k = static_cast<int>(sampler.integer("top_k"));
  options.remasking = make_remasking(sampler.section("remasking"));
  options.order = unmasking_order_named(sampler.string("order"));
  if (options.top_k > 0 && request.temperature == 0)
    throw Failure(Exit::usage,
                  "[sample] --temperature 0 always takes the likeliest token, but this run's "
                  "/sampler/top_k is above 0; set that to 0, or give a --temperature above 0");
  if (request.top_p && options.temperature == 0)
    throw Failure(Exit::usage,
                  "[sample] --top-p has no effect at a temperature of 0, which always takes the "
                  "likeliest token; leave it out, or give a --temperature above 0");
  return options;
}

void check_tolerances_hold(const Section& config) {
  const Json& sampler = config.section("/sampler").json();
  if (of_tokens(config) || !sampler.contains("rtol") || sampler.at("steps") != 0) return;
  check_resolution(config, sampler.at("rtol").get<double>(), sampler.at("atol").get<double>());
}

Guidance make_guidance(const Config& config, const RunRequest& request) {
  const Section guidance = config.section("/sampler/guidance");
  const double scale = request.guidance.value_or(guidance.number("scale"));
  if (scale != 0 && !request.exact && config.number("/loss/label_dropout") == 0) {
    throw Failure(
        Exit::usage,
        fmt::format("[guidance] a scale of {} needs a network that was also trained without {}, "
                    "but this run's /loss/label_dropout is 0; train with 0.1, or give --guidance 0",
                    scale, has_conditions(config) ? "conditions" : "labels"));
  }
  return {scale, guidance.number("from"), guidance.number("to")};
}

void check_without_label(const Config& config, const RunRequest& request, const ClassShares& shares,
                         const std::vector<std::string>& names) {
  if (shares.empty() || request.label || request.exact) return;
  if (request.guidance)
    throw Failure(
        Exit::usage,
        fmt::format("[guidance] --guidance has no effect on points without a class; leave "
                    "it out, or give --label {}",
                    label_words(shares, names)));
  if (config.number("/loss/label_dropout") > 0) return;
  throw Failure(Exit::usage,
                fmt::format("[label] the network of this run was never trained without "
                            "labels (/loss/label_dropout is 0); give --label {}",
                            label_words(shares, names)));
}

void check_without_conditions(const Config& config, const RunRequest& request,
                              const std::vector<std::string>& names) {
  if (!request.conditions.empty()) return;
  if (request.guidance)
    throw Failure(Exit::usage,
                  fmt::format("[guidance] --guidance has no effect without conditions; leave it "
                              "out, or give a value of {}",
                              join_words(names, ", ")));
  if (config.number("/loss/label_dropout") > 0) return;
  throw Failure(Exit::usage,
                fmt::format("[condition] the network of this run was never trained without its "
                            "conditions (/loss/label_dropout is 0); give a value of {}",
                            join_words(names, ", ")));
}

void check_raw(const Config& config, const RunRequest& request) {
  if (!request.raw) return;
  if (request.exact)
    throw Failure(Exit::usage,
                  "[run] --raw has no effect beside --exact, which uses no network; "
                  "leave one of them out");
  if (config.number("/ema/decay") == 0)
    throw Failure(Exit::usage,
                  "[run] --raw has no effect, since this run keeps no average of its weights "
                  "(/ema/decay is 0); leave it out");
}

void check_guidance(const RunRequest& request, const ClassShares& shares) {
  if (!shares.empty() || !request.guidance) return;
  throw Failure(Exit::usage,
                "[guidance] --guidance needs labels, but this run's network takes none; "
                "train a run with /model/label {\"type\": \"embedding\"}");
}

}  // namespace pushforward::app
