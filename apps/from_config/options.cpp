#include "apps/from_config/options.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "apps/config/map_loss.h"
#include "apps/failure.h"
#include "apps/from_config/path.h"

namespace pushforward::app {
namespace {

TimeOptions time_options(const Json& time) {
  TimeOptions options;
  options.kind = time_kind_named(time.at("type").get<std::string>());
  options.dim = time.value("dim", options.dim);
  options.scale = time.value("scale", options.scale);
  options.max_period = time.value("max_period", options.max_period);
  return options;
}

// Returns the blur of the network's input features (InputOptions::blur) that suits a Gaussian
// source. Returns 0 for other sources, which add no normal noise to the data, and for the
// prediction edm, which gives the network another time than t.
double suitable_blur(const Config& config) {
  if (config.string("/source/type") != "gaussian" || config.string("/prediction") == "edm")
    return 0;
  return kInputBlur * config.number("/source/std");
}

InputOptions input_options(const Config& config, int dim, double spread) {
  const Json& input = config.section("/model/input").json();
  const std::string type = input.at("type").get<std::string>();
  InputOptions options;
  options.scale = kInputScale * std::sqrt(2. / dim) / spread;
  options.blur = suitable_blur(config);
  if (type == "auto") {
    const bool divided = config.string("/prediction") == "data";
    options.kind = divided ? InputKind::none : InputKind::fourier;
    return options;
  }
  options.kind = input_kind_named(type);
  if (options.kind == InputKind::none) return options;
  options.dim = input.at("dim").get<int>();
  options.octaves = input.at("octaves").get<double>();
  if (const Json& scale = input.at("scale"); scale != "auto") options.scale = scale.get<double>();
  if (const Json& blur = input.at("blur"); blur != "auto") options.blur = blur.get<double>();
  return options;
}

}  // namespace

void check_labels(const Config& config, int classes) {
  if (config.string("/model/label/type") == "none" || classes > 0) return;
  throw Failure(Exit::usage,
                "[config] /model/label is an embedding, but the data has no classes; "
                "set its type to \"none\", or choose labelled data such as digits or moons");
}

VelocityOptions velocity_options(const Config& config, int dim, int classes, double spread,
                                 int conditions, int inputs) {
  const Json& model = config.section("/model").json();
  VelocityOptions options;
  options.kind = network_kind_named(model.at("type").get<std::string>());
  options.dim = dim;
  options.hidden =
      options.kind == NetworkKind::mlp
          ? model.at("hidden").get<std::vector<int>>()
          : std::vector<int>(model.at("blocks").get<std::size_t>(), model.at("width").get<int>());
  options.activation = activation_named(model.at("activation").get<std::string>());
  options.inputs = inputs;
  options.input = input_options(config, options.input_columns(), spread);
  options.time = time_options(model.at("time"));
  const Json& label = model.at("label");
  check_labels(config, classes);
  if (label.at("type") == "embedding") {
    options.classes = classes;
    options.label_dim = label.at("dim").get<int>();
  }
  options.conditions = conditions;
  options.condition = condition_named(model.at("condition").get<std::string>());
  options.dropout = model.at("dropout").get<double>();
  options.layer_norm = model.value("layer_norm", false);
  options.init = init_scheme_named(model.at("init").get<std::string>());
  options.zero_last = model.at("zero_last").get<bool>();
  options.two_times = learns_map(config);
  options.heads = learns_score(config) ? 2 : 1;
  return options;
}

int second_time_columns(const Config& config) {
  const TimeOptions time = time_options(config.section("/model/time").json());
  return time.kind == TimeKind::raw ? 1 : time.dim;
}

TokenOptions token_options(const Config& config, int length, int vocabulary, int states,
                           int classes) {
  const Json& model = config.section("/model").json();
  TokenOptions options;
  options.kind = token_network_kind_named(model.at("type").get<std::string>());
  options.length = length;
  options.vocabulary = vocabulary;
  options.states = states;
  check_labels(config, classes);
  if (model.at("label").at("type") == "embedding") {
    options.classes = classes;
    options.label_dim = model.at("label").at("dim").get<int>();
  }
  options.time = time_options(model.at("time"));
  options.activation = activation_named(model.at("activation").get<std::string>());
  options.dropout = model.at("dropout").get<double>();
  options.init = init_scheme_named(model.at("init").get<std::string>());
  options.embed = model.value("embed", options.embed);
  options.hidden = model.value("hidden", options.hidden);
  options.width = model.value("width", options.width);
  options.heads = model.value("heads", options.heads);
  options.blocks = model.value("blocks", options.blocks);
  options.mlp_ratio = model.value("mlp_ratio", options.mlp_ratio);
  if (model.contains("positions"))
    options.positions = positions_named(model.at("positions").get<std::string>());
  return options;
}

TrainerOptions trainer_options(const Config& config) {
  const Json &optimizer = config.section("/optimizer").json(),
             &schedule = config.section("/schedule").json(),
             &train = config.section("/train").json();
  TrainerOptions options;
  options.optimizer.kind = optimizer_kind_named(optimizer.at("type").get<std::string>());
  options.optimizer.lr = optimizer.at("lr").get<double>();
  options.optimizer.weight_decay = optimizer.at("weight_decay").get<double>();
  options.optimizer.momentum = optimizer.value("momentum", 0.0);
  options.optimizer.nesterov = optimizer.value("nesterov", false);
  options.optimizer.beta1 = optimizer.value("beta1", options.optimizer.beta1);
  options.optimizer.beta2 = optimizer.value("beta2", options.optimizer.beta2);
  options.optimizer.eps = optimizer.value("eps", options.optimizer.eps);
  options.schedule.kind = schedule_kind_named(schedule.at("type").get<std::string>());
  options.schedule.warmup = schedule.at("warmup").get<int>();
  options.schedule.steps = train.at("steps").get<int>();
  options.schedule.final = schedule.value("final", 0.0);
  options.schedule.every = schedule.value("step_size", options.schedule.every);
  options.schedule.gamma = schedule.value("gamma", options.schedule.gamma);
  options.clip_norm = train.at("clip_norm").get<double>();
  options.ema_decay = config.number("/ema/decay");
  options.ema_warmup = config.boolean("/ema/warmup");
  // The rows of a training step are divided into chunks. One sequence takes about as much time and
  // memory as many rows of continuous data, so chunks of sequences have fewer rows.
  if (of_tokens(config)) options.chunk = 16;
  if (const int chunk = train.at("chunk").get<int>(); chunk > 0) options.chunk = chunk;
  return options;
}

}  // namespace pushforward::app
