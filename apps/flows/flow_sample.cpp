#include "apps/flows/flow_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "apps/data/data.h"
#include "apps/failure.h"
#include "apps/flows/data_rows.h"
#include "apps/flows/far_rows.h"
#include "apps/flows/flow_density.h"
#include "apps/flows/run_flow.h"
#include "apps/from_config/path.h"
#include "apps/ranks/rows.h"
#include "apps/suggest.h"
#include "apps/terminal/clock.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/row_block.h"
#include "flow/evaluate.h"

namespace pushforward::app::inline PF_REAL {

using detail::check;

namespace {

// Returns the conditions of n samples, each in a row of its own.
std::vector<double> conditions_of_samples(const RunFlow& flow, const SampleRequest& request) {
  const std::size_t columns = flow.given.code->columns();
  const auto row_of = flow.label_of_points();
  std::vector<double> rows;
  for (int k = 0; k < request.n; ++k) {
    const auto first = request.conditions.begin() +
                       static_cast<std::ptrdiff_t>(static_cast<std::size_t>(row_of(k)) * columns);
    rows.insert(rows.end(), first, first + static_cast<std::ptrdiff_t>(columns));
  }
  return rows;
}

// Adds the labels of samples first .. first + n - 1.
void add_classes(const RunFlow& flow, const SamplerOptions& options, int first, int n,
                 Samples& samples) {
  samples.labels = {{static_cast<std::size_t>(n)}, {}, "<i8"};
  for (int k = first; k < first + n; ++k) samples.labels.values.push_back(options.label_of(k));
  if (!flow.classes.empty()) samples.labels.columns = {{ColumnKind::category, flow.classes}};
  if (flow.code && flow.code->label()) samples.class_column = *flow.code->label();
}

// Adds the labels or the conditions of the samples, if the network takes some.
void add_labels(const RunFlow& flow, const SamplerOptions& options, const SampleRequest& request,
                Samples& samples) {
  if (flow.given.rows)
    samples.conditions = conditions_of_samples(flow, request);
  else if (options.label_of)
    add_classes(flow, options, 0, request.n, samples);
}

// Returns the arrays of points (n, D) and of their trajectory (times, n, D), unless that is null, for
// share_rows.
std::vector<RowArray> arrays_of(Tensor& points, Tensor* trajectory) {
  const auto columns = static_cast<std::size_t>(points.cols());
  std::vector<RowArray> arrays{rows_at(points.data(), columns)};
  for (std::size_t at = 0; trajectory && at < trajectory->values().size();
       at += points.values().size())
    arrays.push_back(rows_at(trajectory->data() + at, columns));
  return arrays;
}

// Fills `samples` with points and, if requested, a trajectory or log-densities. Returns the cost of
// drawing them.
SampleCost draw_samples(const Config& config, const SampleRequest& request, const RunFlow& flow,
                        const SamplerOptions& options, Samples& samples) {
  const int n = request.n, dim = flow.dim(), times = request.times;
  Workers workers(request.threads);
  Tensor points({n, dim});
  SampleCost cost;
  if (request.log_density) {
    if (times > 0)
      throw Failure(Exit::usage,
                    "[sample] --loglik and --trajectory cannot be combined; "
                    "sample twice with the same --seed");
    flow.check_uncoded("sample",
                       "--loglik beside the samples is not their ln p; leave it out, write the "
                       "samples to a .csv, and give that to `pushforward loglik`");
    Likelihood likelihood =
        make_likelihood(config, flow, options, request, request.divergence, workers);
    std::vector<double> log_p(static_cast<std::size_t>(n)), errors(log_p.size());
    const auto columns = static_cast<std::size_t>(dim);
    const RowsSolved solved = share_rows(
        request.ranks, workers, {n, kSamplerChunkRows},
        {rows_at(points.data(), columns), rows_at(log_p.data()), rows_at(errors.data())}, [&] {
          const SampleCost own =
              likelihood.sample(request.seed, n, points.data(), log_p.data(), errors.data());
          return RowsSolved{own, likelihood.failures()};
        });
    if (!has_rows(request.ranks)) return {};
    if (const RowFailures& failures = solved.failures; failures.count > 0)
      throw IntegrationFailure(failures.why, failures.first, 0, 0);
    cost = solved.cost;
    samples.estimate =
        make_estimate(request.divergence, dim, std::move(errors), flow.smoothed_to(options));
    samples.log_density = per_data_volume(flow.units, std::move(log_p));
  } else {
    if (times > 0)
      flow.check_uncoded("sample",
                         "the states between noise and data are no rows of it; leave "
                         "--trajectory out");
    Sampler sampler(flow.sampled(options), dim, options, workers, times);
    Tensor trajectory;
    if (times > 0) trajectory = Tensor({times, n, dim});
    const DistributionPtr from = flow.start(config, options);
    cost = share_rows(request.ranks, workers, {n, kSamplerChunkRows},
                      arrays_of(points, times > 0 ? &trajectory : nullptr),
                      [&] {
                        return RowsSolved{sampler.sample(*from, request.seed, n, points.data(),
                                                         times > 0 ? trajectory.data() : nullptr)};
                      })
               .cost;
    if (!has_rows(request.ranks)) return {};
    if (times > 0) {
      samples.trajectory = flow.to_data(trajectory);
      if (!flow.manifold)
        flow.units.set_constants(std::span(samples.trajectory.values).last(points.values().size()));
      samples.times = sampler.save_times();
    }
  }
  samples.points = flow.to_data_points(points);
  add_labels(flow, options, request, samples);
  return cost;
}

// Returns n conditions of rows that the run was trained on, drawn with replacement.
std::vector<double> draw_conditions(const Config& config, int n, std::uint64_t seed) {
  DataTraits traits;
  try {
    build_run_data(config, &traits);
  } catch (const std::runtime_error& e) {
    throw Failure(
        Exit::file,
        fmt::format("{}\n[condition] without given conditions, samples have those of rows of the "
                    "run's data; give --condition, or its data back",
                    e.what()));
  }
  const RowConditions& given = traits.given;
  const std::size_t columns = given.code->columns();
  const Stream stream{seed, Purpose::label, 0xffffffff};
  std::vector<double> drawn;
  for (int k = 0; k < n; ++k) {
    const auto row =
        static_cast<std::size_t>(stream.integer(given.trained, static_cast<std::uint32_t>(k)));
    const auto first = given.rows.begin() + static_cast<std::ptrdiff_t>(row * columns);
    drawn.insert(drawn.end(), first, first + static_cast<std::ptrdiff_t>(columns));
  }
  return drawn;
}

// Throws for options that request results that samples of this run do not have.
void check_samples(const Config& config, const SampleRequest& request, const RunFlow& flow,
                   const SamplerOptions& options) {
  if (request.tokens)
    throw Failure(Exit::usage, "[sample] --tokens is for tokens, but /data (" +
                                   config.string("/data/type") +
                                   ") of this run is continuous data; leave it out");
  if (request.labels && (flow.given.code || !options.label_of))
    throw Failure(
        Exit::usage,
        "[sample] --labels needs labels, but this run's network takes none; leave it out");
}

// Throws unless points can be taken to a time of the path: x0 must be noise that does not depend on
// x1.
void check_varies(const Section& config) {
  const std::string source = config.section("/source").type(),
                    coupling = config.string("/coupling/type");
  std::string wrong;
  if (source == "data")
    wrong = "its source is a data set";
  else if (coupling != "independent")
    wrong = fmt::format("its coupling ({}) makes x0 depend on x1", coupling);
  if (!wrong.empty())
    throw Failure(Exit::usage,
                  fmt::format("[sample] --from adds noise to rows as the run's path does, but {}; "
                              "give a run whose source is noise and whose coupling is independent",
                              wrong));
}

// Returns the points on the path at options.begin (n, D) that begin at point k mod N for sample k.
Tensor points_on_path(const Config& config, const SampleRequest& request, const RunFlow& flow,
                      const SamplerOptions& options, const NdArray& points, FarRows& far) {
  const std::size_t n = static_cast<std::size_t>(request.n), width = points.shape[1],
                    size = points.shape[0] * width;
  NdArray repeated = points;
  repeated.shape[0] = n;
  repeated.values.resize(n * width);
  for (std::size_t i = 0; i < repeated.values.size(); ++i)
    repeated.values[i] = points.values[i % size];
  CodedPoints coded = flow.encode(repeated, "sample", RunFlow::noise_of(request.seed));
  Tensor& x = coded.x;
  far = std::move(coded.far);
  const Tensor x0 = draw_rows(*flow.source, {request.seed, Purpose::noise, 0}, request.n);
  const Coefficients at = options.parameterization.scheduler(options.begin);
  const double gamma = make_path_noise(config)(options.begin).gamma;
  const Stream noise{request.seed, Purpose::path_noise, 0};
  for (std::size_t i = 0; i < x.values().size(); ++i) {
    const std::size_t d = static_cast<std::size_t>(flow.dim());
    const double z = gamma > 0 ? noise.normal(static_cast<std::uint32_t>(i / d),
                                              static_cast<std::uint32_t>(i % d))
                               : 0;
    x.data()[i] = static_cast<real>(at.alpha * static_cast<double>(x.data()[i]) +
                                    at.sigma * static_cast<double>(x0.data()[i]) + gamma * z);
  }
  return x;
}

}  // namespace

Samples sample_run(const Config& config, const SampleRequest& request) {
  SampleRequest own = request;
  const bool draws_conditions =
      has_conditions(config) && !request.exact && request.conditions.empty();
  if (draws_conditions) own.conditions = draw_conditions(config, request.n, request.seed);
  const RunFlow flow = load_run_flow(config, own);
  const SamplerOptions options = flow.options(config, own);
  check_samples(config, request, flow, options);
  Samples samples;
  samples.notes = flow.notes(options);
  if (draws_conditions)
    samples.notes.push_back(fmt::format(
        "the samples have the conditions ({}) of rows of the run's data, drawn at random",
        join_words(flow.given.code->names(), ", ")));
  if (flow.given.rows && !draws_conditions)
    for (const std::string& note : notes_of_far_conditions(*flow.given.code, own.conditions))
      samples.notes.push_back(note);
  const double start = seconds_now();
  const SampleCost cost = draw_samples(config, own, flow, options, samples);
  if (!has_rows(request.ranks)) return {};
  samples.seconds = seconds_now() - start;
  samples.nfe_mean = cost.mean();
  samples.nfe_max = cost.max_evaluations;
  return samples;
}

Samples sample_run_in_blocks(const Config& config, const SampleRequest& request,
                             const TakeSamples& take) {
  const RunFlow flow = load_run_flow(config, request);
  const SamplerOptions options = flow.options(config, request);
  check_samples(config, request, flow, options);
  check(!flow.given.rows, "sample", "conditions are not sampled in blocks");
  const double start = seconds_now();
  Workers workers(request.threads);
  Sampler sampler(flow.sampled(options), flow.dim(), options, workers);
  const DistributionPtr noise = flow.start(config, options);
  SampleCost cost;
  const int rows = block_rows(flow.dim());
  for (int first = 0; first < request.n; first += rows) {
    const int n = std::min(rows, request.n - first);
    Tensor points({n, flow.dim()});
    cost.add(
        share_rows(request.ranks, workers, {n, kSamplerChunkRows}, arrays_of(points, nullptr), [&] {
          return RowsSolved{sampler.sample(*noise, request.seed, n, points.data(), nullptr, first)};
        }).cost);
    if (!has_rows(request.ranks)) continue;
    Samples block;
    block.points = flow.to_data_points(points);
    if (options.label_of) add_classes(flow, options, first, n, block);
    take(block);
  }
  Samples rest;
  rest.notes = flow.notes(options);
  rest.seconds = seconds_now() - start;
  rest.nfe_mean = cost.mean();
  rest.nfe_max = cost.max_evaluations;
  return rest;
}

Samples vary_points(const Config& config, const SampleRequest& request, const NdArray& points) {
  check_varies(config);
  const RunFlow flow = load_run_flow(config, request);
  flow.check_flat("sample",
                  "--from adds noise along the straight paths of flat space; leave it out");
  SamplerOptions options = flow.options(config, request);
  check_samples(config, request, flow, options);
  if (options.label_of && !flow.given.rows && !request.row_labels.empty())
    options.label_of = [labels = request.row_labels](int sample) {
      return labels[static_cast<std::size_t>(sample) % labels.size()];
    };
  const double start = seconds_now();
  Workers workers(request.threads);
  FarRows far;
  Tensor x = points_on_path(config, request, flow, options, points, far);
  if (request.times > 0)
    flow.check_uncoded("sample",
                       "the states between noise and data are no rows of it; leave "
                       "--trajectory out");
  Sampler sampler(flow.sampled(options), flow.dim(), options, workers, request.times);
  Tensor trajectory;
  if (request.times > 0) trajectory = Tensor({request.times, request.n, flow.dim()});
  real* const path = request.times > 0 ? trajectory.data() : nullptr;
  const SampleCost cost =
      share_rows(
          request.ranks, workers, {request.n, kSamplerChunkRows},
          arrays_of(x, path ? &trajectory : nullptr),
          [&] { return RowsSolved{sampler.transport(request.n, x.data(), path, request.seed)}; })
          .cost;
  if (!has_rows(request.ranks)) return {};
  Samples samples;
  samples.points = flow.to_data_points(x);
  if (request.times > 0) {
    samples.trajectory = flow.to_data(trajectory);
    flow.units.set_constants(std::span(samples.trajectory.values).last(x.values().size()));
    samples.times = sampler.save_times();
  }
  add_labels(flow, options, request, samples);
  const Coefficients at = options.parameterization.scheduler(options.begin);
  add_notes(far.notes(), samples.notes);
  if (flow.given.rows)
    add_notes(notes_of_far_conditions(*flow.given.code, request.conditions), samples.notes);
  samples.notes.push_back(
      fmt::format("sample k begins at row k mod {} of {}, as {:.4g} x1 + {:.4g} x0 at t = {:.6g}",
                  points.shape[0], points.file, at.alpha, at.sigma, options.begin));
  samples.seconds = seconds_now() - start;
  samples.nfe_mean = cost.mean();
  samples.nfe_max = cost.max_evaluations;
  return samples;
}

}  // namespace pushforward::app::inline PF_REAL
