#include "apps/engine/flow_evaluate.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "apps/engine/flow_density.h"
#include "apps/engine/run_flow.h"
#include "apps/failure.h"
#include "apps/from_config/data.h"
#include "apps/from_config/path.h"
#include "apps/report/comparison.h"
#include "apps/report/measured.h"
#include "apps/run/data_traits.h"
#include "apps/terminal/clock.h"
#include "flow/evaluate.h"
#include "flow/measure/wasserstein.h"
#include "flow/oracle/exact_field.h"
#include "flow/solve/path_energy.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Random streams for data rows that no training step draws.
constexpr std::uint32_t kFreshRows = 0xfffffffe, kOtherFreshRows = 0xfffffffd;

PointSet as_point_set(const std::vector<double>& values, int dim) {
  return {static_cast<int>(values.size()) / dim, dim, values.data()};
}
std::vector<double> doubles(const Tensor& x) { return {x.values().begin(), x.values().end()}; }

// The inputs of all measures: the run's flow, its data distribution, and n rows of source and data.
struct FlowSubject {
  const Config& config;
  const EvaluateRequest& request;
  RunFlow flow;
  DistributionPtr data;
  int n;
  Tensor x0, x1;            // of source and data, in the units of the field
  std::vector<int> labels;  // of x1
  Workers& workers;
};

// Returns the 2-Wasserstein distance between two sets of data rows of this size. Even perfect
// samples have this distance.
double measure_floor(const FlowSubject& s) {
  const Tensor other = draw_rows(*s.data, {s.request.seed, Purpose::data, kOtherFreshRows}, s.n);
  std::vector<double> a = s.flow.to_data(s.x1).values, b = s.flow.to_data(other).values;
  const auto max_values = static_cast<std::size_t>(std::min(s.n, ComparisonOptions{}.max_points)) *
                          static_cast<std::size_t>(s.flow.dim());
  a.resize(max_values);
  b.resize(max_values);
  return wasserstein2(as_point_set(a, s.flow.dim()), as_point_set(b, s.flow.dim()));
}

// Compares samples with new data, both in the data's units.
Json compare_samples(const FlowSubject& s, const SamplerOptions& options) {
  Tensor drawn({s.n, s.flow.dim()});
  const double start = seconds_now();
  Sampler sampler(s.flow.field, s.flow.dim(), options, s.workers);
  const SampleCost cost = sampler.sample(*s.flow.source, s.request.seed, s.n, drawn.data());
  const double seconds = seconds_now() - start;
  const NdArray samples = s.flow.to_data(drawn), truth = s.flow.to_data(s.x1);
  ComparisonOptions how;
  how.seed = s.request.seed;
  Json report =
      comparison_object(compare_points(as_point_set(samples.values, s.flow.dim()),
                                       as_point_set(truth.values, s.flow.dim()), how, s.workers));
  report["w2_floor"] = measured(measure_floor(s));
  report["nfe_mean"] = cost.mean();
  report["nfe_max"] = cost.max_evaluations;
  report["sampling_seconds"] = seconds;
  return report;
}

// Measures energy and straightness of the paths, in the units of the field.
Json measure(const FlowSubject& s, const SamplerOptions& options) {
  Tensor start = s.x0;
  for (real& v : start.values()) v *= static_cast<real>(options.source_scale);
  const PathMeasures paths = measure_paths(s.flow.field, start, options, s.workers);
  // Exact transport of more points takes minutes.
  const int max_points = std::min(s.n, ComparisonOptions{}.max_points), dim = s.flow.dim();
  std::vector<double> from = doubles(start), to = doubles(s.x1);
  from.resize(static_cast<std::size_t>(max_points) * dim);
  to.resize(from.size());
  const double w2 = wasserstein2(as_point_set(from, dim), as_point_set(to, dim));
  return {{"energy", measured(paths.energy)},
          {"source_to_data_w2", measured(w2)},
          {"normalised_energy", measured(normalised_path_energy(paths.energy, w2))},
          {"straightness", measured(paths.straightness)}};
}

// Returns the section of type dequantize inside a data section, or null if there is none.
const Json* dequantize_below(const Json& data) {
  if (data.at("type") == "dequantize") return &data;
  return data.contains("of") ? dequantize_below(data.at("of")) : nullptr;
}

