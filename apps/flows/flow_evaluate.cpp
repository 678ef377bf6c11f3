#include "apps/flows/flow_evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "apps/data/columns.h"
#include "apps/data/data.h"
#include "apps/failure.h"
#include "apps/flows/flow_density.h"
#include "apps/flows/flow_subject.h"
#include "apps/flows/run_flow.h"
#include "apps/from_config/path.h"
#include "apps/ranks/rows.h"
#include "apps/report/comparison.h"
#include "apps/report/measured.h"
#include "apps/run/data_traits.h"
#include "apps/terminal/clock.h"
#include "flow/evaluate.h"
#include "flow/manifold/tape.h"
#include "flow/measure/wasserstein.h"
#include "flow/oracle/exact_field.h"
#include "flow/solve/path_energy.h"

namespace pushforward::app::inline PF_REAL {
namespace {

PointSet as_point_set(const std::vector<double>& values, int dim) {
  return {static_cast<int>(values.size()) / dim, dim, values.data()};
}
std::vector<double> doubles(const Tensor& x) { return {x.values().begin(), x.values().end()}; }

// Returns points in the columns in which they are compared. Encoded rows are compared in the units of
// the flow, where each column has a scale of its own, because a distance between categories has no
// unit, and points of a manifold by their embedding.
NdArray compared_rows(const FlowSubject& s, const Tensor& x) {
  const auto table = [](const Tensor& rows) {
    return as_array({std::size_t(rows.rows()), std::size_t(rows.cols())}, rows.values());
  };
  if (s.flow.manifold) return table(embedded_rows(s.flow.manifold->manifold(), x));
  return s.flow.coded() ? table(x) : s.flow.to_data_points(x);
}

// Compares samples with rows of data, in the data's units. Also compares the same rows with other
// draws of the data, of the same number. The values of this second comparison are those that
// perfect samples would reach.
Json compare_samples(const FlowSubject& s, const SamplerOptions& options) {
  Tensor drawn({s.n, s.flow.dim()});
  const double start = seconds_now();
  Sampler sampler(s.flow.sampled(options), s.flow.dim(), options, s.workers);
  const DistributionPtr from = s.flow.start(s.config, options);
  const SampleCost cost = draw_shared(s, sampler, *from, drawn);
  const double seconds = seconds_now() - start;
  if (!has_rows(s.request.ranks)) return nullptr;
  const auto shown = [&s](const Tensor& x) { return compared_rows(s, x); };
  const NdArray samples = shown(drawn), truth = shown(s.x1),
                other = shown(
                    draw_rows(*s.data, {s.request.seed, Purpose::data, kOtherFreshRows}, s.n));
  const auto points = [](const NdArray& of) {
    return as_point_set(of.values, static_cast<int>(of.shape[1]));
  };
  Json report =
      comparison_object(compare_points(points(samples), points(truth), s.comparison(), s.workers));
  const Comparison perfect =
      compare_points(points(other), points(truth), s.comparison(), s.workers);
  report["w2_floor"] = measured(perfect.w2);
  // The formula for expected_coverage (Naeem et al. 2020, lemma 2) holds for new draws. Draws from
  // a finite set are rows of it and reach a higher coverage, so the measured value replaces it.
  if (s.finite()) report["expected_coverage"] = measured(perfect.coverage.coverage);
  if (s.flow.coded()) report["columns_as"] = "encoded and scaled for the flow";
  if (s.flow.manifold)
    report["columns_as"] =
        "points of the embedded manifold, " + s.flow.manifold->manifold().words();
  report["nfe_mean"] = cost.mean();
  report["nfe_max"] = cost.max_evaluations;
  report["sampling_seconds"] = seconds;
  return report;
}

// Compares samples with rows of data: samples by 1, 2, 4 and 8 jumps of a flow map, and by the ODE
// with the map's velocity v(x, t, t), all from the same points of the source. "off" is the root
// mean square distance between the samples by jumps and those by the ODE. Returns null if the run
// has no jumps.
Json compare_jumps(const FlowSubject& s, const SamplerOptions& ode) {
  constexpr int kMaxPoints = 2000;
  if (!s.flow.map || s.config.number("/sampler/guidance/scale") != 0 || s.request.guidance)
    return nullptr;
  ComparisonOptions comparison = s.comparison();
  comparison.max_points = kMaxPoints;
  const int n = s.n, dim = s.flow.dim();
  const DistributionPtr from = s.flow.start(s.config, ode);
  const NdArray truth = compared_rows(s, s.x1);
  const int columns = static_cast<int>(truth.shape[1]);
  std::vector<double> ends;
  Json report{{"points", std::min(n, kMaxPoints)}};
  const auto add = [&](const std::string& name, const SamplerOptions& options) {
    Tensor drawn({n, dim});
    Sampler sampler(s.flow.sampled(options), dim, options, s.workers);
    const SampleCost cost = draw_shared(s, sampler, *from, drawn);
    if (!has_rows(s.request.ranks)) return;
    const std::vector<double> points = compared_rows(s, drawn).values;
    const Comparison found = compare_points(
        as_point_set(points, columns), as_point_set(truth.values, columns), comparison, s.workers);
    report[name] = Json{{"evaluations", cost.mean()}, {"w2", measured(found.w2)}};
    if (ends.empty()) ends = points;
    double squares = 0;
    for (std::size_t i = 0; i < points.size(); ++i) squares += std::pow(points[i] - ends[i], 2);
    report[name]["off"] = measured(std::sqrt(squares / n));
  };
  add("ode", ode);
  for (const int jumps : {1, 2, 4, 8}) {
    SolverRequest request = s.request;
    request.solver = name_of(SamplingMethod::jumps);
    request.steps = jumps;
    request.rtol.reset();
    request.atol.reset();
    add("by_" + std::to_string(jumps), s.flow.options(s.config, request));
  }
  return report;
}

// Compares a bridge's samples by its ODE and by its SDE with rows of data, and rows that the SDE takes
// backward with rows of the source, in the units of the field. Returns null if the run has no score.
Json compare_bridge(const FlowSubject& s, const SamplerOptions& ode) {
  if (!s.flow.noise || s.config.number("/sampler/guidance/scale") != 0 || s.request.guidance)
    return nullptr;
  ComparisonOptions comparison = s.comparison();
  comparison.max_points = 2000;
  const int n = s.n, dim = s.flow.dim();
  SolverRequest request = s.request;
  request.solver = name_of(SamplingMethod::bridge_sde);
  request.rtol.reset();
  request.atol.reset();
  const SamplerOptions forward = s.flow.options(s.config, request);
  const auto w2 = [&](const SamplerOptions& options, Tensor x, const Tensor& to) {
    Sampler sampler(s.flow.sampled(options), dim, options, s.workers);
    share_rows(s.request.ranks, s.workers, {n, kSamplerChunkRows},
               {rows_at(x.data(), static_cast<std::size_t>(dim))},
               [&] { return RowsSolved{sampler.transport(n, x.data(), nullptr, s.request.seed)}; });
    if (!has_rows(s.request.ranks)) return Json();
    const std::vector<double> ends = doubles(x), truth = doubles(to);
    return Json{{"w2", measured(compare_points(as_point_set(ends, dim), as_point_set(truth, dim),
                                               comparison, s.workers)
                                    .w2)}};
  };
  SamplerOptions backward = forward;
  std::swap(backward.begin, backward.end);
  std::reverse(backward.grid.begin(), backward.grid.end());
  if (backward.label_of)
    backward.label_of = [&s](int k) {
      return s.labels[std::min(static_cast<std::size_t>(k), s.labels.size() - 1)];
    };
  const Tensor start =
      draw_rows(*s.flow.start(s.config, ode), {s.request.seed, Purpose::noise, kOtherFreshRows}, n);
  return {{"points", std::min(n, comparison.max_points)},
          {"steps", static_cast<int>(forward.times().size()) - 1},
          {"ode", w2(ode, start, s.x1)},
          {"sde", w2(forward, start, s.x1)},
          {"backward", w2(backward, s.x1, s.x0)}};
}

// Measures the energy and straightness of the sampling paths, in the units of the field.
Json measure(const FlowSubject& s, const SamplerOptions& options) {
  Tensor start = s.x0;
  if (options.starts_on_path)
    start = draw_rows(*s.flow.start(s.config, options),
                      {s.request.seed, Purpose::noise, kFreshRows}, s.n);
  for (real& v : start.values()) v *= static_cast<real>(options.source_scale);
  const PathMeasures paths = measure_paths(s.flow.field, start, options, s.workers);
  // max_points limits the exact optimal transport, which would take minutes for more points.
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

// Returns the section of type dequantize within a data section, or null if there is none.
const Json* dequantize_below(const Json& data) {
  if (data.at("type") == "dequantize") return &data;
  return data.contains("of") ? dequantize_below(data.at("of")) : nullptr;
}

// Measures the negative log-likelihood of new data, and its difference from the data's entropy.
Json flow_likelihood(const FlowSubject& s, SamplerOptions options) {
  const bool at_start = trained_at_start(s.config);
  if (at_start || !s.flow.start(s.config, options)->log_density(0, nullptr, nullptr)) {
    if (s.request.divergence.by != "auto" || s.request.divergence.probes)
      throw Failure(
          Exit::usage,
          fmt::format(
              "[eval] --divergence and --probes have no effect, since there is no "
              "likelihood: {}; leave them out",
              at_start ? "the velocity was trained at t = 0 alone" : "the source has no density"));
    return nullptr;
  }
  const bool given_label = bool(options.label_of);
  if (given_label)
    options.label_of = [&s](int k) {
      return s.labels[static_cast<std::size_t>(k) % s.labels.size()];
    };
  Likelihood density =
      make_likelihood(s.config, s.flow, options, s.request, s.request.divergence, s.workers);
  std::vector<double> model(static_cast<std::size_t>(s.n)), excess(model.size()),
      errors(model.size());
  const RowsSolved solved =
      share_rows(s.request.ranks, s.workers, {s.n, kSamplerChunkRows},
                 {rows_at(model.data()), rows_at(errors.data())}, [&] {
                   const SampleCost own =
                       density.log_density(s.n, s.x1.data(), model.data(), nullptr, errors.data());
                   return RowsSolved{own, density.failures()};
                 });
  if (!has_rows(s.request.ranks)) return nullptr;
  // The density of the data is that of the training rows. It is not that of held-out rows.
  const bool known =
      !given_label && s.rows == s.data && s.data->log_density(s.n, s.x1.data(), excess.data());
  for (std::size_t k = 0; k < s.log_slopes.size(); ++k) model[k] += s.log_slopes[k];
  const NdArray raw = per_data_volume(s.flow.units, model);
  // The means below are over rows with finite ln p; rows with ln p = -inf are counted.
  std::vector<double> nll, above, own;  // own: -ln p of the data's true density
  std::size_t impossible = 0;
  for (std::size_t k = 0; k < model.size(); ++k) {
    impossible += model[k] == -INFINITY;
    if (!std::isfinite(model[k])) continue;
    nll.push_back(-raw.values[k]);
    above.push_back(excess[k] - model[k]);
    own.push_back(nll.back() - above.back());
  }
  const RowFailures& failures = solved.failures;
  if (nll.empty()) failure_notes(failures, s.x1, "ln p");  // throws if all rows failed
  const Mean mean(nll);
  Json report{{"nll", measured(mean.value)},         {"nll_error", measured(mean.error)},
              {"rows_of_probability_0", impossible}, {"rows_not_solved", failures.count},
              {"given_label", given_label},          {"end", options.end}};
  add_estimate(make_estimate(s.request.divergence, s.flow.dim(), std::move(errors),
                             s.flow.smoothed_to(options))
                   .words(),
               report);
  if (s.flow.coded() && !s.flow.code->likelihood_words().empty())
    report["of_columns"] = s.flow.code->likelihood_words();
  if (known) {
    const Mean excess_mean(above), entropy(own);
    report["entropy"] = measured(entropy.value);
    report["entropy_error"] = measured(entropy.error);
    report["above_entropy"] = measured(excess_mean.value);
    report["above_entropy_error"] = measured(excess_mean.error);
  }
  if (const Json* bins = dequantize_below(s.config.section("/data").json())) {
    // The log of the volume of a bin (the cell of a quantised number), in the units of the data.
    const double log_bin =
        s.flow.dim() * std::log(bins->at("width").get<double>()) -
        build_data(bins->at("of"), "data.of", holdout_of(s.config))->log_scale() +
        log_growth_of_bins(s.config.section("/data").json(), s.flow.dim());
    report["bits_per_dimension"] = measured(bits_per_dimension(-mean.value, s.flow.dim(), log_bin));
  }
  return report;
}

// Compares the learned velocity with the exact one at points of the path. Returns the relative L2
// error averaged over t in [0.02, 0.98], and the worst one over these t. Returns null if there is no
// exact velocity, or says in `left_out` why it is not computed.
Json against_exact(const FlowSubject& s, std::string& left_out) {
  if (!learns_exact_field(s.config, s.request)) return nullptr;
  left_out = exact_field_too_large(*s.flow.source, *s.data);
  if (!left_out.empty() || !s.flow.source->mixture() || !s.data->mixture()) return nullptr;
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
  // The exact flow of a finite set ends in the rows of the set. A field without error would thus
  // only reproduce training rows.
  return {{"velocity_error", measured(sum)},
          {"worst_velocity_error", measured(worst)},
          {"memorises_at_zero", s.data->all() != nullptr}};
}

// Throws Failure (exit 4) if the names of the data's columns have changed since the training,
// because numbers would then be taken for those of other columns.
void check_columns(const Distribution& data, const Units& units) {
  const std::vector<std::string> now(data.names().begin(), data.names().end());
  if (now.empty() || units.names.empty() || now == units.names) return;
  throw Failure(Exit::file,
                fmt::format("[eval] the columns of the data are {}, but the run was trained on {}; "
                            "restore the file that /data had",
                            fmt::join(now, ", "), fmt::join(units.names, ", ")));
}

// Returns the options of an ODE solver for the run's flow. Paths and densities are measured on the
// ODE, even if an SDE solver draws the samples.
SamplerOptions ode_options(const FlowSubject& s, const SamplerOptions& options) {
  if (options.method == SamplingMethod::ode) return options;
  SolverRequest request = s.request;
  request.solver = "dopri5";
  request.steps.reset();
  SamplerOptions ode = s.flow.options(s.config, request);
  ode.label_of = options.label_of;
  return ode;
}

}  // namespace

Json evaluate_run(const Config& config, const EvaluateRequest& request) {
  if (request.label)
    throw Failure(Exit::usage,
                  "[eval] --label has no effect, since samples are "
                  "compared with data of all classes; leave it out");
  Workers workers(request.threads);
  const int asked = request.n.value_or(static_cast<int>(config.integer("/eval/n")));
  DataTraits traits;
  DistributionPtr data;
  EvaluateRequest own = request;
  if (has_conditions(config) && !request.exact) {
    data = build_run_data(config, &traits);
    own.conditions = traits.given.rows;
  }
  FlowSubject s{config, own,     load_run_flow(config, own),
                data,   nullptr, std::move(traits),
                asked,  {},      {},
                {},     {},      workers};
  if (!s.data) s.data = build_run_data(config, &s.traits);
  if (!request.exact) check_columns(*s.data, s.flow.units);
  const DistributionPtr held_out = s.data->held_out();
  s.rows = held_out ? held_out : s.data;
  if (s.finite() || held_out) s.n = std::min(asked, s.rows->row_count());
  choose_rows(s);
  SamplerOptions options = s.flow.options(config, own);
  // Samples have the conditions of the rows that they are compared with.
  if (s.flow.given.rows)
    options.label_of = [&s](int k) {
      return s.labels[std::min(static_cast<std::size_t>(k), s.labels.size() - 1)];
    };
  const SamplerOptions ode = ode_options(s, options);
  std::string left_out;
  const bool leads = has_rows(own.ranks);  // else this process only computes its part of the rows
  Json report{{"n", s.n},
              {"rows", held_out     ? "held-out rows"
                       : s.finite() ? "training rows"
                                    : "fresh draws"},
              {"seed", request.seed},
              {"samples", compare_samples(s, options)},
              {"paths", s.flow.manifold || !leads ? Json(nullptr) : measure(s, ode)},
              {"likelihood", flow_likelihood(s, ode)},
              {"exact", leads ? against_exact(s, left_out) : Json(nullptr)}};
  if (!left_out.empty()) report["exact_left_out"] = left_out;
  if (Json jumps = s.flow.coded() ? Json(nullptr) : compare_jumps(s, ode); !jumps.is_null())
    report["jumps"] = std::move(jumps);
  if (Json bridge = compare_bridge(s, ode); !bridge.is_null()) report["bridge"] = std::move(bridge);
  if (s.flow.given.rows) report["conditioned_on"] = s.flow.given.code->names();
  if (s.n != asked) report["n_asked_for"] = asked;
  if (options.method != SamplingMethod::ode) report["ode_solver"] = "dopri5";
  return report;
}

}  // namespace pushforward::app::inline PF_REAL
