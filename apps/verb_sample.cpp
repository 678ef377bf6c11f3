#include "apps/verb_sample.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/build_data.h"
#include "apps/clock.h"
#include "apps/failure.h"
#include "apps/interrupt.h"
#include "apps/options.h"
#include "apps/trained_run.h"
#include "flow/evaluate.h"
#include "flow/sampler.h"
#include "flow/toy.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr const char* kDtype = sizeof(real) == 4 ? "<f4" : "<f8";

NdArray as_array(std::vector<std::size_t> shape, const std::vector<real>& values) {
  return {std::move(shape), std::vector<double>(values.begin(), values.end()), kDtype};
}

}  // namespace

Samples sample_run(const Config& config, const SampleRequest& request) {
  const SamplerChoice choice = sampler_choice(config, request);
  const TrainedRun run = load_trained_run(config, request.run, choice.average);
  const auto dim = run.units.dim(), n = static_cast<std::size_t>(request.n),
             times = static_cast<std::size_t>(request.times);
  const DistributionPtr source =
      build_source(config.section("/source").json(), static_cast<int>(dim));

  Workers workers(request.threads);
  SamplerOptions options;
  options.solver = choice.solver;
  if (choice.steps > 0) options.steps = choice.steps;
  options.interrupted = &Interrupt::requested;
  Sampler sampler(run.model->field(), static_cast<int>(dim), options, workers, request.times);
  std::vector<real> points(n * dim), trajectory(times * n * dim);
  const double start = seconds_now();
  const SampleCost cost = sampler.sample(*source, request.seed, request.n, points.data(),
                                         times > 0 ? trajectory.data() : nullptr);

  Samples samples;
  samples.seconds = seconds_now() - start;
  samples.points = as_array({n, dim}, points);
  run.units.to_data(samples.points.values);
  if (times > 0) {
    samples.trajectory = as_array({times, n, dim}, trajectory);
    run.units.to_data(samples.trajectory.values);
  }
  samples.nfe_mean = cost.mean();
  samples.nfe_max = cost.most;
  return samples;
}

NdArray velocity_of_run(const Config& config, const RunRequest& request, const NdArray& points,
                        double t) {
  const TrainedRun run =
      load_trained_run(config, request.run, config.boolean("/sampler/ema") && !request.raw);
  if (points.shape.size() != 2 || points.shape[1] != run.units.dim()) {
    throw Failure(Exit::file,
                  fmt::format("[velocity] the points have shape {} and the run's data {} columns; "
                              "give a table (N, {})",
                              shape_text(points.shape), run.units.dim(), run.units.dim()));
  }
  std::vector<double> x = points.values;
  run.units.from_data(x);
  const Tensor at({static_cast<int>(points.shape[0]), static_cast<int>(points.shape[1])},
                  std::vector<real>(x.begin(), x.end()));
  Workers workers(request.threads);
  const Tensor u = velocity(run.model->field(), at, t, workers);
  NdArray out = as_array(points.shape, std::vector<real>(u.values().begin(), u.values().end()));
  run.units.velocity_to_data(out.values);
  return out;
}

NdArray draw_data(const Config& config, int n, std::uint64_t seed) {
  const DistributionPtr data = build_data(config.section("/data").json());
  Tensor rows = draw(*data, {seed, Purpose::data, 0}, n);
  data->restore(rows.rows(), rows.data());
  return as_array({static_cast<std::size_t>(n), static_cast<std::size_t>(data->dim())},
                  std::vector<real>(rows.values().begin(), rows.values().end()));
}

}  // namespace pushforward::inline PF_REAL
