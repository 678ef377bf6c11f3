#include "apps/flows/flow_density.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "apps/data/data.h"
#include "apps/failure.h"
#include "apps/flows/data_rows.h"
#include "apps/from_config/path.h"
#include "apps/ranks/rows.h"
#include "apps/run/data_traits.h"
#include "apps/suggest.h"
#include "apps/terminal/clock.h"
#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/density/on_tape.h"
#include "flow/distributions/log_density.h"

namespace pushforward::app::inline PF_REAL {

using detail::check;

namespace {

// Up to this dimension, an exact divergence costs little more than an estimate, and it has no
// noise.
constexpr int kExactDimensions = 16;
// The default number of random vectors of an estimate of the divergence. With one vector, the
// standard error cannot be estimated. With eight, it can, and it is smaller by a factor of 2.8 than
// that of one vector.
constexpr int kUsualProbes = 8;

bool is_exact(const DivergenceRequest& request, int dim) {
  return request.by == "exact" || (request.by == "auto" && dim <= kExactDimensions);
}

DivergenceOptions divergence_options(const DivergenceRequest& request, int dim,
                                     std::uint64_t seed) {
  DivergenceOptions options;
  options.probes = request.probes.value_or(kUsualProbes);
  options.seed = seed;
  if (request.by == "gaussian")
    options.by = DivergenceBy::gaussian;
  else if (request.by == "rademacher" || (request.by == "auto" && dim > kExactDimensions))
    options.by = DivergenceBy::rademacher;
  else if (request.probes)
    throw Failure(
        Exit::usage,
        fmt::format(
            "[loglik] --probes {} has no effect, since the divergence is exact (auto: "
            "up to {} dimensions); leave it out, or give --divergence rademacher or gaussian",
            *request.probes, kExactDimensions));
  return options;
}

// Returns the path's alpha at the last time if the flow ends before the requested time, else 1.
double data_scale_of(const Config& config, const SamplerOptions& options) {
  const bool cut_short = config.number("/sampler/end") == 1 && options.end < 1;
  return cut_short ? options.parameterization.scheduler(options.end).alpha : 1;
}

// Returns numbers (rows, 1) on the tape that replace the mixture's ln p at the points x (rows, dim)
// where only the gradient is needed. Each is the inner product of x and the mixture's score, which
// is a constant here, so its gradient with respect to x is the score.
Var with_score(const Mixture& law, Var x) {
  std::span<real> score;
  const Var at = x.tape->uninitialised(x.shape(), score, "score");
  const int rows = x.shape().rows(), dim = law.dim;
  std::vector<double> logs(law.weights.size());
  for (int r = 0; r < rows; ++r) {
    const real* row = x.values().data() + std::size_t(r) * dim;
    double top = -INFINITY, total = 0;
    for (int k = 0; k < law.components(); ++k) {
      double square = 0;
      for (int j = 0; j < dim; ++j)
        square += std::pow(static_cast<double>(row[j]) - law.mean(k)[j], 2);
      logs[k] = std::log(law.weights[k]) + log_normal(square, law.stds[k], dim);
      top = std::max(top, logs[k]);
    }
    for (double& one : logs) total += one = std::exp(one - top);
    for (int j = 0; j < dim; ++j) {
      double sum = 0;
      for (int k = 0; k < law.components(); ++k)
        sum +=
            logs[k] * (law.mean(k)[j] - static_cast<double>(row[j])) / (law.stds[k] * law.stds[k]);
      score[std::size_t(r) * dim + j] = static_cast<real>(sum / total);
    }
  }
  return sum_cols(at * x);
}

// Returns the gradient of ln p with respect to the points x (N, D), in the data's units. It
// differentiates a solve with fixed steps on the tape: the requested steps, or 40 of RK4.
NdArray compute_gradient(const Config& config, const RunFlow& flow, const SamplerOptions& options,
                         const DensityRequest& request, const Tensor& x, Workers& workers) {
  std::optional<Mixture> law;  // the distribution at the first time, if it is not the source
  if (options.starts_on_path) law = flow.start(config, options)->mixture();
  const Section source = config.section("/source");
  if (!law && source.type() != "gaussian")
    throw Failure(Exit::usage, "[loglik] --gradient needs a gaussian source, but this run's is " +
                                   source.type() + "; leave it out");
  if (request.divergence.by == "rademacher" || request.divergence.by == "gaussian")
    throw Failure(
        Exit::usage,
        "[loglik] --gradient needs the exact divergence, but --divergence asks for an estimate; "
        "leave one of them out");
  TapeSolve solve;
  solve.steps = options.solver.adapts() ? 40 : static_cast<int>(options.grid.size()) - 1;
  if (!options.solver.adapts()) solve.tableau = options.solver.tableau;
  solve.begin = options.begin;
  solve.end = options.end;
  const double width = law ? 1 : options.source_scale * source.number("std"),
               data_scale = data_scale_of(config, options);
  const Field field = flow.velocity();
  const int dim = flow.dim();
  // The tape of each chunk of rows holds all evaluations of the solve and their derivatives, so
  // chunks are small.
  const Chunks chunks{x.rows(), 8};
  std::vector<double> found(x.values().size());
  const auto gradient_of = [&](int chunk) {
    const int first = chunks.begin(chunk), rows = chunks.rows_of(chunk);
    std::vector<int> labels;
    for (int r = 0; r < rows && options.label_of; ++r)
      labels.push_back(options.label_of(first + r));
    TapeSolve mine = solve;
    mine.labels = labels;
    Tape tape;
    std::span<real> points;
    const Var at = tape.uninitialised({rows, dim}, points, "x");
    const std::size_t from = static_cast<std::size_t>(first) * dim;
    for (std::size_t i = 0; i < points.size(); ++i)
      points[i] = static_cast<real>(data_scale) * x.values()[from + i];
    const Var total = sum(log_density(
        field, at,
        [&](Var x0) { return law ? with_score(*law, x0) : gaussian_log_density(x0, width); },
        mine));
    std::vector<Var> wrt{at}, score(1);
    grad(total, tape.full(total.shape(), 1), wrt, score);
    for (std::size_t i = 0; i < points.size(); ++i)
      found[from + i] = data_scale * static_cast<double>(score[0].values()[i]) /
                        flow.units.scale[i % static_cast<std::size_t>(dim)];
  };
  share_rows(request.ranks, workers, chunks, {rows_at(found.data(), static_cast<std::size_t>(dim))},
             [&] {
               const int first = workers.part().first(chunks.count()),
                         last = workers.part().last(chunks.count());
               workers.run(last - first, [&](int i, int) { gradient_of(first + i); });
               return RowsSolved{};
             });
  return {
      {static_cast<std::size_t>(x.rows()), static_cast<std::size_t>(dim)}, std::move(found), "<f8"};
}

void check_seed(const DensityRequest& request, int dim) {
  if (request.seed_given && is_exact(request.divergence, dim))
    throw Failure(Exit::usage,
                  "[loglik] --seed has no effect, since the divergence is exact and nothing is "
                  "random; leave it out, or give --divergence rademacher or gaussian");
}

}  // namespace

SamplerOptions density_options(const Config& config, const RunFlow& flow,
                               const SolverRequest& request) {
  SolverRequest of_ode = request;
  const std::string& own = config.string("/sampler/type");
  if (!request.solver &&
      (own == name_of(SamplingMethod::jumps) || own == name_of(SamplingMethod::bridge_sde)))
    of_ode.solver = "dopri5";
  return flow.options(config, of_ode);
}

Likelihood make_likelihood(const Config& config, const RunFlow& flow, const SamplerOptions& options,
                           const SolverRequest& request, const DivergenceRequest& divergence,
                           Workers& workers) {
  check_all_times(config, "loglik", "a log-density");
  if (options.method != SamplingMethod::ode) {
    throw Failure(Exit::usage,
                  std::string("[loglik] ") + name_of(options.method) +
                      " is not an ODE solver, so its paths have no density; give --solver dopri5");
  }
  const DistributionPtr start = flow.start(config, options);
  check(
      !options.starts_on_path || start->log_density(0, nullptr, nullptr), "loglik",
      "the flow begins at t = ", options.begin,
      ", and ln p starts from the law of the path there, which is known for data and sources that "
      "are mixtures or finite sets, drawn independently and without a label; set /sampler/begin to "
      "0 in the run's config.json");
  LikelihoodOptions likelihood;
  likelihood.solver = options.solver;
  likelihood.solver.skips_failures = true;
  likelihood.steps = options.steps;
  likelihood.grid = options.grid;
  likelihood.begin = options.begin;
  likelihood.end = options.end;
  likelihood.source_scale = options.source_scale;
  likelihood.data_scale = data_scale_of(config, options);
  likelihood.divergence = divergence_options(divergence, flow.dim(), request.seed);
  likelihood.probe_errors = true;
  likelihood.label_of = options.label_of;
  likelihood.interrupted = options.interrupted;
  return Likelihood(flow.velocity(), start, likelihood, workers);
}

EstimateOf make_estimate(const DivergenceRequest& request, int dim, std::vector<double> errors,
                         double smoothed_to) {
  const DivergenceOptions options = divergence_options(request, dim, 0);
  EstimateOf exact;
  exact.smoothed_to = smoothed_to;
  if (options.by == DivergenceBy::exact) return exact;
  const std::size_t n = errors.size();
  return {options.by == DivergenceBy::rademacher ? "rademacher" : "gaussian",
          options.probes,
          {{n}, std::move(errors), "<f8"},
          smoothed_to};
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
  if (request.tokens)
    throw Failure(Exit::usage, "[loglik] --tokens is for quantized data, but /data (" +
                                   config.string("/data/type") +
                                   ") of this run is continuous data; leave it out");
  const RunFlow flow = load_run_flow(config, request);
  const CodedPoints coded = flow.encode(points, "loglik", RunFlow::noise_of(request.seed));
  const Tensor& x = coded.x;
  if (x.rows() == 0)
    throw Failure(Exit::file, fmt::format("[loglik] {}there are no points; give at least one",
                                          file_prefix(points)));
  Workers workers(request.threads);
  SamplerOptions options = density_options(config, flow, request);
  const std::vector<int>& own = request.row_labels;
  const bool by_row = !flow.label && !flow.shares.empty() && !own.empty();
  if (!by_row) flow.check_label(config, request);
  // Labels belong to sample numbers, which given points do not have. Given points have the
  // requested class, or that of their column of classes, or none. They have conditions of their
  // own.
  if (by_row)
    options.label_of = [&own](int row) { return own[static_cast<std::size_t>(row)]; };
  else
    options.label_of = flow.label_of_points();
  Likelihood likelihood =
      make_likelihood(config, flow, options, request, request.divergence, workers);
  const bool noise = flow.coded() && !flow.code->exact();
  if (request.gradient) flow.check_flat("loglik", "--gradient is that of flat space; leave it out");
  if (request.gradient)
    flow.check_uncoded("loglik", "--gradient has no meaning in its columns; leave it out");
  if (!noise) check_seed(request, flow.dim());
  std::vector<double> log_p(static_cast<std::size_t>(x.rows())), errors(log_p.size());
  const double start = seconds_now();
  const RowsSolved solved =
      share_rows(request.ranks, workers, {x.rows(), kSamplerChunkRows},
                 {rows_at(log_p.data()), rows_at(errors.data())}, [&] {
                   const SampleCost mine = likelihood.log_density(x.rows(), x.data(), log_p.data(),
                                                                  nullptr, errors.data());
                   return RowsSolved{mine, likelihood.failures()};
                 });
  Densities found;
  found.estimate =
      make_estimate(request.divergence, flow.dim(), std::move(errors), flow.smoothed_to(options));
  if (has_rows(request.ranks)) found.notes = failure_notes(solved.failures, x, "ln p");
  if (has_rows(request.ranks)) add_notes(coded.far.notes(), found.notes);
  if (flow.given.rows)
    add_notes(notes_of_far_conditions(*flow.given.code, request.conditions), found.notes);
  if (by_row)
    found.notes.push_back(
        "ln p is that given the class of each row" +
        (flow.code && flow.code->label() ? ", in column " + flow.code->label()->name : ""));
  if (flow.given.rows)
    found.notes.push_back(
        fmt::format("ln p is that of {} given {} of each row",
                    join_words(flow.coded() ? flow.code->names() : flow.units.names, ", "),
                    join_words(flow.given.code->names(), ", ")));
  found.failed = static_cast<std::size_t>(solved.failures.count);
  if (request.gradient) {
    found.gradient = compute_gradient(config, flow, options, request, x, workers);
    found.gradient.names = flow.units.names;
  }
  if (!has_rows(request.ranks)) return {};
  for (std::size_t k = 0; request.gradient && k < log_p.size(); ++k)
    if (std::isnan(log_p[k]))
      std::fill_n(found.gradient.values.begin() + std::ptrdiff_t(k) * flow.dim(), flow.dim(),
                  std::nan(""));
  for (std::size_t k = 0; k < log_p.size(); ++k) log_p[k] += coded.log_slopes[k];
  found.log_density = per_data_volume(flow.units, std::move(log_p));
  if (flow.coded()) found.of_columns = flow.code->likelihood_words();
  found.end = options.end;
  found.nfe_mean = solved.cost.mean();
  found.seconds = seconds_now() - start;
  return found;
}

Densities log_density_in_blocks(const Config& config, const DensityRequest& request,
                                const NdArray& table, const NextPoints& next,
                                const TakeDensities& take) {
  const RunFlow flow = load_run_flow(config, request);
  flow.check_columns(table, "loglik");
  Workers workers(request.threads);
  SamplerOptions options = density_options(config, flow, request);
  flow.check_label(config, request);
  options.label_of = flow.label_of_points();
  Likelihood likelihood =
      make_likelihood(config, flow, options, request, request.divergence, workers);
  check_seed(request, flow.dim());
  const double start = seconds_now();
  SampleCost cost;
  RowFailures failures;
  FarRows far;
  std::vector<real> failed;  // the first row that failed
  const int n = static_cast<int>(table.shape[0]), most = block_rows(flow.dim());
  for (int first = 0; first < n; first += most) {
    const CodedPoints coded = flow.encode(next(static_cast<std::size_t>(std::min(most, n - first))),
                                          "loglik", RunFlow::noise_of(0), far.rows);
    const Tensor& x = coded.x;
    far.add(coded.far);
    std::vector<double> log_p(static_cast<std::size_t>(x.rows())), errors(log_p.size());
    cost.add(
        likelihood.log_density(x.rows(), x.data(), log_p.data(), nullptr, errors.data(), first));
    const RowFailures& of_block = likelihood.failures();
    if (failures.count == 0 && of_block.count > 0) {
      const std::span<const real> row = x.row(of_block.first - first);
      failed.assign(row.begin(), row.end());
    }
    failures.add(of_block);
    Densities block;
    block.estimate =
        make_estimate(request.divergence, flow.dim(), std::move(errors), flow.smoothed_to(options));
    block.log_density = per_data_volume(flow.units, std::move(log_p));
    take(block);
  }
  Densities rest;
  rest.notes = failure_notes(failures, n, failed, "ln p");
  add_notes(far.notes(), rest.notes);
  rest.failed = static_cast<std::size_t>(failures.count);
  rest.end = options.end;
  rest.nfe_mean = cost.mean();
  rest.seconds = seconds_now() - start;
  return rest;
}

NdArray log_density_of_data(const Config& config, const NdArray& points) {
  DataTraits traits;
  const DistributionPtr data = build_run_data(config, &traits);
  if (!data->log_density(0, nullptr, nullptr)) return {{0}, {}, "<f8"};
  const Units units = make_units(*data);
  check(points.shape.size() == 2 && points.shape[1] == units.dim(), "density", "points of shape ",
        shape_text(points.shape), " for data of ", units.dim(), " columns; give a table (N, ",
        units.dim(), ")");
  std::vector<double> x = points.values;
  if (traits.manifold) x = traits.manifold->encode(x);
  units.from_data(x);
  const std::vector<real> rows(x.begin(), x.end());
  std::vector<double> log_p(points.shape[0]);
  data->log_density(static_cast<int>(log_p.size()), rows.data(), log_p.data());
  for (double& v : log_p) v += data->log_scale();
  return {{log_p.size()}, std::move(log_p), "<f8"};
}

}  // namespace pushforward::app::inline PF_REAL
