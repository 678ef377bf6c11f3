#include "apps/from_config/sampled_path.h"

#include <algorithm>
#include <stdexcept>

#include "apps/from_config/path.h"
#include "autograd/tensor/check.h"

namespace pushforward::app {

using detail::check;

namespace {

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

TimeMargin make_margin(const Section& config) {
  return {.min_left = config.string("/precision") == "float64" ? 1e-9 : 1e-5};
}

SampledPath sampled_path(const Section& config, const Parameterization& model) {
  const Section section = config.section("/sampler/path");
  if (section.type() == "own") return {model};
  const Scheduler from = model.scheduler, to = make_scheduler(section);
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

}  // namespace pushforward::app
