// The beginning of the table of config fields: the keys at the top level of a config, and all
// sections.
#include "apps/config/data_types.h"
#include "apps/config/rows.h"
#include "flow/path/prediction.h"

namespace pushforward::app {
namespace {

bool warmup_too_long(const Json& config) {
  const auto warmup = config.at("schedule").at("warmup").get<std::int64_t>();
  return warmup > 0 && warmup >= config.at("train").at("steps").get<std::int64_t>();
}

// --- Conditions of the rules: combinations of settings that cannot work -------------------------

// Returns whether samples follow an SDE with -E[x0 | x] / sigma as the score.
RuleCondition by_sde_of_score() {
  return is_any("/sampler/type", {"euler_maruyama", "stochastic_heun"});
}
bool noisy_path(const Json& config) { return config.at("path").at("noise").at("type") != "none"; }
// Returns whether the config uses the score of a standard normal source N(0, I), and its source is
// another one.
bool source_not_normal(const Json& config) {
  const Json& source = config.at("source");
  if (source.at("type") == "gaussian" && source.at("std") == 1.0) return false;
  return is_any("/prediction", {"score", "edm"})(config) ||
         is_any("/path/type", {"ve", "edm"})(config) || by_sde_of_score()(config);
}
// Returns whether the path's sigma is 0 at t = 1. The score of xt given x1 is then infinite there.
bool ends_in_a_point(const Json& config) {
  const Json& path = config.at("path");
  const std::string& type = path.at("type").text();
  if (type == "cond_ot") return path.at("sigma_min") == 0.0;
  if (type == "table") return path.at("points").back().back() == 0.0;
  return type != "ve" && type != "edm";
}
bool source_names_conditions(const Json& config) {
  const Json& source = config.at("source");
  return source.at("type") == "data" && names_conditions(source.at("of"));
}
// Returns whether a table with conditions is inside a data set other than `standardize`. Such a
// data set would change the rows to which the conditions belong.
bool conditions_are_wrapped(const Json& config) {
  const Json* data = &config.at("data");
  if (!names_conditions(*data)) return false;
  while (data->at("type") == "standardize") data = &data->at("of");
  return data->at("type") != "csv";
}

// Returns the rules that apply to all configs, those of continuous data and those of tokens.
Rules common_rules() {
  return {
      rule({"schedule", "train"}, "/schedule/warmup",
           "the warm-up must be shorter than the training", "lower it, or raise /train/steps",
           warmup_too_long),
      rule({"coupling", "source", "data"}, "/coupling",
           "only rows of a finite data set can be paired",
           "set /source to {\"type\": \"data\", \"of\": ...} with as many rows as the data",
           when(is("/coupling/type", "paired"), is_not("/source/type", "data"),
                is_not("/data/type", "pairs"))),
      rule({"source"}, "/source/of",
           "columns of its table are conditions (`condition`), but a source is given none",
           "leave `condition` out there, and leave columns out with `drop`",
           source_names_conditions),
      rule({"data"}, "/data",
           "columns of the table are conditions (`condition`), and the data set around it makes "
           "other rows of its rows",
           "make the table all of /data, or put only standardize around it",
           conditions_are_wrapped),
      rule(
          {"sampler", "model", "data"}, "/sampler/guidance/scale",
          "guidance needs a network that takes labels or conditions, and this one takes none",
          "set /model/label to {\"type\": \"embedding\"} or name columns in `condition` of a csv, or "
          "set the scale to 0",
          when(is_not("/sampler/guidance/scale", 0.0), negated(is_given))),
      rule({"sampler", "model", "loss", "data"}, "/sampler/guidance/scale",
           "guidance needs a network that is also trained without labels or conditions",
           "set /loss/label_dropout to 0.1, or set the scale to 0",
           when(is_not("/sampler/guidance/scale", 0.0), is_given, is("/loss/label_dropout", 0.0)))};
}

// Returns the rules for configs of continuous data, which use paths alpha x1 + sigma x0.
// apps/from_config/rules.cpp has more such rules.
Rules flow_rules() {
  return {
      rule({"source", "prediction", "path", "sampler"}, "/source",
           "the prediction, path or sampler needs a standard normal source, and this is another",
           "set it to {\"type\": \"gaussian\", \"std\": 1}; "
           "or use the prediction velocity, a path like cond_ot and an ODE solver",
           source_not_normal),
      rule({"path", "source"}, "/path/sigma_min",
           "samples would end in data plus sigma_min times "
           "the source, and the source is not Gaussian",
           "set it to 0, or set /source to {\"type\": \"gaussian\"}",
           when(is("/path/type", "cond_ot"), is_not("/path/sigma_min", 0),
                is_not("/source/type", "gaussian"))),
      rule({"sampler", "coupling"}, "/sampler",
           "it needs the score, which is unknown when the coupling makes x0 depend on x1",
           "choose an ODE solver like dopri5, or set /coupling to {\"type\": \"independent\"}",
           when(by_sde_of_score(), is_not("/coupling/type", "independent"))),
      rule({"prediction", "path"}, "/prediction",
           "only the velocity can be learned on a path with noise",
           "set it to \"velocity\", or set /path/noise to {\"type\": \"none\"}",
           when(noisy_path, is_not("/prediction", "velocity"))),
      rule({"loss", "path"}, "/loss/weight", "this weight is not defined on a path with noise",
           "set it to \"none\", or set /path/noise to {\"type\": \"none\"}",
           when(noisy_path, is_any("/loss/weight", {"data", "noise", "score", "edm"}))),
      rule({"sampler", "path"}, "/sampler",
           "it needs E[x0 | xt], which is unknown on a path with noise",
           "choose an ODE solver like dopri5, or set /path/noise to {\"type\": \"none\"}",
           when(noisy_path, is_any("/sampler/type", {"dpm_solver", "edm_heun", "euler_maruyama",
                                                     "stochastic_heun"}))),
      rule({"sampler", "path"}, "/sampler/path",
           "a flow trained on a path with noise cannot be sampled along another path",
           "set it to {\"type\": \"own\"}, or set /path/noise to {\"type\": \"none\"}",
           when(noisy_path, is_not("/sampler/path/type", "own"))),
      rule({"prediction", "path"}, "/prediction",
           "the score is infinite at t = 1 on this path, where sigma is 0",
           "predict \"noise\" instead (noise = -sigma times the score), or choose a "
           "path with sigma > 0 at t = 1: ve, edm, or cond_ot with sigma_min above 0",
           when(is("/prediction", "score"), ends_in_a_point)),
      rule({"coupling", "train"}, "/train/batch",
           "it is too small for optimal transport within a batch",
           "raise it to at least 16 (256 is better), or set /coupling to {\"type\": "
           "\"independent\"}",
           when(is_any("/coupling/type",
                       {"ot", "sinkhorn", "schroedinger_bridge", "partial", "unbalanced"}),
                [](const Json& config) { return config.at("train").at("batch") < 16; }))};
}

ConfigField prediction_field() {
  ConfigField field = choice("prediction", name_of(Parameterization().prediction),
                             names_of(kPredictions), "what the network outputs");
  field.token_choices = {"posterior"};
  field.token_fallback = "posterior";
  return field;
}

SectionTable config_section() {
  return {
      "config",
      "One training run.",
      "",
      {only(
          {integer("version", 1, from_to(1, 1), "version of the config format"),
           {.key = "name",
            .kind = FieldKind::file_name,
            .fallback = "run",
            .doc = "name of the run and of its folder",
            .default_words = "the name of the config's file, moons of moons.json"},
           integer("seed", 0, from_to(0, 9007199254740992.0),
                   "seed of every random number of the run"),
           text_field(
               "from", "",
               "the folder of a run with the same network, whose weights are the first ones of "
               "this training; a flow map may start from a plain flow, which becomes its "
               "v(x, t, t); empty: they are random"),
           choice("precision", "float32", {"float32", "float64"},
                  "floating-point type of all computation"),
           required(section("data", "data", "what to learn")),
           section("source", "source", "the distribution at t = 0, from which the flow starts"),
           section("path", "path", "the path from source to data at which the velocity is learned"),
           section("coupling", "coupling",
                   "the joint distribution of (x0, x1) that a batch is drawn from"),
           section("model", "model", "the network"),
           prediction_field(),
           for_continuous(number("sigma_data", Parameterization().sigma_data, above_to(0, 1e6),
                                 "standard deviation of the data, used by the prediction edm")),
           section("loss", "loss", "the loss that training minimises"),
           section("optimizer", "optimizer", "how the gradient changes the parameters"),
           section("schedule", "schedule",
                   "the learning rate at each step, as a factor on /optimizer/lr"),
           section("ema", "ema", "the running average of the parameters"),
           section("train", "train", "the length of training, its checkpoints and its logs"),
           section("sampler", "sampler",
                   "how samples are drawn: the solver of dx/dt = u(x, t) from t = 0 to 1"),
           section("eval", "eval", "what is measured after training"),
           section("output", "output", "where runs are written")},
          joined(common_rules(), for_continuous(flow_rules()), built_rules(), manifold_rules(),
                 map_rules(), pair_rules(), bridge_rules(), token_rules(), holdout_rules(),
                 settings_without_effect()))}};
}

}  // namespace

std::vector<SectionTable> config_rows() {
  return {config_section(),
          data_section(),
          source_section(),
          path_section(),
          path_noise_section(),
          kappa_section(),
          token_distance_section(),
          coupling_section(),
          model_section(),
          input_features_section(),
          time_features_section(),
          label_features_section(),
          loss_section(),
          time_distribution_section(),
          pair_time_section(),
          bridge_time_section(),
          optimizer_section(),
          schedule_section(),
          ema_section(),
          train_section(),
          sampler_section(),
          sampler_path_section(),
          time_grid_section(),
          guidance_section(),
          diffusion_section(),
          corrector_section(),
          remasking_section(),
          eval_section(),
          output_section()};
}

}  // namespace pushforward::app
