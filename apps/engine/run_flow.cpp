#include "apps/engine/run_flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/failure.h"
#include "apps/from_config/data.h"
#include "apps/from_config/sampled_path.h"
#include "apps/run/data_traits.h"
#include "apps/terminal/interrupt.h"
#include "flow/oracle/exact_field.h"
#include "flow/path/guidance.h"
#include "flow/path/predicted_field.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr const char* kFlowDtype = sizeof(real) == 4 ? "<f4" : "<f8";

// Returns whether the exact velocity is finite at these coefficients and smooth in x. This also
// holds at the end of linear_vp and vp, where dsigma is infinite but sigma dsigma is finite.
bool finite_at(const Oracle& oracle, const Coefficients& c) {
  const auto has_width = [](const Mixture& m) {
    return std::ranges::all_of(m.stds, [](double std) { return std > 0; });
  };
  if (!(c.alpha > 0 && has_width(oracle.data())) && !(c.sigma > 0 && has_width(oracle.source())))
    return false;
  try {
    oracle.check_velocity(c);
  } catch (const std::invalid_argument&) {
    return false;
  }
  return true;
}

void make_exact_flow(RunFlow& flow, const Config& config) {
  if (config.string("/path/noise/type") != "none")
    throw Failure(Exit::usage,
                  "[exact] the exact field is only known for a path without noise; "
                  "set /path/noise to {\"type\": \"none\"}");
  if (config.string("/coupling/type") != "independent")
    throw Failure(Exit::usage,
                  "[exact] the exact field is only known for the "
                  "coupling independent, but this run's is another (" +
                      config.string("/coupling/type") + "); leave --exact out");
  const DistributionPtr data = build_data(config.section("/data").json());
  flow.units = make_units(*data);
  flow.source = build_source(config.section("/source").json(), data->dim());
  flow.parameterization = {Prediction::velocity, make_scheduler(config)};
  try {
    const std::shared_ptr<const Oracle> oracle = make_oracle(*flow.source, *data);
    flow.field = oracle_field(oracle, flow.parameterization.scheduler);
    flow.field_range.whole = finite_at(*oracle, flow.parameterization.scheduler(0)) &&
                             finite_at(*oracle, flow.parameterization.scheduler(1));
  } catch (const std::invalid_argument& e) {
    throw Failure(Exit::usage, e.what());
  }
}

void make_learned_flow(RunFlow& flow, const Config& config, const RunRequest& request) {
  TrainedRun run =
      load_trained_run(config, request.run, config.boolean("/sampler/ema") && !request.raw);
  flow.model = std::move(run.model);
  flow.units = run.units;
  flow.source = build_source(config.section("/source").json(), static_cast<int>(run.units.dim()));
  flow.parameterization = flow.model->parameterization;
  flow.field = flow.model->field();
  if (!flow.model->conditional()) return;
  flow.shares = run.shares;
  flow.field = guided(flow.field, make_guidance(config, request));
}

// Moves the flow to the path of /sampler/path.
void change_path(RunFlow& flow, const Config& config) {
  const SampledPath path = sampled_path(config, flow.parameterization);
  if (path.own) return;
  flow.field = rescheduled(flow.velocity(), flow.parameterization.scheduler,
                           path.parameterization.scheduler);
  flow.parameterization = path.parameterization;
  flow.field_range = {path.within};
}

}  // namespace

RunFlow load_run_flow(const Config& config, const RunRequest& request) {
  check_raw(config, request);
  if (request.exact && request.label)
    throw Failure(Exit::usage,
                  "[exact] --label and --exact cannot be combined, since the exact "
                  "field is that of all classes together; leave one of them out");
  RunFlow flow;
  if (request.exact)
    make_exact_flow(flow, config);
  else
    make_learned_flow(flow, config, request);
  change_path(flow, config);
  check_guidance(request, flow.shares);
  if (request.label_text) throw Failure(Exit::usage, label_fault(*request.label_text, flow.shares));
  return flow;
}

void RunFlow::check_label(const Config& config, const RunRequest& request) const {
  check_without_label(config, request, shares);
}

Field RunFlow::velocity() const { return converted(field, parameterization, Prediction::velocity); }

SamplerOptions RunFlow::options(const Config& config, const SolverRequest& request) const {
  SamplerOptions options = sampler_options(config, request, parameterization, field_range);
  options.label_of = make_label_function(shares, request.label, request.seed);
  options.interrupted = &Interrupt::requested;
  return options;
}

Tensor RunFlow::from_data(const NdArray& points, const char* what) const {
  if (points.shape.size() != 2 || points.shape[1] != units.dim()) {
    throw Failure(
        Exit::file,
        fmt::format("[{}] {}the points have shape {}, but the run's data has {} columns; "
                    "give a table (N, {})",
                    what, file_prefix(points), shape_text(points.shape), units.dim(), units.dim()));
  }
  check_finite(points, what);
  std::vector<double> x = points.values;
  units.from_data(x);
  return Tensor({static_cast<int>(points.shape[0]), static_cast<int>(points.shape[1])},
                std::vector<real>(x.begin(), x.end()));
}

NdArray RunFlow::to_data(const Tensor& x) const {
  std::vector<std::size_t> shape;
  for (int k = 0; k < x.shape().rank; ++k) shape.push_back(static_cast<std::size_t>(x.shape()[k]));
  NdArray array = as_array(std::move(shape), x.values());
  units.to_data(array.values);
  return array;
}

NdArray as_array(std::vector<std::size_t> shape, std::span<const real> values) {
  return {std::move(shape), std::vector<double>(values.begin(), values.end()), kFlowDtype};
}

}  // namespace pushforward::app::inline PF_REAL