// Measures the negative log-likelihood of new data, and its difference from the data's entropy.
Json flow_likelihood(const FlowSubject& s, SamplerOptions options) {
  if (!s.flow.source->log_density(0, nullptr, nullptr)) {
    if (s.request.divergence.by != "auto" || s.request.divergence.probes != 1)
      throw Failure(Exit::usage,
                    "[eval] --divergence and --probes have no effect, since the source of this run "
                    "has no density and so there is no likelihood; leave them out");
    return nullptr;
  }
  const bool given_label = bool(options.label_of);
  if (given_label)
    options.label_of = [&s](int k) {
      return s.labels[static_cast<std::size_t>(k) % s.labels.size()];
    };
  Likelihood density =
      make_likelihood(s.config, s.flow, options, s.request, s.request.divergence, s.workers);
  std::vector<double> model(static_cast<std::size_t>(s.n)), excess(model.size());
  density.log_density(s.n, s.x1.data(), model.data());
  const bool known = !given_label && s.data->log_density(s.n, s.x1.data(), excess.data());
  for (std::size_t k = 0; k < model.size(); ++k) excess[k] -= model[k];
  const NdArray raw = per_data_volume(s.flow.units, model);
  std::vector<double> nll;
  for (double v : raw.values) nll.push_back(-v);
  const Mean mean(nll);
  Json report{{"nll", measured(mean.value)},
              {"nll_error", measured(mean.error)},
              {"given_label", given_label},
              {"end", options.end}};
  if (known) {
    const Mean above(excess);
    report["above_entropy"] = measured(above.value);
    report["above_entropy_error"] = measured(above.error);
  }
  if (const Json* bins = dequantize_below(s.config.section("/data").json())) {
    // The volume of a bin, in the units of the density.
    const double log_bin = s.flow.dim() * std::log(bins->at("width").get<double>()) -
                           build_data(bins->at("of"))->log_scale();
    report["bits_per_dimension"] = measured(bits_per_dimension(-mean.value, s.flow.dim(), log_bin));
  }
  return report;
}

// Compares the field with the exact one at points of the path: relative L2 errors,
// averaged over t in [0.02, 0.98].
Json against_exact(const FlowSubject& s) {
  if (!learns_exact_field(s.config, s.request) || !s.flow.source->mixture() || !s.data->mixture())
    return nullptr;
  constexpr int kTimes = 33;
  const Scheduler path = s.flow.parameterization.scheduler;
  const Field exact = oracle_field(make_oracle(*s.flow.source, *s.data), path),
              learned = s.flow.velocity();
  double sum = 0, worst = 0;
  for (int k = 0; k < kTimes; ++k) {
    const double t = 0.02 + 0.96 * k / (kTimes - 1);
    const Coefficients c = path(t);
    Tensor x(s.x1.shape());
    for (std::size_t i = 0; i < x.values().size(); ++i)
      x.values()[i] = static_cast<real>(c.alpha * static_cast<double>(s.x1.values()[i]) +
                                        c.sigma * static_cast<double>(s.x0.values()[i]));
    const Tensor u = evaluate_field(exact, x, t, s.workers),
                 v = evaluate_field(learned, x, t, s.workers);
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < u.values().size(); ++i) {
      difference += std::pow(static_cast<double>(u.values()[i] - v.values()[i]), 2);
      size += std::pow(static_cast<double>(u.values()[i]), 2);
    }
    const double error = std::sqrt(difference / size);
    sum += error / kTimes;
    worst = std::max(worst, error);
  }
  // The exact flow of a finite set ends in its rows, so a field close to it has memorised them.
  return {{"velocity_error", measured(sum)},
          {"worst_velocity_error", measured(worst)},
          {"memorises_at_zero", s.data->all() != nullptr}};
}

// Returns the options of an ODE solver for the run's flow. Paths and densities are measured on the
// ODE, even if an SDE solver draws the samples.
SamplerOptions ode_options(const FlowSubject& s, const SamplerOptions& options) {
  if (options.method == SamplingMethod::ode) return options;
  SolverRequest request = s.request;
  request.solver = "dopri5";
  request.steps.reset();
  return s.flow.options(s.config, request);
}

}  // namespace

Json evaluate_run(const Config& config, const EvaluateRequest& request) {
  if (request.label)
    throw Failure(Exit::usage,
                  "[eval] --label has no effect, since samples are "
                  "compared with data of all classes; leave it out");
  Workers workers(request.threads);
  const int n = request.n.value_or(static_cast<int>(config.integer("/eval/n")));
  FlowSubject s{config, request, load_run_flow(config, request), nullptr, n, {}, {}, {}, workers};
  s.data = build_data(config.section("/data").json());
  s.x1 = draw_rows(*s.data, {request.seed, Purpose::data, kFreshRows}, n, &s.labels);
  // Paired rows of source and data are drawn together.
  const bool paired = config.string("/coupling/type") == "paired";
  s.x0 = draw_rows(*s.flow.source,
                   {request.seed, paired ? Purpose::data : Purpose::noise, kFreshRows}, n);
  const SamplerOptions options = s.flow.options(config, request);
  const SamplerOptions ode = ode_options(s, options);
  Json report{{"n", n},
              {"seed", request.seed},
              {"samples", compare_samples(s, options)},
              {"paths", measure(s, ode)},
              {"likelihood", flow_likelihood(s, ode)},
              {"exact", against_exact(s)}};
  if (options.method != SamplingMethod::ode) report["ode_solver"] = "dopri5";
  return report;
}

}  // namespace pushforward::app::inline PF_REAL
