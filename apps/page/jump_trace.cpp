#include "apps/page/jump_trace.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "apps/data/data.h"
#include "apps/page/solver_trace.h"
#include "autograd/tensor/workers.h"
#include "flow/measure/wasserstein.h"
#include "flow/solve/method.h"
#include "flow/solve/sampler.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Most points of the two sets between which W2 is computed, in a fraction of a second.
constexpr int kMostCompared = 500;

// Returns `request` with this solver and number of steps.
SolverRequest solved_by(const SolverRequest& request, const char* solver, int steps) {
  SolverRequest changed = request;
  changed.solver = solver;
  changed.steps = steps;
  changed.rtol = changed.atol = std::nullopt;
  return changed;
}

// Returns the samples at the begin and at the end of each of `saves` - 1 equal parts of the solver's
// steps, (saves, n, D).
Tensor follow(const Config& config, const RunFlow& flow, const SolverRequest& request, int n,
              int saves, Workers& workers, std::vector<double>& times) {
  const SamplerOptions options = flow.options(config, request);
  Sampler sampler(flow.sampled(options), flow.dim(), options, workers, saves);
  Tensor ends({n, flow.dim()}), all({saves, n, flow.dim()});
  sampler.sample(*flow.start(config, options), request.seed, n, ends.data(), all.data());
  times = sampler.save_times();
  return all;
}

// Returns the last of the slices of a trajectory (times, n, D).
Tensor last_slice(const Tensor& all, int n, int dim) {
  Tensor ends({n, dim});
  std::copy(all.values().end() - static_cast<std::ptrdiff_t>(ends.values().size()),
            all.values().end(), ends.data());
  return ends;
}

double distance_to(const std::vector<double>& truth, const std::vector<double>& points, int rows,
                   int dim) {
  return wasserstein2({rows, dim, points.data()}, {rows, dim, truth.data()});
}

}  // namespace

JumpTrace trace_jumps(const Config& config, const RunFlow& flow, const SolverRequest& request,
                      int jumps, int n, const Distribution* data) {
  Workers workers(request.threads);
  const int dim = flow.dim();
  JumpTrace trace;
  const Tensor all = follow(config, flow, solved_by(request, name_of(SamplingMethod::jumps), jumps),
                            n, jumps + 1, workers, trace.times);
  trace.points = flow.to_data(all);
  std::vector<double> ode_times;
  const SolverRequest fine =
      request.solver ? request : solved_by(request, kReferenceSolver, kReferenceSteps);
  trace.ode =
      flow.to_data(last_slice(follow(config, flow, fine, n, 2, workers, ode_times), n, dim));
  const std::vector<double>&ode = trace.ode.values,
        ends = flow.to_data(last_slice(all, n, dim)).values;
  double squares = 0;
  for (std::size_t k = 0; k < ends.size(); ++k) squares += (ends[k] - ode[k]) * (ends[k] - ode[k]);
  trace.off = std::sqrt(squares / n);
  const auto finite = [](const std::vector<double>& v) {
    return std::all_of(v.begin(), v.end(), [](double x) { return std::isfinite(x); });
  };
  if (!data || !finite(ends) || !finite(ode)) return trace;
  // The rows come from a stream that the training does not use.
  const int rows = std::min(n, kMostCompared);
  const std::vector<double> truth =
      flow.to_data(draw_rows(*data, {request.seed, Purpose::data, 0xfffffffa}, rows)).values;
  trace.compared = rows;
  trace.w2 = distance_to(truth, ends, rows, dim);
  trace.w2_of_ode = distance_to(truth, ode, rows, dim);
  return trace;
}

JumpTrace trace_run_jumps(const Config& config, const SolverRequest& request, int jumps, int n,
                          bool with_data) {
  const DistributionPtr data = with_data ? build_run_data(config) : nullptr;
  return trace_jumps(config, load_run_flow(config, request), request, jumps, n, data.get());
}

}  // namespace pushforward::app::inline PF_REAL
