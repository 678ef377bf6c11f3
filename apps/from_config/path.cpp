#include "apps/from_config/path.h"

#include <limits>
#include <string>
#include <vector>

#include "autograd/tensor/check.h"

namespace pushforward::app {
namespace {

Prediction prediction_named(const std::string& name) {
  for (Prediction p : kPredictions) {
    if (name == name_of(p)) return p;
  }
  fail("config", "there is no prediction \"", name, "\"");
}

}  // namespace

Scheduler scheduler_of(const Section& path) {
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

Scheduler scheduler_of(const Config& config) { return scheduler_of(config.section("/path")); }

PathNoise path_noise_of(const Section& config) {
  const Section noise = config.section("/path/noise");
  return path_noise(noise.type(), noise.has("scale") ? noise.number("scale") : 0);
}

TimeLaw time_law_of(const Section& config) {
  const Section law = config.section("/loss/time");
  const std::string& type = law.type();
  if (type == "stratified") return stratified_time();
  if (type == "logit_normal") return logit_normal_time(law.number("mean"), law.number("std"));
  if (type == "mode") return mode_time(law.number("scale"));
  if (type == "cosmap") return cosmap_time();
  if (type == "beta") return beta_time(law.number("a"), law.number("b"));
  if (type == "noise_level")
    return noise_level_time(scheduler_of(config.section("/path")), law.number("mean"),
                            law.number("std"));
  return uniform_time();
}

Meaning meaning_of(const Section& config) {
  return {prediction_named(config.string("/prediction")), scheduler_of(config.section("/path")),
          config.number("/sigma_data")};
}

Weighting weighting_of(const Section& config) {
  const std::string& name = config.string("/loss/weight");
  Weighting weighting;
  if (name != "none") weighting.as = prediction_named(name);
  const double most = config.number("/loss/most");
  if (most > 0) weighting.most = most;
  return weighting;
}

bool learns_exact_field(const Section& config, const RunRequest& request) {
  const bool answers = !sees_labels(config) || config.number("/loss/label_dropout") > 0;
  return config.string("/coupling/type") == "independent" &&
         config.string("/path/noise/type") == "none" && answers && !request.label && !request.exact;
}

Kappa kappa_of(const Section& kappa) {
  const std::string& type = kappa.type();
  if (type == "polynomial") return polynomial_kappa(kappa.number("power"));
  if (type == "sine_squared") return sine_squared_kappa();
  if (type == "cosine") return cosine_kappa();
  return linear_kappa();
}

bool sees_labels(const Section& config) { return config.string("/model/label/type") != "none"; }

}  // namespace pushforward::app
