// The row of the table of config fields for the loss of bridges, which learns a velocity and a score,
// and the rules about it and about the sampler of its SDE.
#include "apps/config/data_types.h"
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

bool of_bridge(const Json& config) { return config.at("loss").at("type") == "score_and_flow"; }
bool by_sde(const Json& config) { return config.at("sampler").at("type") == "bridge_sde"; }

}  // namespace

std::vector<Alternative> bridge_losses() {
  return for_continuous(std::vector<Alternative>{row(
      "score_and_flow",
      "the velocity and the score of a bridge by two heads of one network ([SF]2M, Tong et al. 2024): "
      "samples by the ODE, and by the SDE forward and backward",
      {section("time", "bridge_time", "the distribution of t"),
       number("score_weight", 1, above_to(0, 1e6),
              "factor of the score's part, (n - z)^2, beside that of the velocity"),
       label_dropout_field()})});
}

SectionTable bridge_time_section() {
  SectionTable table = time_distribution_section();
  table.name = "bridge_time";
  table.doc =
      "The distribution of t in the training of a bridge. uniform: both ends are trained alike, since "
      "the SDE runs to either.";
  table.fallback = "uniform";
  table.token_fallback = "";
  std::erase_if(table.alternatives,
                [](const Alternative& a) { return a.type == "noise_level" || a.type == "start"; });
  return table;
}

std::vector<ConfigRule> bridge_rules() {
  return for_continuous(std::vector<ConfigRule>{
      rule(
          {"loss", "path"}, "/path",
          "the score of a bridge is that of straight lines with Brownian noise, and this is another "
          "path",
          "set it to {\"type\": \"cond_ot\", \"noise\": {\"type\": \"brownian\", \"scale\": 1}}, or "
          "choose the loss mse",
          when(of_bridge, negated(when(straight_path(), is("/path/noise/type", "brownian"))))),
      rule({"loss", "prediction"}, "/prediction",
           "a bridge learns the velocity and the score, and this is another prediction",
           "set it to \"velocity\", or choose the loss mse",
           when(of_bridge, is_not("/prediction", "velocity"))),
      rule({"loss", "data"}, "/loss",
           "a bridge is given no columns of the table, and the data names some in `condition`",
           "choose the loss mse, or leave `condition` out",
           [](const Json& config) {
             return of_bridge(config) && names_conditions(config.at("data"));
           }),
      rule({"sampler", "loss"}, "/sampler",
           "the SDE of a bridge needs its score, which this loss does not train",
           "choose the loss score_and_flow, or an ODE solver like dopri5",
           when(by_sde, negated(of_bridge))),
      rule({"sampler"}, "/sampler/guidance/scale",
           "guidance changes the velocity and not the score, so the SDE would have other marginals",
           "set it to 0, or choose an ODE solver like dopri5",
           when(by_sde, is_not("/sampler/guidance/scale", 0.0)))});
}

}  // namespace pushforward::app
