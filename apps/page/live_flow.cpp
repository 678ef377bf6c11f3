// Answers the page's questions about the flow with its present weights: trajectories, velocities and
// densities.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "apps/failure.h"
#include "apps/flows/flow_density.h"
#include "apps/page/jump_trace.h"
#include "apps/page/live_run.h"
#include "apps/page/live_training.h"
#include "apps/page/solver_trace.h"
#include "apps/terminal/clock.h"
#include "autograd/tensor/check.h"
#include "flow/evaluate.h"
#include "flow/oracle/exact_field.h"
#include "flow/solve/sampler.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// If velocities may be infinite at an end of the path, the nearest time shown is this far from it.
constexpr double kMargin = 1e-3;

SolverRequest solver_request(const Json& question, const RunRequest& run) {
  SolverRequest request;
  static_cast<RunRequest&>(request) = run;
  request.seed = static_cast<std::uint64_t>(question.value("seed", std::int64_t{0}));
  if (question.contains("solver")) request.solver = question.at("solver").text();
  if (question.contains("steps")) request.steps = question.at("steps").get<int>();
  return request;
}

// Returns the question's number `key`. Throws unless it is within [low, high].
int number_within(const Json& question, const char* key, int low, int high) {
  const int value = question.at(key).get<int>();
  detail::check(value >= low && value <= high, "page", "\"", key, "\" is ", value,
                "; it must be from ", low, " to ", high);
  return value;
}

}  // namespace

RunRequest LiveRun::run_request(bool exact) const {
  RunRequest request;
  request.run = folder_;
  request.exact = exact;
  request.threads = 1;
  return request;
}

const RunFlow& LiveRun::current_flow(bool exact) {
  if (exact && !no_exact_.empty()) throw Failure(Exit::usage, "[page] " + no_exact_);
  if (exact) {
    if (!exact_) exact_.emplace(load_run_flow(config_, run_request(true)));
    return *exact_;
  }
  if (flow_step_ != training_->steps_done()) {
    training_->save_model_file(page_model_file(folder_));
    learned_.emplace(load_run_flow(config_, run_request(false)));
    flow_step_ = training_->steps_done();
  }
  return *learned_;
}

double LiveRun::time_within(const Json& question, bool exact) const {
  const double t = question.at("t").get<double>();
  detail::check(t >= 0 && t <= 1, "page", "the time is ", t, "; it must be from 0 to 1");
  const bool finite = !exact && config_.string("/prediction") == "velocity";
  return finite ? t : std::clamp(t, kMargin, 1 - kMargin);
}

Tensor LiveRun::grid_points(const Json& question, const RunFlow& flow) const {
  detail::check(units_.dim() == 2, "page", "a grid shows data of 2 columns, but this data has ",
                units_.dim());
  const int side = number_within(question, "side", 2, 256);
  const std::vector<double> limits = question.at("limits").get<std::vector<double>>();
  detail::check(limits.size() == 4 && limits[0] < limits[1] && limits[2] < limits[3], "page",
                "\"limits\" must be [left, right, low, high] with left < right and low < high");
  NdArray grid{{static_cast<std::size_t>(side) * static_cast<std::size_t>(side), 2}, {}};
  for (int j = 0; j < side; ++j) {
    for (int i = 0; i < side; ++i) {
      grid.values.push_back(limits[0] + (limits[1] - limits[0]) * (i + 0.5) / side);
      grid.values.push_back(limits[2] + (limits[3] - limits[2]) * (j + 0.5) / side);
    }
  }
  return flow.from_data(grid, "page");
}

PageMessage LiveRun::flow(const Json& question) {
  const bool exact = question.value("exact", false);
  const RunFlow& run = current_flow(exact);
  const SolverRequest request = solver_request(question, run_request(exact));
  const SamplerOptions options = run.options(config_, request);
  const int n = number_within(question, "n", 1, 20000),
            times = number_within(question, "times", 2, 512);
  Workers& workers = training_->workers();
  Sampler sampler(run.sampled(options), run.dim(), options, workers, times);
  Tensor points({n, run.dim()}), trajectory({times, n, run.dim()});
  const double start = seconds_now();
  const SampleCost cost = sampler.sample(*run.start(config_, options), request.seed, n,
                                         points.data(), trajectory.data());
  PageMessage message("flow");
  message.head["exact"] = exact;
  message.head["seconds"] = seconds_now() - start;
  message.head["evaluations"] = cost.mean();
  message.head["most_evaluations"] = cost.max_evaluations;
  message.add("times", {static_cast<std::size_t>(times)}, sampler.save_times());
  const NdArray all = run.to_data(trajectory);
  message.add("points", all.shape, all.values);
  return message;
}

