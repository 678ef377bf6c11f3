// The rows of the table of config fields for the section /sampler and its parts. To add a solver,
// add its row here.
#include <algorithm>
#include <functional>
#include <vector>

#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

bool no_time_range(const Json& section) {
  return section.at("begin").get<double>() >= section.at("end").get<double>();
}
bool interval_empty(const Json& guidance) {
  return guidance.at("from").get<double>() > guidance.at("to").get<double>();
}
bool falling(const Json& list) {
  const auto times = list.at("times").get<std::vector<double>>();
  return std::adjacent_find(times.begin(), times.end(), std::greater_equal<>()) != times.end();
}
bool sampler_levels_swapped(const Json& section) {
  return section.at("sigma_min").get<double>() >= section.at("sigma_max").get<double>();
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
              "samples go from noise at t = 0 to data at t = 1, so set begin < end", no_time_range);
}

SectionTable sampler_section() {
  const ConfigField steps = steps_field(100), grid = grid_field();
  const std::vector<ConfigField> fixed{steps, grid};
  const std::vector<ConfigField> adaptive{
      number("rtol", 1e-5, above_to(0, 1), "allowed error of a step, relative to |x|"),
      number("atol", 1e-5, above_to(0, 1), "allowed error of a step, absolute"),
      integer("max_steps", 10000, from_to(1, 1e9), "a sample fails after this many steps"),
      integer("steps", 0, from_to(0, 1e7),
              "above 0: take this many fixed steps, without error control"),
      grid};
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
          token_samplers()),
      "ctmc_kernel",
      "jumps"};
}

SectionTable time_grid_section() {
  return {
      "time_grid",
      "How the times of fixed steps are spaced.",
      "auto",
      {row("auto", "edm for the sampler edm_heun, uniform for all others"),
       row("uniform", "evenly spaced"),
       row("power", "t = u^power, u evenly spaced",
           {number("power", 2, above_to(0, 100), "above 1: more steps near noise")}),
       row("cosine", "t = (1 - cos(pi u)) / 2: more steps near both ends"),
       for_continuous(row(
           "log_snr", "ln(alpha / sigma) evenly spaced between two noise levels",
           {number("sigma_min", 0.002, above_to(0, 1e6),
                   "last noise level sigma / alpha; the path's own last level if that is higher"),
            number("sigma_max", 80, above_to(0, 1e6),
                   "first noise level; the path's own first level if that is lower")},
           {rule({"sigma_min", "sigma_max"}, "/sigma_max", "it is not above `sigma_min`",
                 "the noise level falls from sigma_max to sigma_min, so set sigma_min < sigma_max",
                 sampler_levels_swapped)})),
       for_continuous(row(
           "edm", "EDM's noise levels: sigma^(1/rho) evenly spaced (Karras et al. 2022, eq. 5)",
           {number("sigma_min", 0.002, above_to(0, 1e6),
                   "last noise level sigma / alpha; the path's own last level if that is higher"),
            number("sigma_max", 80, above_to(0, 1e6),
                   "first noise level; the path's own first level if that is lower"),
            number("rho", 7, from_to(1, 100), "the root of sigma that is evenly spaced")},
           {rule({"sigma_min", "sigma_max"}, "/sigma_max", "it is not above `sigma_min`",
                 "the noise level falls from sigma_max to sigma_min, so set sigma_min < sigma_max",
                 sampler_levels_swapped)})),
       for_tokens(row("kappa", "kappa evenly spaced: each step changes the same number of tokens")),
       row("list", "a list of times",
           {{.key = "times",
             .kind = FieldKind::numbers,
             .fallback = nullptr,
             .doc = "in rising order; `steps`, `begin` and `end` are then ignored",
             .range = from_to(0, 1),
             .fewest = 2}},
           {rule({"times"}, "/times", "the times do not rise",
                 "give each time once, in rising order from 0 (noise) to 1 (data)", falling)})}};
}

SectionTable guidance_section() {
  return {
      "guidance",
      "Classifier-free guidance (Ho, Salimans 2022): "
      "u is replaced by (1 + scale) u(x, t, label) - scale u(x, t); for tokens the logits are.",
      "",
      {only({number("scale", 0, from_to(-1, 1000), "0: no guidance; -1: samples without the label"),
             number("from", 0, from_to(0, 1), "first time of guidance, on the training path"),
             number("to", 1, from_to(0, 1), "last time of guidance, on the training path")},
            {rule({"from", "to"}, "/to", "it must not be before `from`",
                  "guidance acts at times between `from` and `to`", interval_empty)})}};
}

SectionTable diffusion_section() {
  const auto scale = [](double value) {
    return std::vector<ConfigField>{number("scale", value, from_to(0, 1000), "factor on w(t)")};
  };
  return {
      "diffusion",
      "w(t) of dx = (u + w score) dt + sqrt(2 w) dW; any choice has the same marginals.",
      "sigma",
      {row("sigma", "w = scale sigma(t)", scale(1)),
       row("sigma_squared", "w = scale sigma(t)^2", scale(1)),
       row("constant", "w = scale", scale(0.5)), row("linear", "w = scale (1 - t) / t", scale(1)),
       row("sbdm", "w = scale (sigma^2 alpha'/alpha - sigma sigma'), the path's own diffusion",
           scale(1)),
       row("bump", "w = scale sin^2(pi t)", scale(1))}};
}

}  // namespace pushforward::app
