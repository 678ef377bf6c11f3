// Warnings about settings that have no effect, or an effect that their names do not suggest. A key
// with its default value never causes a warning, because the config of a run has every default
// written out.
#include <fmt/format.h>

#include <string>

#include "apps/config/data_types.h"
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

using Found = std::optional<Violation>;

std::string type_of(const Json& config, const char* section) {
  return config.at(section).at("type").text();
}

// --- Conditions of warnings about one section ---------------------------------------------------

bool one_checkpoint(const Json& train) {
  const auto every = train.at("checkpoint_every").get<std::int64_t>();
  return every == 0 || every >= train.at("steps").get<std::int64_t>();
}

bool fixed_steps(const Json& sampler) { return sampler.at("steps") != 0; }

bool listed(const Json& sampler) { return sampler.at("grid").at("type") == "list"; }
// Returns whether `steps` is set although the times of a solver with fixed steps are listed.
// Adaptive solvers are left out: they accept a list of times only together with `steps`.
bool counts_listed_times(const Json& sampler) {
  if (!listed(sampler) || sampler.contains("rtol")) return false;
  const Alternative& row = *section_table("sampler").find(sampler.at("type").text());
  return sampler.at("steps") != row.find("steps")->fallback;
}

// --- Conditions of warnings about several sections ----------------------------------------------

bool nobody_asks_sigma(const Json& config) {
  return config.at("sigma_data") != 0.5 && config.at("prediction") != "edm" &&
         config.at("loss").value("weight", std::string()) != "edm";
}
// Returns whether the config names a file's classes, but neither network nor coupling uses them.
bool reads_labels_for_nobody(const Json& config) {
  const Json& data = innermost(config.at("data"));
  const Json *column = data.find("label"), *file = data.find("labels");
  const bool named = (column && *column != "") || (file && *file != "");
  return named && !is_given(config) && config.at("coupling").value("label_weight", 0.) == 0;
}
Found never_falls(const Json& config) {
  const Json &schedule = config.at("schedule"), &steps = config.at("train").at("steps");
  if (schedule.at("type") != "step" ||
      schedule.at("step_size").get<std::int64_t>() < steps.get<std::int64_t>())
    return {};
  return Violation{
      fmt::format("it has no effect, since the rate would first fall after step {} and "
                  "the training ends at step {}",
                  schedule.at("step_size").get<std::int64_t>(), steps.get<std::int64_t>()),
      "lower it below /train/steps, or choose another schedule"};
}

// Returns whether the config asks to denoise samples that need no denoising. On the paths cond_ot
// and polynomial, x at t = 1 is the data itself, and the velocity is finite up to t = 1. Denoising
// at the end then has no effect.
bool denoises_data(const Json& config) {
  const Json &sampler = config.at("sampler"), &path = config.at("path");
  const std::string type = type_of(config, "path");
  return sampler.at("denoise") == "yes" && sampler.at("end") == 1.0 &&
         sampler.at("path").at("type") == "own" && config.at("prediction") == "velocity" &&
         sampler.value("grid", Json{{"type", "auto"}}).at("type") != "list" &&
         path.at("noise").at("type") == "none" &&
         ((type == "cond_ot" && path.at("sigma_min") == 0.0) || type == "polynomial");
}

// Optimal transport within a batch pairs the rows of a class with the noise near them, so a class
// is learned from only a part of the noise. Samples of a class, however, start from all of it.
Found transports_across_classes(const Json& config) {
  const Json& section = config.at("coupling");
  const std::string coupling = type_of(config, "coupling");
  const bool conditions = names_conditions(config.at("data")), ot = coupling == "ot";
  const bool sees = ot && (conditions ? section.at("condition_weight") != 0.0
                                      : section.at("label_weight") != 0.0 ||
                                            section.at("within_classes") == true);
  if (!is_given(config) || coupling == "independent" || coupling == "paired" || sees) return {};
  if (conditions)
    return Violation{
        "the transport does not see the conditions that the network is given, so each condition is "
        "learned from a part of the noise but sampled from all of it, and samples are not those of "
        "their condition",
        ot ? "set /coupling/condition_weight to 100, or /coupling to {\"type\": \"independent\"}"
           : "set /coupling to {\"type\": \"ot\", \"condition_weight\": 100} or to {\"type\": "
             "\"independent\"}"};
  return Violation{
      "the transport does not see the labels that the network is given, so each class is learned "
      "from a part of the noise but sampled from all of it, and samples of a class are not those "
      "of its data",
      ot ? "set /coupling/label_weight to 1e3, or /coupling to {\"type\": \"independent\"}"
         : "set /coupling to {\"type\": \"ot\", \"label_weight\": 1e3} or to {\"type\": "
           "\"independent\"}"};
}

ConfigRule unused(std::vector<std::string> needs, const char* key, const char* what,
                  const char* cure, RuleCondition broken) {
  return warning(rule(std::move(needs), key, what, cure, std::move(broken)));
}

}  // namespace

Rules loss_without_effect() {
  return {unused(
      {"most", "weight"}, "/most", "it has no effect, since there is no weight that it could limit",
      "choose a `weight`, or leave it out", when(is_not("/most", 0.0), is("/weight", "none")))};
}

