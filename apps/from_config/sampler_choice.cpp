#include "apps/from_config/sampler_choice.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "apps/config/made.h"
#include "apps/failure.h"
#include "apps/failure_text.h"
#include "apps/from_config/path.h"
#include "apps/from_config/solver_rules.h"
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
    throw usage_error("[sample] there is no solver \"{}\"; {}choose one of: {}", name,
                      did_you_mean(name, known), join_words(known));
  }
  return SamplingMethod::ode;
}

void check_tolerances(const std::string& name, bool estimates, const SolverRequest& request) {
  if (!request.rtol && !request.atol) return;
  if (!estimates) {
    throw usage_error(
        "[sample] --rtol and --atol need a solver with an error estimate, but {} has none; "
        "use --steps, or --solver dopri5",
        name);
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
  throw usage_error(
      "[sample] the tolerances rtol {:.3g} and atol {:.3g} are below what {} holds, about "
      "{:.2g} of a number; raise one of them to {}{}",
      rtol, atol, wide ? "float64" : "float32", digits, wide ? "1e-14" : "1e-6",
      wide ? "" : ", or train the run with /precision \"float64\"");
}

// Refuses --begin outside of the times of the flow.
void check_begin(TimeRange wanted) {
  if (wanted.begin > 0 && wanted.begin < wanted.end) return;
  throw usage_error(
      "[sample] --begin {} is not between 0 and {}, where the flow of this "
      "run ends; give a time between them",
      wanted.begin, wanted.end);
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
  if (const auto* row = token_samplers().find(name)) return row->make(config);
  const std::vector<std::string> known = types_for(config, "sampler");
  throw usage_error(
      "[sample] \"{}\" is not a solver for tokens, but /data ({}) of this run is tokens; "
      "{}choose one of: {}",
      name, config.string("/data/type"), did_you_mean(name, known), join_words(known));
}

}  // namespace

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

  int steps =
      (own ? sampler.at("steps") : section_table("sampler").find(name)->find("steps")->fallback)
          .get<int>();
  if (own) read(tolerance_members(), sampler, options.solver);
  if (request.rtol || request.atol) steps = 0;
  options.solver.rtol = request.rtol.value_or(options.solver.rtol);
  options.solver.atol = request.atol.value_or(options.solver.atol);
  steps = request.steps.value_or(steps);
  options.solver.adaptive = steps == 0;
  if (options.solver.adapts()) check_resolution(config, options.solver.rtol, options.solver.atol);
  if (sampler.contains("diffusion"))
    options.diffusion = diffusions()(Section::over(sampler.at("diffusion")));
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
    const Json grid = own ? sampler.at("grid") : Json{{"type", "auto"}};
    listed = grid.at("type") == "list";
    if (listed) {
      check_no_steps(request);
      check_listed(grid.at("times").get<std::vector<double>>(), reachable({0, 1}),
                   parameterization);
    }
    options.grid = time_grids()(Section::over(grid), {.method = options.method,
                                                      .path = &parameterization.scheduler,
                                                      .steps = steps,
                                                      .begin = range.begin,
                                                      .end = range.end});
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
  const Section grid = sampler.section("grid");
  if (request.steps && grid.type() == "list")
    throw Failure(Exit::usage,
                  "[sample] --steps has no effect, since /sampler/grid "
                  "of this run is a list of times; leave it out");
  TokenSamplerOptions options;
  read(token_sampler_members(), sampler.json(), options);
  options.method = token_method_named(config, request.solver.value_or(sampler.type()));
  options.steps = request.steps.value_or(static_cast<int>(sampler.integer("steps")));
  options.grid = time_grids()(grid, {.kappa = &path.kappa,
                                     .steps = options.steps,
                                     .begin = sampler.number("begin"),
                                     .end = sampler.number("end")});
  options.begin = options.grid.front();
  options.end = options.grid.back();
  options.corrector = correctors()(sampler.section("corrector"));
  options.temperature = request.temperature.value_or(options.temperature);
  options.top_p = request.top_p.value_or(options.top_p);
  options.remasking = remaskings()(sampler.section("remasking"));
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
  Guidance guidance;
  read(guidance_members(), config.section("/sampler/guidance").json(), guidance);
  guidance.scale = request.guidance.value_or(guidance.scale);
  if (guidance.scale != 0 && !request.exact && config.number("/loss/label_dropout") == 0) {
    throw usage_error(
        "[guidance] a scale of {} needs a network that was also trained without {}, "
        "but this run's /loss/label_dropout is 0; train with 0.1, or give --guidance 0",
        guidance.scale, has_conditions(config) ? "conditions" : "labels");
  }
  return guidance;
}

void check_without_label(const Config& config, const RunRequest& request, const ClassShares& shares,
                         const std::vector<std::string>& names) {
  if (shares.empty() || request.label || request.exact) return;
  if (request.guidance)
    throw usage_error(
        "[guidance] --guidance has no effect on points without a class; leave "
        "it out, or give --label {}",
        label_words(shares, names));
  if (config.number("/loss/label_dropout") > 0) return;
  throw usage_error(
      "[label] the network of this run was never trained without "
      "labels (/loss/label_dropout is 0); give --label {}",
      label_words(shares, names));
}

void check_without_conditions(const Config& config, const RunRequest& request,
                              const std::vector<std::string>& names) {
  if (!request.conditions.empty()) return;
  if (request.guidance)
    throw usage_error(
        "[guidance] --guidance has no effect without conditions; leave it "
        "out, or give a value of {}",
        join_words(names, ", "));
  if (config.number("/loss/label_dropout") > 0) return;
  throw usage_error(
      "[condition] the network of this run was never trained without its "
      "conditions (/loss/label_dropout is 0); give a value of {}",
      join_words(names, ", "));
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
