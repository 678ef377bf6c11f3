// The rows of the table of config fields for the losses of flow maps, and the rules about them.
#include <utility>
#include <vector>

#include "apps/config/data_types.h"
#include "apps/config/map_loss.h"
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

bool floors_no_weight(const Json& loss) {
  return loss.at("weight_floor") != 0.01 && loss.at("weight_power") == 0.0;
}

// Returns the fields that the losses of all flow maps have, after their own.
std::vector<ConfigField> with_map_fields(std::vector<ConfigField> own) {
  return joined(
      std::move(own),
      {number("diagonal", 0.5, above_to(0, 0.99),
              "share of the rows that train v(x, t, t), the velocity of the plain flow, at times "
              "from `time`; the other rows train the condition at pairs of times"),
       time_distribution_field(),
       section("pair_time", "pair_time", "the distribution of which s and t are two sorted draws"),
       number("from_start", 0.25, from_to(0, 1), "probability that a pair starts at s = 0"),
       choice("directions", "forward", {"forward", "both"},
              "both: half of the pairs run from a later time to an earlier one, so that points can "
              "also be encoded by jumps"),
       number("weight_power", 0, from_to(0, 10),
              "p: each row's square error e is weighted by 1 / (e + weight_floor)^p; above 0 the flow is "
              "no longer the mean of its noisy targets, which biases it in few dimensions"),
       number("weight_floor", 0.01, above_to(0, 1e6), "added to e in the weight"),
       label_dropout_field()});
}

Alternative map_loss(const char* type, const char* doc, std::vector<ConfigField> own) {
  return row(type, doc, with_map_fields(std::move(own)),
             {warning(rule({"weight_floor", "weight_power"}, "/weight_floor",
                           "it has no effect, since a `weight_power` of 0 weights all rows equally",
                           "set `weight_power` above 0, or leave it out", floors_no_weight))});
}

// --- rules about the whole config ----------------------------------------------------------------

bool of_map(const Json& config) { return is_map_loss(config.at("loss").at("type").text()); }

bool maps_no_velocity(const Json& config) {
  return of_map(config) && config.at("prediction") != "velocity";
}
bool maps_noisy_path(const Json& config) {
  return of_map(config) && config.at("path").at("noise").at("type") != "none";
}
bool maps_given_columns(const Json& config) {
  return of_map(config) && names_conditions(config.at("data"));
}
bool averages_nothing(const Json& config) {
  return config.at("loss").value("teacher", std::string()) == "average" &&
         config.at("ema").at("decay") == 0.0;
}
bool by_jumps(const Json& config) { return config.at("sampler").at("type") == "jumps"; }
bool jumps_without_map(const Json& config) { return by_jumps(config) && !of_map(config); }
bool jumps_elsewhere(const Json& config) {
  return by_jumps(config) && config.at("sampler").at("path").at("type") != "own";
}
bool jumps_guided(const Json& config) {
  return by_jumps(config) && config.at("sampler").at("guidance").at("scale") != 0.0;
}

}  // namespace

bool is_map_loss(std::string_view type) {
  return type == "lagrangian" || type == "eulerian" || type == "semigroup" || type == "alpha_flow";
}

bool learns_map(const Section& config) { return is_map_loss(config.section("/loss").type()); }

std::vector<Alternative> map_losses() {
  return for_continuous(std::vector<Alternative>{
      map_loss("lagrangian",
               "a flow map v(x, s, t): where a jump ends, its slope in t is the velocity (Boffi et "
               "al. 2025; LSD)",
               {choice("teacher", "network", {"network", "average"},
                       "the weights of the velocity at the end: the network's own, or their moving "
                       "average (/ema)"),
                boolean("end_velocity", false,
                        "also train v(x, t, t) at the end t of each jump, on the row's own path "
                        "(terminal velocity matching)")}),
      map_loss("eulerian",
               "a flow map v(x, s, t): a jump from a point that moves along the flow ends in the "
               "same place (Geng et al. 2025; MeanFlow, ESD)",
               {choice("tangent", "network", {"network", "sample"},
                       "the velocity along which v is differentiated: the network's own v(x, s, "
                       "s), or that of the sample, dx/ds"),
                choice("target", "sample", {"sample", "network"},
                       "the velocity to which the derivative is added"),
                choice("gradient", "stopped", {"stopped", "through_time"},
                       "stopped: v is regressed on the rest; through_time: the gradient also goes "
                       "through the derivative in s")}),
      map_loss("semigroup",
               "a flow map v(x, s, t): two jumps end where one does (Frans et al. 2025, shortcut "
               "models; Guo et al. 2025, SplitMeanFlow; PSD)",
               {choice("middle", "half", {"half", "uniform"},
                       "where the first of the two jumps ends: in the middle, or at a uniform "
                       "time")}),
      map_loss("alpha_flow",
               "a flow map v(x, s, t): from the velocity of the whole way to MeanFlow, by steps "
               "that become shorter during training (Zhang et al. 2025)",
               {number("sharpness", 25, above_to(0, 1000),
                       "the length of a step after the part p of training is alpha (t - s), with "
                       "alpha = 1 / (1 + exp(sharpness (p - 1/2)))")})});
}

SectionTable pair_time_section() {
  SectionTable table = time_distribution_section();
  table.name = "pair_time";
  table.doc =
      "The distribution of which the two times of a flow map's pair are sorted draws. uniform: the "
      "pairs fill the triangle s < t evenly.";
  table.fallback = "uniform";
  table.token_fallback = "";
  std::erase_if(table.alternatives, [](const Alternative& a) {
    return a.type == "stratified" || a.type == "noise_level" || a.type == "start";
  });
  return table;
}

Rules map_rules() {
  return for_continuous(Rules{
      rule({"loss", "prediction"}, "/prediction",
           "a flow map is a mean velocity, and this is another prediction",
           "set it to \"velocity\", or choose the loss mse", maps_no_velocity),
      rule({"loss", "path"}, "/path/noise",
           "points on a path with noise do not move along a flow that could be mapped",
           "set it to {\"type\": \"none\"}, or choose the loss mse", maps_noisy_path),
      rule({"loss", "data"}, "/loss",
           "a flow map is given no columns of the table, and the data names some in `condition`",
           "choose the loss mse, or leave `condition` out", maps_given_columns),
      rule({"loss", "ema"}, "/loss/teacher",
           "its weights are a moving average, and this run keeps none (/ema/decay is 0)",
           "set /ema/decay to 0.999, or the teacher to \"network\"", averages_nothing),
      rule({"sampler", "loss"}, "/sampler",
           "jumps need a flow map, a network of two times, and this loss trains a network of one",
           "choose the loss lagrangian, eulerian, semigroup or alpha_flow, or an ODE solver like "
           "dopri5",
           jumps_without_map),
      rule({"sampler"}, "/sampler/path",
           "jumps are learned on the training path, and not on another",
           "set it to {\"type\": \"own\"}, or choose an ODE solver like dopri5", jumps_elsewhere),
      rule({"sampler"}, "/sampler/guidance/scale",
           "jumps are learned without guidance, which changes the velocity on their way",
           "set it to 0, or choose an ODE solver like dopri5", jumps_guided)});
}

}  // namespace pushforward::app
