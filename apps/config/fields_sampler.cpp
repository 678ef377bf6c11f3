// The rows of the table of config fields for the section /sampler and its parts. To add a solver,
// add its row here.
#include <algorithm>
#include <functional>
#include <vector>

#include "apps/config/made.h"
#include "flow/discrete/step.h"
#include "flow/path/time_grid.h"

namespace pushforward::app {
namespace {

bool falling(const Json& list) {
  const auto times = list.at("times").get<std::vector<double>>();
  return std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()) != times.end();
}

// Appends the fields that every sampler of continuous data has.
std::vector<ConfigField> with_common(std::vector<ConfigField> fields) {
  for (const ConfigField& field : time_range_fields()) fields.push_back(field);
  fields.push_back(section("path", "sampler_path", "the path to sample along"));
  fields.push_back(choice("denoise", "auto", {"auto", "yes", "no"},
                          "whether to end with E[x1 | x]; auto: "
                          "yes on ve and edm, and if the prediction cannot be followed to t = 1"));
  return joined(std::move(fields), steering_fields());
}

Alternative sampler(const char* type, const char* doc, const std::vector<ConfigField>& fields) {
  Rules rules = joined({time_range_rule()}, listed_times_without_effect());
  const auto adapts = [](const ConfigField& field) { return field.key == "rtol"; };
  if (std::ranges::any_of(fields, adapts)) rules = joined(rules, tolerances_without_effect());
  return row(type, doc, with_common(fields), rules);
}

}  // namespace

ConfigField steps_field(std::int64_t fallback) {
  return integer("steps", fallback, from_to(1, 1e7), "steps from `begin` to `end`");
}

ConfigField grid_field() { return section("grid", "time_grid", "how the steps are spaced"); }

std::vector<ConfigField> time_range_fields() {
  return {
      number("begin", 0, from_to(0, 1),
             "start time; above 0, samples start from the distribution of xt at that time, which "
             "is drawn from the data"),
      number("end", 1, from_to(0, 1),
             "end time; below 1, samples keep the noise of that time; masks that remain are "
             "replaced by tokens drawn from the posterior")};
}

std::vector<ConfigField> steering_fields() {
  return {section("guidance", "guidance", "guidance towards the requested class"),
          boolean("ema", true, "sample with the averaged parameters if the run keeps an average")};
}

ConfigRule time_range_rule() {
  return rule({"begin", "end"}, "/end", "it must be after `begin`",
              "samples go from noise at t = 0 to data at t = 1, so set begin < end",
              reaches("begin", "end"));
}

const Members<SolverOptions>& tolerance_members() {
  using O = SolverOptions;
  static const Members<O> members{
      field("rtol", &O::rtol, above_to(0, 1), "allowed error of a step, relative to |x|"),
      field("atol", &O::atol, above_to(0, 1), "allowed error of a step, absolute"),
      field("max_steps", &O::max_steps, from_to(1, 1e9), "a sample fails after this many steps")};
  return members;
}

SectionTable sampler_section() {
  const ConfigField steps = steps_field(SamplerOptions().steps), grid = grid_field();
  const std::vector<ConfigField> fixed{steps, grid};
  const std::vector<ConfigField> adaptive =
      joined(fields_of(tolerance_members()),
             {integer("steps", 0, from_to(0, 1e7),
                      "above 0: take this many fixed steps, without error control"),
              grid});
  const std::vector<ConfigField> noisy{
      steps_field(250), grid,
      section("diffusion", "diffusion", "how much noise the SDE adds to the samples")};
  return {
      "sampler",
      "The solver of dx/dt = u(x, t) from t = 0 to 1, or of an SDE with the same marginals; "
      "for tokens, the steps of a Markov chain.",
      "dopri5",
      joined(
          for_continuous(std::vector<Alternative>{
              sampler("euler", "Euler's method, order 1", fixed),
              sampler("midpoint", "the midpoint rule, order 2", fixed),
              sampler("heun", "Heun's trapezoidal method, order 2", fixed),
              sampler("ralston", "Ralston's method, order 2", fixed),
              sampler("heun3", "Heun's third-order method", fixed),
              sampler("rk4", "the classic method of Runge and Kutta, order 4", fixed),
              sampler("rk4_38", "Kutta's 3/8 rule, order 4", fixed),
              sampler("bosh3", "Bogacki and Shampine 3(2), adaptive", adaptive),
              sampler("dopri5", "Dormand and Prince 5(4), adaptive", adaptive),
              sampler("tsit5", "Tsitouras 5(4), adaptive", adaptive),
              sampler("dpm_solver", "DPM-Solver++(2M) (Lu et al. 2022): order 2, needs few steps",
                      {steps_field(20), grid}),
              sampler("edm_heun",
                      "Heun's method in the noise level (Karras et al. 2022, algorithm 1)",
                      {integer("steps", 18, from_to(1, 1e7), "noise levels"), grid}),
              sampler("euler_maruyama", "the SDE dx = (u + w score) dt + sqrt(2 w) dW, order 1",
                      noisy),
              sampler("stochastic_heun", "the same SDE, with Heun's method for the drift", noisy),
              sampler(
                  "jumps",
                  "jumps of a flow map, one evaluation each; the default for the losses of flow "
                  "maps",
                  {integer("steps", 1, from_to(1, 1e7), "jumps from `begin` to `end`"), grid}),
              sampler(
                  "bridge_sde",
                  "the SDE of a bridge, dx = (v + sigma^2 / 2 score) dt + sigma dW, for the loss "
                  "score_and_flow; `encode` runs it backward",
                  fixed)}),
          for_tokens(token_samplers().alternatives())),
      "ctmc_kernel",
      "jumps"};
}