Rules average_without_effect() {
  return {unused(
      {"decay", "warmup"}, "/warmup", "it has no effect, since a decay of 0 turns the average off",
      "set `decay` above 0, or leave it out", when(is_not("/warmup", true), is("/decay", 0.0)))};
}

Rules checkpoints_without_effect() {
  const char* const what = "it has no effect, since the only checkpoint is the one at the end";
  const char* const cure = "set `checkpoint_every` above 0 and below `steps`, or leave it out";
  return {unused({"keep", "checkpoint_every", "steps"}, "/keep", what, cure,
                 when(is_not("/keep", 3), one_checkpoint)),
          unused({"keep_every", "checkpoint_every", "steps"}, "/keep_every", what, cure,
                 when(is_not("/keep_every", 0), one_checkpoint)),
          unused({"on_nonfinite", "checkpoint_every", "steps"}, "/on_nonfinite",
                 "there is no checkpoint to go back to before the end of training",
                 "set `checkpoint_every` above 0 and below `steps`, or choose \"skip\"",
                 when(is("/on_nonfinite", "rollback"), one_checkpoint))};
}

Rules tolerances_without_effect() {
  const char* const what =
      "it has no effect, since `steps` is above 0 and the solver takes fixed steps";
  const char* const cure = "set `steps` to 0, or leave it out";
  return {unused({"rtol", "steps"}, "/rtol", what, cure,
                 [](const Json& sampler) {
                   return sampler.at("rtol") != 1e-5 && fixed_steps(sampler);
                 }),
          unused({"atol", "steps"}, "/atol", what, cure,
                 [](const Json& sampler) {
                   return sampler.at("atol") != 1e-5 && fixed_steps(sampler);
                 }),
          unused({"max_steps", "steps"}, "/max_steps", what, cure,
                 when(is_not("/max_steps", 10000), fixed_steps))};
}

Rules listed_times_without_effect() {
  const char* const what = "it has no effect, since `grid` is a list of times";
  const char* const cure = "leave it out, or choose another grid";
  return {unused({"steps", "grid"}, "/steps", what, cure, counts_listed_times),
          unused({"begin", "grid"}, "/begin", what, cure, when(listed, is_not("/begin", 0.0))),
          unused({"end", "grid"}, "/end", what, cure, when(listed, is_not("/end", 1.0)))};
}

Rules choice_without_effect() {
  return {unused({"top_p", "temperature"}, "/top_p",
                 "it has no effect, since a temperature of 0 always takes the likeliest token",
                 "set `temperature` above 0, or leave it out",
                 when(is_not("/top_p", 1.0), is("/temperature", 0.0)))};
}

Rules settings_without_effect() {
  ConfigRule never_seen =
      rule({"loss", "model", "data"}, "/loss/label_dropout",
           "the network is given labels or conditions, but every row would be trained without",
           "set it below 1, for example to 0.1, or give the network none",
           when(is("/loss/label_dropout", 1.0), is_given));
  never_seen.severity = Severity::new_runs;
  const char* const no_labels = "it has no effect, since the network takes no labels";
  const char* const take_labels = "set /model/label to {\"type\": \"embedding\"}, or leave it out";
  return {
      for_continuous(unused({"sigma_data", "prediction", "loss"}, "/sigma_data",
                            "it has no effect, since neither /prediction nor /loss/weight is edm",
                            "leave it out", nobody_asks_sigma)),
      unused({"loss", "model", "data"}, "/loss/label_dropout", no_labels, take_labels,
             when(is_not("/loss/label_dropout", 0.1), negated(is_given))),
      never_seen,
      for_continuous(unused({"data", "model", "coupling"}, "/data",
                            "it names the classes of its rows, but the network takes no labels",
                            take_labels, reads_labels_for_nobody)),
      unused({"sampler", "model", "data"}, "/sampler/guidance/from", no_labels, take_labels,
             when(is_not("/sampler/guidance/from", 0.0), negated(is_given))),
      unused({"sampler", "model", "data"}, "/sampler/guidance/to", no_labels, take_labels,
             when(is_not("/sampler/guidance/to", 1.0), negated(is_given))),
      unused({"sampler", "ema"}, "/sampler/ema",
             "it has no effect, since /ema/decay is 0 and the run keeps no average",
             "leave it out, or set /ema/decay above 0",
             when(is_not("/sampler/ema", true), is("/ema/decay", 0.0))),
      for_continuous(unused({"sampler", "path", "prediction"}, "/sampler/denoise",
                            "it has no effect, since this path ends in the data at t = 1, where "
                            "E[x1 | x] is x",
                            "leave it out", denoises_data)),
      warning(found_rule({"schedule", "train"}, "/schedule/step_size",
                         "the rate would first fall after the end of training",
                         "lower it below /train/steps", never_falls)),
      for_continuous(warning(
          found_rule({"coupling", "model", "data"}, "/coupling",
                     "the transport ignores the labels, so samples of a class are biased",
                     "set /coupling/label_weight to 1e3, or choose the coupling independent",
                     transports_across_classes)))};
}

}  // namespace pushforward::app
