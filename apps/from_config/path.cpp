#include "apps/from_config/path.h"

#include <fmt/format.h>

#include <limits>
#include <string>
#include <vector>

#include "apps/config/data_types.h"
#include "apps/config/manifold_data.h"
#include "apps/failure.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::fail;

namespace {

Prediction prediction_named(const std::string& name) {
  for (Prediction p : kPredictions) {
    if (name == name_of(p)) return p;
  }
  fail("config", "there is no prediction \"", name, "\"");
}

}  // namespace

Scheduler make_scheduler(const Section& path) {
  const std::string& type = path.type();
  if (type == "cond_ot") return cond_ot(path.number("sigma_min"));
  if (type == "polynomial") return polynomial(path.number("power"));
  if (type == "cosine") return cosine();
  if (type == "linear_vp") return linear_vp();
  if (type == "vp") return vp(path.number("beta_min"), path.number("beta_max"));
  if (type == "ve") return ve(path.number("sigma_min"), path.number("sigma_max"));
  if (type == "edm")
    return edm(path.number("sigma_min"), path.number("sigma_max"), path.number("rho"));
  std::vector<SchedulePoint> points;
  for (const std::vector<double>& row : path.matrix("points"))
    points.push_back({row[0], row[1], row[2]});
  return tabulated(ScheduleTable(points));
}

Scheduler make_scheduler(const Config& config) { return make_scheduler(config.section("/path")); }

PathNoise make_path_noise(const Section& config) {
  const Section noise = config.section("/path/noise");
  return path_noise(noise.type(), noise.has("scale") ? noise.number("scale") : 0);
}

TimeDistribution make_time_distribution(const Section& config, const char* key) {
  const Section distribution = config.section(key);
  const std::string& type = distribution.type();
  if (type == "stratified") return stratified_time();
  if (type == "start") return start_time();
  if (type == "logit_normal")
    return logit_normal_time(distribution.number("mean"), distribution.number("std"));
  if (type == "mode") return mode_time(distribution.number("scale"));
  if (type == "cosmap") return cosmap_time();
  if (type == "u_shaped") return u_shaped_time(distribution.number("sharpness"));
  if (type == "beta") return beta_time(distribution.number("a"), distribution.number("b"));
  if (type == "noise_level")
    return noise_level_time(make_scheduler(config.section("/path")), distribution.number("mean"),
                            distribution.number("std"));
  return uniform_time();
}

Parameterization make_parameterization(const Section& config) {
  return {prediction_named(config.string("/prediction")), make_scheduler(config.section("/path")),
          config.number("/sigma_data")};
}

Weighting make_weighting(const Section& config) {
  Weighting weighting;
  if (!config.has("/loss/weight")) return weighting;
  const std::string& name = config.string("/loss/weight");
  if (name != "none") weighting.as = prediction_named(name);
  const double max_weight = config.number("/loss/most");
  if (max_weight > 0) weighting.max_weight = max_weight;
  return weighting;
}

bool learns_exact_field(const Section& config, const RunRequest& request) {
  const bool answers =
      (!sees_labels(config) && !has_conditions(config)) || config.number("/loss/label_dropout") > 0;
  return config.string("/coupling/type") == "independent" && !on_manifold(config) &&
         config.string("/path/noise/type") == "none" && answers && !request.label && !request.exact;
}

Kappa make_kappa(const Section& kappa) {
  const std::string& type = kappa.type();
  if (type == "polynomial") return polynomial_kappa(kappa.number("power"));
  if (type == "sine_squared") return sine_squared_kappa();
  if (type == "cosine") return cosine_kappa();
  return linear_kappa();
}

bool has_conditions(const Section& config) {
  return names_conditions(config.section("/data").json());
}

bool trained_at_start(const Section& config) {
  return config.has("/loss/time/type") && config.string("/loss/time/type") == "start";
}

void check_all_times(const Section& config, const char* where, const char* what) {
  if (!trained_at_start(config)) return;
  throw Failure(
      Exit::usage,
      fmt::format("[{}] the network of this run was trained at t = 0 alone (/loss/time start), and "
                  "{} needs its velocity at other times; give a run that was trained at all times",
                  where, what));
}

bool learns_score(const Section& config) { return config.string("/loss/type") == "score_and_flow"; }

bool sees_labels(const Section& config) { return config.string("/model/label/type") != "none"; }

}  // namespace pushforward::app
