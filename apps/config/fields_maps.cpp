// The rows of the table of config fields for the losses of flow maps, and the rules about them.
#include <utility>
#include <vector>

#include "apps/config/data_types.h"
#include "apps/config/made.h"
#include "apps/config/map_loss.h"

namespace pushforward::app {
namespace {

using MapRow = Makers<MapSettings, const Section&>::Row;

// Returns the keys that the losses of all flow maps have, after their own.
Members<MapSettings> with_map_fields(Members<MapSettings> own) {
  using S = MapSettings;
  return joined(
      std::move(own),
      {field("diagonal", &S::diagonal, above_to(0, 0.99),
             "share of the rows that train v(x, t, t), the velocity of the plain flow, at times "
             "from `time`; the other rows train the condition at pairs of times"),
       time_distribution_field(),
       section("pair_time", "pair_time", "the distribution of which s and t are two sorted draws"),
       with_default(part_field<S>(
                        "from_start", [](S& s) -> double& { return s.times.from_start; },
                        from_to(0, 1), "probability that a pair starts at s = 0"),
                    0.25),
       word_field<S>("directions", "forward", "both",
                     "both: half of the pairs run from a later time to an earlier one, so that "
                     "points can also be encoded by jumps",
                     [](S& s) -> bool& { return s.times.both_ways; }),
       part_field<S>(
           "weight_power", [](S& s) -> double& { return s.loss.weight_power; }, from_to(0, 10),
           "p: each row's square error e is weighted by 1 / (e + weight_floor)^p"),
       part_field<S>(
           "weight_floor", [](S& s) -> double& { return s.loss.weight_floor; }, above_to(0, 1e6),
           "added to e in the weight"),
       label_dropout_field()});
}

MapRow map_loss_row(MapCondition condition, const char* doc, Members<MapSettings> own) {
  Members<MapSettings> members = with_map_fields(std::move(own));
  return {for_continuous(
              row(name_of(condition), doc, fields_of(members),
                  {warning(rule({"weight_floor", "weight_power"}, "/weight_floor",
                                "it has no effect, since a `weight_power` of 0 weights all rows "
                                "equally",
                                "set `weight_power` above 0, or leave it out",
                                when(is_not("/weight_floor", 0.01), is("/weight_power", 0.0))))})),
          [condition, members = std::move(members)](const Section& loss, const Section& config) {
            MapSettings settings;
            settings.loss.condition = condition;
            read(members, loss.json(), settings);
            settings.times.each = time_laws()(loss.section("pair_time"), config);
            return settings;
          }};
}

// Returns the key of the velocity that a term of the condition `eulerian` uses.
template <class Part>
Member<MapSettings> velocity_field(const char* key, std::vector<std::string> words, const char* doc,
                                   Part part) {
  const std::string fallback = words.front();
  return {choice(key, fallback.c_str(), std::move(words), doc),
          [part](const Json& word, MapSettings& settings) {
            part(settings) = word == "sample" ? VelocityAtStart::sample : VelocityAtStart::network;
          }};
}

// Returns the losses, each of which makes the settings of a flow map.
const Makers<MapSettings, const Section&>& map_settings() {
  using S = MapSettings;
  static const Makers<S, const Section&> rows{
      map_loss_row(
          MapCondition::lagrangian,
          "a flow map v(x, s, t): where a jump ends, its slope in t is the velocity (Boffi et "
          "al. 2025; LSD)",
          {word_field<S>("teacher", "network", "average",
                         "the weights of the velocity at the end: the network's own, or their "
                         "moving average (/ema)",
                         [](S& s) -> bool& { return s.averaged_teacher; }),
           part_field<S>(
               "end_velocity", [](S& s) -> bool& { return s.loss.end_velocity; }, any(),
               "also train v(x, t, t) at the end t of each jump, on the row's own path "
               "(terminal velocity matching)")}),
      map_loss_row(
          MapCondition::eulerian,
          "a flow map v(x, s, t): a jump from a point that moves along the flow ends in the "
          "same place (Geng et al. 2025; MeanFlow, ESD)",
          {velocity_field("tangent", {"network", "sample"},
                          "the velocity along which v is differentiated: the network's own v(x, s, "
                          "s), or that of the sample, dx/ds",
                          [](S& s) -> VelocityAtStart& { return s.loss.eulerian.tangent; }),
           velocity_field("target", {"sample", "network"},
                          "the velocity to which the derivative is added",
                          [](S& s) -> VelocityAtStart& { return s.loss.eulerian.target; }),
           word_field<S>(
               "gradient", "stopped", "through_time",
               "stopped: v is regressed on the rest; through_time: the gradient also goes "
               "through the derivative in s",
               [](S& s) -> bool& { return s.loss.eulerian.through_time; })}),
      map_loss_row(
          MapCondition::semigroup,
          "a flow map v(x, s, t): two jumps end where one does (Frans et al. 2025, shortcut "
          "models; Guo et al. 2025, SplitMeanFlow; PSD)",
          {word_field<S>("middle", "half", "uniform",
                         "where the first of the two jumps ends: in the middle, or at a uniform "
                         "time",
                         [](S& s) -> bool& { return s.loss.uniform_middle; })}),
      map_loss_row(
          MapCondition::alpha_flow,
          "a flow map v(x, s, t): from the velocity of the whole way to MeanFlow, by steps "
          "that become shorter during training (Zhang et al. 2025)",
          {field("sharpness", &S::sharpness, above_to(0, 1000),
                 "the length of a step after the part p of training is alpha (t - s), with "
                 "alpha = 1 / (1 + exp(sharpness (p - 1/2)))")})};
  return rows;
}

// --- rules about the whole config ----------------------------------------------------------------

bool of_map(const Json& config) { return is_map_loss(config.at("loss").at("type").text()); }

bool averages_nothing(const Json& config) {
  return config.at("loss").value("teacher", std::string()) == "average" &&
         config.at("ema").at("decay") == 0.0;
}
bool by_jumps(const Json& config) { return config.at("sampler").at("type") == "jumps"; }

}  // namespace

bool is_map_loss(std::string_view type) { return map_settings().find(type) != nullptr; }

bool learns_map(const Section& config) { return is_map_loss(config.section("/loss").type()); }

MapLoss MapSettings::loss_after(double progress) const {
  MapLoss now = loss;
  if (now.condition == MapCondition::alpha_flow) now.alpha = alpha_after(progress, sharpness);
  return now;
}

std::optional<MapSettings> make_map_settings(const Section& config) {
  if (!learns_map(config)) return {};
  return map_settings()(config.section("/loss"), config);
}

std::vector<Alternative> map_losses() { return map_settings().alternatives(); }

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
           "set it to \"velocity\", or choose the loss mse",
           when(of_map, is_not("/prediction", "velocity"))),
      rule({"loss", "path"}, "/path/noise",
           "points on a path with noise do not move along a flow that could be mapped",
           "set it to {\"type\": \"none\"}, or choose the loss mse",
           when(of_map, is_not("/path/noise/type", "none"))),
      rule(
          {"loss", "data"}, "/loss",
          "a flow map is given no columns of the table, and the data names some in `condition`",
          "choose the loss mse, or leave `condition` out",
          [](const Json& config) { return of_map(config) && names_conditions(config.at("data")); }),
      rule({"loss", "ema"}, "/loss/teacher",
           "its weights are a moving average, and this run keeps none (/ema/decay is 0)",
           "set /ema/decay to 0.999, or the teacher to \"network\"", averages_nothing),
      rule({"sampler", "loss"}, "/sampler",
           "jumps need a flow map, a network of two times, and this loss trains a network of one",
           "choose the loss lagrangian, eulerian, semigroup or alpha_flow, or an ODE solver like "
           "dopri5",
           when(by_jumps, negated(of_map))),
      rule({"sampler"}, "/sampler/path",
           "jumps are learned on the training path, and not on another",
           "set it to {\"type\": \"own\"}, or choose an ODE solver like dopri5",
           when(by_jumps, is_not("/sampler/path/type", "own"))),
      rule({"sampler"}, "/sampler/guidance/scale",
           "jumps are learned without guidance, which changes the velocity on their way",
           "set it to 0, or choose an ODE solver like dopri5",
           when(by_jumps, is_not("/sampler/guidance/scale", 0.0)))});
}

}  // namespace pushforward::app