const Makers<std::vector<double>, const GridRequest&>& time_grids() {
  using V = const Section&;
  using R = const GridRequest&;
  using O = NoiseLevels;
  const Members<O> range{
      field("sigma_min", &O::sigma_min, above_to(0, 1e6),
            "last noise level sigma / alpha; the path's own last level if that is higher"),
      field("sigma_max", &O::sigma_max, above_to(0, 1e6),
            "first noise level; the path's own first level if that is lower")};
  const Members<O> spaced = joined(
      range, {field("rho", &O::rho, from_to(1, 100), "the root of sigma that is evenly spaced")});
  const auto levels = [spaced](V section) {
    O read_levels;
    read(spaced, section.json(), read_levels);
    return read_levels;
  };
  const ConfigRule rise =
      rule({"sigma_min", "sigma_max"}, "/sigma_max", "it is not above `sigma_min`",
           "the noise level falls from sigma_max to sigma_min, so set sigma_min < sigma_max",
           reaches("sigma_min", "sigma_max"));
  static const Makers<std::vector<double>, R> rows{
      {row("auto", "edm for the sampler edm_heun, uniform for all others"),
       [](V, R r) {
         return r.method == SamplingMethod::edm_heun ? edm_grid(*r.path, r.steps, r.begin, r.end)
                                                     : time_grid(r.steps, r.begin, r.end);
       }},
      {row("uniform", "evenly spaced"), [](V, R r) { return time_grid(r.steps, r.begin, r.end); }},
      {row("power", "t = u^power, u evenly spaced",
           {number("power", 2, above_to(0, 100), "above 1: more steps near noise")}),
       [](V v, R r) { return power_grid(r.steps, v.number("power"), r.begin, r.end); }},
      {row("cosine", "t = (1 - cos(pi u)) / 2: more steps near both ends"),
       [](V, R r) { return cosine_grid(r.steps, r.begin, r.end); }},
      {for_continuous(row("log_snr", "ln(alpha / sigma) evenly spaced between two noise levels",
                          fields_of(range), {rise})),
       [levels](V v, R r) { return log_snr_grid(*r.path, r.steps, r.begin, r.end, levels(v)); }},
      {for_continuous(
           row("edm", "EDM's noise levels: sigma^(1/rho) evenly spaced (Karras et al. 2022, eq. 5)",
               fields_of(spaced), {rise})),
       [levels](V v, R r) { return edm_grid(*r.path, r.steps, r.begin, r.end, levels(v)); }},
      {for_tokens(row("kappa", "kappa evenly spaced: each step changes the same number of tokens")),
       [](V, R r) { return kappa_grid(*r.kappa, r.steps, r.begin, r.end); }},
      {row("list", "a list of times",
           {{.key = "times",
             .kind = FieldKind::numbers,
             .fallback = nullptr,
             .doc = "in rising order; `steps`, `begin` and `end` are then ignored",
             .range = from_to(0, 1),
             .fewest = 2}},
           {rule({"times"}, "/times", "the times do not rise",
                 "give each time once, in rising order from 0 (noise) to 1 (data)", falling)}),
       [](V v, R r) {
         std::vector<double> times = v.numbers("times");
         if (r.begin > r.end) std::reverse(times.begin(), times.end());
         return times;
       }}};
  return rows;
}

SectionTable time_grid_section() {
  return {"time_grid", "How the times of fixed steps are spaced.", "auto",
          time_grids().alternatives()};
}

const Members<Guidance>& guidance_members() {
  using O = Guidance;
  static const Members<O> members{
      field("scale", &O::scale, from_to(-1, 1000), "0: no guidance; -1: samples without the label"),
      field("from", &O::low, from_to(0, 1), "first time of guidance, on the training path"),
      field("to", &O::high, from_to(0, 1), "last time of guidance, on the training path")};
  return members;
}

SectionTable guidance_section() {
  return {"guidance",
          "Classifier-free guidance (Ho, Salimans 2022): "
          "u is replaced by (1 + scale) u(x, t, label) - scale u(x, t); for tokens the logits are.",
          "",
          {only(fields_of(guidance_members()),
                {rule({"from", "to"}, "/to", "it must not be before `from`",
                      "guidance acts at times between `from` and `to`", [](const Json& guidance) {
                        return guidance.at("from").get<double>() > guidance.at("to").get<double>();
                      })})}};
}

const Makers<Diffusion>& diffusions() {
  const auto by = [](DiffusionShape shape, const char* doc, double scale) {
    return Makers<Diffusion>::Row{
        row(name_of(shape), doc, {number("scale", scale, from_to(0, 1000), "factor on w(t)")}),
        [shape](const Section& v) {
          return Diffusion{shape, v.number("scale")};
        }};
  };
  static const Makers<Diffusion> rows{
      by(DiffusionShape::sigma, "w = scale sigma(t)", 1),
      by(DiffusionShape::sigma_squared, "w = scale sigma(t)^2", 1),
      by(DiffusionShape::constant, "w = scale", 0.5),
      by(DiffusionShape::linear, "w = scale (1 - t) / t", 1),
      by(DiffusionShape::sbdm,
         "w = scale (sigma^2 alpha'/alpha - sigma sigma'), the path's own diffusion", 1),
      by(DiffusionShape::bump, "w = scale sin^2(pi t)", 1)};
  return rows;
}

SectionTable diffusion_section() {
  return {"diffusion",
          "w(t) of dx = (u + w score) dt + sqrt(2 w) dW; any choice has the same marginals.",
          "sigma", diffusions().alternatives()};
}

}  // namespace pushforward::app
