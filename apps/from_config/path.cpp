#include "apps/from_config/path.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "apps/config/data_types.h"
#include "apps/config/made.h"
#include "apps/failure_text.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;
using detail::fail;

namespace {

Prediction prediction_named(const std::string& name) {
  for (Prediction p : kPredictions) {
    if (name == name_of(p)) return p;
  }
  fail("config", "there is no prediction \"", name, "\"");
}

// The distance that is kept from the ends of the range of times that both paths share, because
// times are rounded to floats on the tape.
constexpr double kInside = 1e-6;

// Returns whether the change from the model's path to `to` has finite derivatives at time r, and
// the model has a velocity at the matching time of its own path.
bool changes_at(const Parameterization& model, const Scheduler& to, double r) {
  try {
    return has_velocity(model, change_schedule(model.scheduler, to, r).t);
  } catch (const std::invalid_argument&) {
    return false;
  }
}

double ratio(const Coefficients& c) { return c.alpha / c.sigma; }

}  // namespace

Scheduler make_scheduler(const Config& config) { return schedulers()(config.section("/path")); }

PathNoise make_path_noise(const Section& config) {
  const Section noise = config.section("/path/noise");
  return path_noise(noise.type(), noise.has("scale") ? noise.number("scale") : 0);
}

TimeDistribution make_time_distribution(const Section& config, const char* key) {
  return time_laws()(config.section(key), config);
}

Parameterization make_parameterization(const Section& config) {
  return {prediction_named(config.string("/prediction")), schedulers()(config.section("/path")),
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

bool has_conditions(const Section& config) {
  return names_conditions(config.section("/data").json());
}

bool trained_at_start(const Section& config) {
  return config.has("/loss/time/type") && config.string("/loss/time/type") == "start";
}

void check_all_times(const Section& config, const char* where, const char* what) {
  if (!trained_at_start(config)) return;
  throw usage_error(
      "[{}] the network of this run was trained at t = 0 alone (/loss/time start), and "
      "{} needs its velocity at other times; give a run that was trained at all times",
      where, what);
}

bool learns_score(const Section& config) { return config.string("/loss/type") == "score_and_flow"; }

bool sees_labels(const Section& config) { return config.string("/model/label/type") != "none"; }

TimeMargin make_margin(const Section& config) {
  return {.min_left = config.string("/precision") == "float64" ? 1e-9 : 1e-5};
}

SampledPath sampled_path(const Section& config, const Parameterization& model) {
  const Section section = config.section("/sampler/path");
  if (section.type() == "own") return {model};
  const Scheduler from = model.scheduler, to = schedulers()(section);
  const double first = ratio(from(0)), last = ratio(from(1));
  check(std::max(first, ratio(to(0))) < std::min(last, ratio(to(1))), "path", to.name,
        " has noise levels sigma / alpha from ", 1 / ratio(to(0)), " to ", 1 / ratio(to(1)),
        " and the training path, ", from.name, ", from ", 1 / first, " to ", 1 / last,
        "; choose a path that shares noise levels with the training path");
  SampledPath path{{Prediction::velocity, to}, {}, false};
  const TimeMargin margin = make_margin(config);
  double &begin = path.within.begin, &end = path.within.end;
  if (first > ratio(to(0))) begin = to.time_of_ratio(first) + kInside;
  if (last < ratio(to(1))) end = to.time_of_ratio(last) - kInside;
  if (!changes_at(model, to, begin)) begin += margin.begin;
  if (!changes_at(model, to, end)) end = end == 1 ? margin.end_of(to) : end - margin.begin;
  check(begin < end, "path", "the flow of ", from.name, " along ", to.name,
        " would begin at t = ", begin, " and end at ", end,
        "; choose a path that shares more noise levels with the training path");
  return path;
}

std::string why_not_imputed(const Section& config) {
  const Section source = config.section("/source");
  if (config.string("/path/noise/type") != "none")
    return fmt::format("its path has noise ({})", config.string("/path/noise/type"));
  if (source.type() != "gaussian" || source.number("std") != 1)
    return fmt::format("its source is {}", source.json().dump());
  if (config.string("/coupling/type") != "independent")
    return fmt::format("its coupling ({}) makes x0 depend on x1", config.string("/coupling/type"));
  return "";
}

}  // namespace pushforward::app
