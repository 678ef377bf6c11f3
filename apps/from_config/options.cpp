#include "apps/from_config/options.h"

#include <cmath>

#include "apps/config/made.h"
#include "apps/config/map_loss.h"
#include "apps/failure.h"
#include "apps/from_config/path.h"

namespace pushforward::app {
namespace {

// Returns the blur of the network's input features (InputOptions::blur) that suits a Gaussian
// source. Returns 0 for other sources, which add no normal noise to the data, and for the
// prediction edm, which gives the network another time than t.
double suitable_blur(const Config& config) {
  if (config.string("/source/type") != "gaussian" || config.string("/prediction") == "edm")
    return 0;
  return kInputBlur * config.number("/source/std");
}

InputOptions input_options(const Config& config, int dim, double spread) {
  InputOptions automatic;
  automatic.kind = config.string("/prediction") == "data" ? InputKind::none : InputKind::fourier;
  automatic.scale = kInputScale * std::sqrt(2. / dim) / spread;
  automatic.blur = suitable_blur(config);
  return input_features_of_x()(config.section("/model/input"), automatic);
}

// Sets what both kinds of networks know of time and label.
template <class Options>
void set_time_and_label(const Config& config, int classes, Options& options) {
  options.time = features_of_time()(config.section("/model/time"));
  check_labels(config, classes);
  if (!sees_labels(config)) return;
  options.classes = classes;
  options.label_dim = static_cast<int>(config.integer("/model/label/dim"));
}

}  // namespace

void check_labels(const Config& config, int classes) {
  if (!sees_labels(config) || classes > 0) return;
  throw Failure(Exit::usage,
                "[config] /model/label is an embedding, but the data has no classes; "
                "set its type to \"none\", or choose labelled data such as digits or moons");
}

VelocityOptions velocity_options(const Config& config, int dim, int classes, double spread,
                                 int conditions, int inputs) {
  VelocityOptions options = networks_of_points()(config.section("/model"));
  options.dim = dim;
  options.inputs = inputs;
  options.input = input_options(config, options.input_columns(), spread);
  set_time_and_label(config, classes, options);
  options.conditions = conditions;
  options.two_times = learns_map(config);
  options.heads = learns_score(config) ? 2 : 1;
  return options;
}

int second_time_columns(const Config& config) {
  const TimeOptions time = features_of_time()(config.section("/model/time"));
  return time.kind == TimeKind::raw ? 1 : time.dim;
}

TokenOptions token_options(const Config& config, int length, int vocabulary, int states,
                           int classes) {
  TokenOptions options = networks_of_tokens()(config.section("/model"));
  options.length = length;
  options.vocabulary = vocabulary;
  options.states = states;
  set_time_and_label(config, classes, options);
  return options;
}

TrainerOptions trainer_options(const Config& config) {
  TrainerOptions options;
  options.optimizer = optimizer_rules()(config.section("/optimizer"));
  options.schedule = learning_rates()(config.section("/schedule"));
  options.schedule.steps = static_cast<int>(config.integer("/train/steps"));
  options.clip_norm = config.number("/train/clip_norm");
  options.ema_decay = config.number("/ema/decay");
  options.ema_warmup = config.boolean("/ema/warmup");
  // The rows of a training step are divided into chunks. One sequence takes about as much time and
  // memory as many rows of continuous data, so chunks of sequences have fewer rows.
  if (of_tokens(config)) options.chunk = 16;
  if (const auto chunk = config.integer("/train/chunk"); chunk > 0)
    options.chunk = static_cast<int>(chunk);
  return options;
}

}  // namespace pushforward::app
