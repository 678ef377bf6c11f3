// The rules about data of type "pairs", which another run makes, and about training at t = 0 alone.
#include "apps/config/data_types.h"
#include "apps/config/map_loss.h"
#include "apps/config/rows.h"

namespace pushforward::app {
namespace {

bool is_pairs(const Json& data) { return data.at("type") == "pairs"; }

bool wraps_pairs(const Json& config) {
  const Json& data = config.at("data");
  return !is_pairs(data) && is_pairs(innermost(data));
}
bool source_is_pairs(const Json& config) {
  const Json& source = config.at("source");
  return source.at("type") == "data" && is_pairs(innermost(source.at("of")));
}
std::optional<Violation> other_coupling(const Json& config) {
  const std::string& type = config.at("coupling").at("type").text();
  if (!is_pairs(config.at("data")) || type == "paired") return {};
  return Violation{
      "the run in /data/from has paired x0 with x1, and " + type + " would pair their rows anew",
      "leave it out, or set it to {\"type\": \"paired\"}"};
}

// Returns whether the loss trains the velocity at t = 0 alone.
bool at_start(const Json& config) {
  const Json* time = config.at("loss").find("time");
  return time && time->is_object() && time->at("type") == "start";
}
bool samples_beyond_start(const Json& config) {
  if (!at_start(config) || is_map_loss(config.at("loss").at("type").text())) return false;
  const Json& sampler = config.at("sampler");
  return sampler.at("type") != "euler" || sampler.at("steps") != 1 || sampler.at("begin") != 0.0 ||
         sampler.at("path").at("type") != "own";
}

}  // namespace

std::vector<ConfigRule> pair_rules() {
  return for_continuous(std::vector<ConfigRule>{
      rule({"data"}, "/data",
           "pairs are in the units of the flow that made them, and another data set around them "
           "would change x1 and not x0",
           "make the pairs all of /data", wraps_pairs),
      rule({"source"}, "/source/of", "pairs hold both ends of a flow, and a source is one of them",
           "put the pairs in /data, and leave /source as in the run that makes them",
           source_is_pairs),
      found_rule({"data", "coupling"}, "/coupling", "the pairs of /data are paired already",
                 "leave it out", other_coupling),
      rule({"loss", "coupling"}, "/loss/time",
           "at t = 0 alone a velocity says where x0 goes only if x0 determines x1, and this "
           "coupling leaves x1 open",
           "set /data to {\"type\": \"pairs\", \"from\": RUN}, or choose other times",
           when(at_start, is_not("/coupling/type", "paired"))),
      rule({"loss"}, "/loss/time", "a flow map needs its diagonal at all times, and this is t = 0",
           "choose other times, or the loss mse",
           [](const Json& config) {
             return at_start(config) && is_map_loss(config.at("loss").at("type").text());
           }),
      rule({"loss", "prediction"}, "/prediction", "at t = 0 alone only the velocity takes x0 to x1",
           "set it to \"velocity\"", when(at_start, is_not("/prediction", "velocity"))),
      rule({"loss", "path"}, "/path",
           "trained at t = 0 alone, one step reaches x1 only on a straight path without noise",
           "set it to {\"type\": \"cond_ot\"}",
           when(at_start, negated(when(straight_path(), is("/path/noise/type", "none"))))),
      rule({"loss", "sampler"}, "/sampler",
           "the velocity is trained at t = 0 alone, and this sampler needs it at other times",
           "set it to {\"type\": \"euler\", \"steps\": 1}", samples_beyond_start)});
}

}  // namespace pushforward::app