PageMessage LiveRun::solver(const Json& question) {
  const bool exact = question.value("exact", false);
  const RunFlow& run = current_flow(exact);
  return solver_message(trace_solver(config_, run, solver_request(question, run_request(exact)),
                                     number_within(question, "n", 1, 20000),
                                     number_within(question, "rows", 1, 1000)));
}

PageMessage LiveRun::jumps(const Json& question) {
  const RunFlow& run = current_flow(false);
  const bool compares = question.value("compare", true);
  return jumps_message(trace_jumps(config_, run, solver_request(question, run_request(false)),
                                   number_within(question, "jumps", 1, 64),
                                   number_within(question, "n", 1, 20000),
                                   compares ? data_.get() : nullptr));
}

PageMessage LiveRun::field(const Json& question) {
  const bool exact = question.value("exact", false);
  const RunFlow& run = current_flow(exact);
  const double t = time_within(question, exact);
  const Tensor at = grid_points(question, run);
  const Tensor u = evaluate_field(run.velocity(), at, t, training_->workers());
  std::vector<double> velocity(u.values().begin(), u.values().end());
  run.units.velocity_to_data(velocity);
  PageMessage message("field");
  message.head["exact"] = exact;
  message.head["t"] = t;
  const auto side = question.at("side").get<std::size_t>();
  message.add("velocity", {side, side, 2}, velocity);
  return message;
}

PageMessage LiveRun::density(const Json& question) {
  const bool exact = question.value("exact", false);
  const RunFlow& run = current_flow(exact);
  const Tensor at = grid_points(question, run);
  std::vector<double> log_p;
  // At t = 1 the density is that of the data. For any other t the flow ends at t, so that the
  // density is that of the points x(t). This t must come after the time at which the flow begins,
  // which is above 0 if the model predicts noise.
  const bool of_data = !exact && question.value("t", 1.0) == 1;
  const double t = of_data ? 1 : std::max(time_within(question, true), 2 * kMargin);
  if (exact) {
    const DistributionPtr source = run.source;
    const std::vector<double> x(at.values().begin(), at.values().end());
    log_p = make_oracle(*source, *data_)->log_density(run.parameterization.scheduler(t), x);
  } else {
    const Config until =
        of_data ? config_
                : parse_config(config_.dump(), "config", {fmt::format("sampler.end={}", t)});
    const SolverRequest request = solver_request(question, run_request(false));
    SamplerOptions options = run.options(until, request);
    options.label_of = {};
    Likelihood likelihood = make_likelihood(until, run, options, request, {}, training_->workers());
    log_p = likelihood.log_density(at);
  }
  const NdArray result = per_data_volume(run.units, std::move(log_p));
  PageMessage message("density");
  message.head["exact"] = exact;
  message.head["t"] = t;
  const auto side = question.at("side").get<std::size_t>();
  message.add("log_density", {side, side}, result.values);
  return message;
}

PageMessage LiveRun::likelihood(const Json& question) {
  const RunFlow& run = current_flow(false);
  const SolverRequest request = solver_request(question, run_request(false));
  SamplerOptions options = run.options(config_, request);
  options.label_of = {};
  const int n = number_within(question, "n", 1, 4096);
  // The rows come from a stream that the training does not use.
  const Tensor x = draw_rows(*data_, {1, Purpose::data, 0xfffffffb}, n);
  Likelihood solver = make_likelihood(config_, run, options, request, {}, training_->workers());
  const NdArray log_p = per_data_volume(run.units, solver.log_density(x));
  PageMessage message("likelihood");
  const auto mean = [](const std::vector<double>& v) {
    return std::accumulate(v.begin(), v.end(), 0.) / static_cast<double>(v.size());
  };
  message.head["nll"] = -mean(log_p.values);
  std::vector<double> own(static_cast<std::size_t>(n));
  if (!data_->all() && data_->log_density(n, x.data(), own.data()))
    message.head["excess"] = mean(per_data_volume(run.units, own).values) - mean(log_p.values);
  return message;
}

}  // namespace pushforward::app::inline PF_REAL
