#include "apps/flow_density.h"

#include <cmath>
#include <utility>

#include "apps/build_data.h"
#include "apps/clock.h"
#include "apps/data_traits.h"
#include "apps/failure.h"

namespace pushforward::inline PF_REAL {
namespace {

// Up to here exact divergences cost little more than estimates and have no noise.
constexpr int kExactDimensions = 16;

DivergenceOptions divergence_options(const DivergenceRequest& request, int dim,
                                     std::uint64_t seed) {
  DivergenceOptions options;
  options.probes = request.probes;
  options.seed = seed;
  if (request.by == "gaussian")
    options.by = DivergenceBy::gaussian;
  else if (request.by == "rademacher" || (request.by == "auto" && dim > kExactDimensions))
    options.by = DivergenceBy::rademacher;
  return options;
}

}  // namespace

Likelihood likelihood_of(const RunFlow& flow, const SamplerOptions& options,
                         const SolverRequest& request, const DivergenceRequest& divergence,
                         Workers& workers) {
  if (options.method != Method::ode) {
    throw Failure(Exit::usage, std::string("[loglik] ") + name_of(options.method) +
                                   " carries no density along its paths, only an ODE solver does; "
                                   "give --solver dopri5");
  }
  LikelihoodOptions likelihood;
  likelihood.solver = options.solver;
  likelihood.steps = options.steps;
  likelihood.grid = options.grid;
  likelihood.begin = options.begin;
  likelihood.end = options.end;
  likelihood.source_scale = options.source_scale;
  likelihood.divergence = divergence_options(divergence, flow.dim(), request.seed);
  likelihood.label_of = options.label_of;
  likelihood.interrupted = options.interrupted;
  return Likelihood(flow.velocity(), flow.source, likelihood, workers);
}

NdArray per_data_volume(const Units& units, std::vector<double> log_density) {
  double log_scale = 0;
  for (double scale : units.scale) log_scale += std::log(std::abs(scale));
  for (double& v : log_density) v -= log_scale;
  const std::size_t n = log_density.size();
  return {{n}, std::move(log_density), "<f8"};
}

Densities log_density_of_run(const Config& config, const DensityRequest& request,
                             const NdArray& points) {
  const RunFlow flow = load_run_flow(config, request);
  const Tensor x = flow.from_data(points, "loglik");
  Workers workers(request.threads);
  SamplerOptions options = flow.options(config, request);
  flow.check_label(config, request);
  // Points have no number that a label could be drawn by: they are of the class asked for, or none.
  if (!request.label) options.label_of = {};
  Likelihood likelihood = likelihood_of(flow, options, request, request.divergence, workers);
  std::vector<double> log_p(static_cast<std::size_t>(x.rows()));
  const double start = seconds_now();
  const SampleCost cost = likelihood.log_density(x.rows(), x.data(), log_p.data());
  return {per_data_volume(flow.units, std::move(log_p)), cost.mean(), seconds_now() - start};
}

NdArray log_density_of_data(const Config& config, const NdArray& points) {
  const DistributionPtr data = build_data(config.section("/data").json());
  if (!data->log_density(0, nullptr, nullptr)) return {{0}, {}, "<f8"};
  const Units units = units_of(*data);
  check(points.shape.size() == 2 && points.shape[1] == units.dim(), "density", "points of shape ",
        shape_text(points.shape), " for data of ", units.dim(), " columns; give a table (N, ",
        units.dim(), ")");
  std::vector<double> x = points.values;
  units.from_data(x);
  const std::vector<real> rows(x.begin(), x.end());
  std::vector<double> log_p(points.shape[0]);
  data->log_density(static_cast<int>(log_p.size()), rows.data(), log_p.data());
  for (double& v : log_p) v += data->log_scale();
  return {{log_p.size()}, std::move(log_p), "<f8"};
}

}  // namespace pushforward::inline PF_REAL
