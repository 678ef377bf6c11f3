// The top of the table of fields: the keys of the whole document, and the list of all sections.
#include "apps/config_rows.h"

namespace pushforward {
namespace {

bool warmup_too_long(const Json& config) {
  const auto warmup = config.at("schedule").at("warmup").get<std::int64_t>();
  return warmup > 0 && warmup >= config.at("train").at("steps").get<std::int64_t>();
}

SectionTable config_section() {
  return {
      "config",
      "One training run.",
      "",
      {only(
          {integer("version", 1, from_to(1, 1), "version of this file's format"),
           {.key = "name",
            .kind = Kind::file_name,
            .fallback = "run",
            .doc = "name of the run and of its folder"},
           integer("seed", 0, from_to(0, 9007199254740992.0),
                   "seed of every random number of the run"),
           choice("precision", "float32", {"float32", "float64"}, "real numbers of the engine"),
           required(section("data", "data", "what to learn")),
           section("source", "source", "the law at t = 0, where the flow begins"),
           section("path", "path", "the path from source to data at which the velocity is learned"),
           section("coupling", "coupling", "the joint law of (x0, x1) that a batch is drawn from"),
           section("model", "model", "the network"),
           choice("prediction", "velocity", {"velocity"}, "what the network outputs"),
           section("loss", "loss", "what training makes small"),
           section("optimizer", "optimizer", "how parameters follow gradients"),
           section("schedule", "schedule",
                   "the learning rate over the steps, as a factor on /optimizer/lr"),
           section("ema", "ema", "the running average of the parameters"),
           section("train", "train", "the length of training, and what it writes on the way"),
           section("sampler", "sampler",
                   "how samples are drawn: the solver of dx/dt = u(x, t) from 0 to 1"),
           section("eval", "eval", "what is measured on the trained flow"),
           section("output", "output", "where runs go")},
          {rule({"schedule", "train"}, "/schedule/warmup",
                "the warm-up is not shorter than the training", "lower it, or raise /train/steps",
                warmup_too_long)})}};
}

}  // namespace

const std::vector<SectionTable>& config_tables() {
  static const std::vector<SectionTable> tables{
      config_section(),   data_section(),      source_section(),        path_section(),
      coupling_section(), model_section(),     time_features_section(), loss_section(),
      time_law_section(), optimizer_section(), schedule_section(),      ema_section(),
      train_section(),    sampler_section(),   eval_section(),          output_section()};
  return tables;
}

}  // namespace pushforward
