#include "apps/page/solver_trace.h"

#include <algorithm>
#include <span>
#include <utility>

#include "apps/failure.h"
#include "autograd/tensor/workers.h"
#include "flow/evaluate.h"
#include "flow/solve/integrate.h"
#include "flow/solve/sampler.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Returns the starting points (rows, D) of the first samples.
Tensor starting_points(const Config& config, const RunFlow& flow, const SamplerOptions& options,
                       std::uint64_t seed, int rows, Workers& workers) {
  Sampler sampler(flow.sampled(options), flow.dim(), options, workers, 2);
  Tensor ends({rows, flow.dim()}), both({2, rows, flow.dim()});
  sampler.sample(*flow.start(config, options), seed, rows, ends.data(), both.data());
  Tensor start({rows, flow.dim()});
  std::copy_n(both.data(), start.values().size(), start.data());
  return start;
}

// Returns the right-hand side of the flow: its velocity, for the labels of the samples.
Rhs velocity_of_samples(Evaluator& evaluate, const SamplerOptions& options,
                        std::vector<int>& labels) {
  return [&](std::span<const int> rows, const real* x, const double* t, real* dx) {
    labels.clear();
    if (options.label_of)
      for (const int row : rows) labels.push_back(options.label_of(row));
    evaluate(static_cast<int>(rows.size()), x, t, dx, labels);
  };
}

}  // namespace

SolverTrace trace_solver(const Config& config, const RunFlow& flow, const SolverRequest& request,
                         int n, int rows) {
  const SamplerOptions options = flow.options(config, request);
  if (options.method != SamplingMethod::ode)
    throw Failure(Exit::usage,
                  "[page] only solvers of an ODE take steps whose error can be shown; choose "
                  "euler, heun, rk4 or dopri5");
  Workers workers(request.threads);
  SolverRequest fine = request;
  fine.solver = kReferenceSolver;
  fine.steps = kReferenceSteps;
  fine.rtol = fine.atol = std::nullopt;
  const SamplerOptions fine_options = flow.options(config, fine);
  Tensor ends({n, flow.dim()});
  Sampler(flow.sampled(fine_options), flow.dim(), fine_options, workers)
      .sample(*flow.start(config, fine_options), request.seed, n, ends.data());

  SolverTrace trace;
  trace.reference = flow.to_data(ends);
  trace.rows = std::min(rows, n);
  Tensor x = starting_points(config, flow, options, request.seed, trace.rows, workers);
  std::vector<real> reached;
  Integrator integrator(options.solver, trace.rows, flow.dim());
  integrator.watch([&](const TriedStep& step) {
    trace.row.push_back(step.sample);
    trace.from.push_back(step.from);
    trace.to.push_back(step.to);
    trace.accepted.push_back(step.accepted ? 1 : 0);
    reached.insert(reached.end(), step.end.begin(), step.end.end());
  });
  Evaluator evaluate(flow.velocity(), flow.dim());
  std::vector<int> labels;
  integrator.run(velocity_of_samples(evaluate, options, labels), trace.rows, options.times(),
                 x.data());
  Tensor all({static_cast<int>(trace.row.size()), flow.dim()});
  std::copy(reached.begin(), reached.end(), all.data());
  trace.end = flow.to_data(all);
  for (const RowCost& cost : integrator.costs()) trace.evaluations += cost.evaluations;
  trace.evaluations /= std::max(trace.rows, 1);
  return trace;
}

SolverTrace trace_run_solver(const Config& config, const SolverRequest& request, int n, int rows) {
  return trace_solver(config, load_run_flow(config, request), request, n, rows);
}

}  // namespace pushforward::app::inline PF_REAL
