#include "apps/flows/flow_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "apps/data/data.h"
#include "apps/data/pairs.h"
#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/flows/run_flow.h"
#include "apps/from_config/coupling.h"
#include "apps/from_config/path.h"
#include "apps/run/config.h"
#include "apps/run/data_traits.h"
#include "apps/terminal/message.h"
#include "autograd/tape.h"
#include "flow/evaluate.h"
#include "flow/train/batch.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Returns rows in the run's own units as an array in the data's units.
NdArray in_data_units(const Units& units, std::vector<std::size_t> shape,
                      const std::vector<real>& rows) {
  NdArray array = as_array(std::move(shape), rows);
  units.to_data(array.values);
  array.dtype = "<f8";
  if (array.shape.size() == 2) array.names = units.names;
  return array;
}

// The ends x0 and x1 of at most n pairs of a batch, (n, D) each.
struct DrawnEnds {
  std::vector<real> x0, x1;
  std::size_t rows = 0;
};

DrawnEnds draw_ends(Batch& batch, const PairRequest& request, Workers& workers) {
  batch.start(0, workers);
  Tape tape;
  const PathSample sample = batch.chunk(tape, 0, batch.rows());
  const std::size_t dim = static_cast<std::size_t>(batch.dim());
  DrawnEnds ends;
  for (int k = 0; k < batch.rows() && ends.rows < static_cast<std::size_t>(request.n); ++k) {
    if (request.label && batch.label(k) != *request.label) continue;
    const auto row = [&](Var of, std::vector<real>& to) {
      const std::span<const real> x = of.values().subspan(static_cast<std::size_t>(k) * dim, dim);
      to.insert(to.end(), x.begin(), x.end());
    };
    row(sample.x0, ends.x0);
    row(sample.x1, ends.x1);
    ++ends.rows;
  }
  return ends;
}

// Returns alpha x1 + sigma x0 at each time, (times, n, D).
std::vector<real> conditional_paths(const Scheduler& path, const DrawnEnds& ends,
                                    const std::vector<double>& times) {
  std::vector<real> all;
  all.reserve(times.size() * ends.x0.size());
  for (double t : times) {
    const Coefficients c = path(t);
    for (std::size_t i = 0; i < ends.x0.size(); ++i)
      all.push_back(static_cast<real>(c.alpha * ends.x1[i] + c.sigma * ends.x0[i]));
  }
  return all;
}

// Follows the velocity field from the points x (n, D) by Heun's method, with one step from each
// time to the next. Returns the points at all times, (times, n, D).
std::vector<real> marginal_paths(const RunFlow& flow, const PairRequest& request, Tensor x,
                                 const std::vector<double>& times, Workers& workers) {
  const Field field = flow.velocity();
  const std::size_t rows = static_cast<std::size_t>(x.rows());
  const std::vector<int> labels(request.label ? rows : 0, request.label.value_or(0));
  std::vector<real> all(x.values().begin(), x.values().end());
  for (std::size_t k = 1; k < times.size(); ++k) {
    const double step = times[k] - times[k - 1];
    const Tensor u = evaluate_field(field, x, times[k - 1], workers, labels);
    Tensor ahead = x;
    for (std::size_t i = 0; i < x.values().size(); ++i)
      ahead.values()[i] = static_cast<real>(x.values()[i] + step * u.values()[i]);
    const Tensor v = evaluate_field(field, ahead, times[k], workers, labels);
    for (std::size_t i = 0; i < x.values().size(); ++i)
      x.values()[i] = static_cast<real>(x.values()[i] + step / 2 * (u.values()[i] + v.values()[i]));
    all.insert(all.end(), x.values().begin(), x.values().end());
  }
  return all;
}

// Returns evenly spaced times over [0, 1]. The first time is 0.01 if the field is not finite at x
// at t = 0, and the last one 0.99 if it is not finite at t = 1 or ends in the points of a data set.
std::vector<double> times_within(const RunFlow& flow, const PairRequest& request, const Tensor& x,
                                 Workers& workers) {
  const auto finite = [&](double t) {
    try {
      const std::vector<int> labels(request.label ? static_cast<std::size_t>(x.rows()) : 0,
                                    request.label.value_or(0));
      const Tensor u = evaluate_field(flow.velocity(), x, t, workers, labels);
      return std::ranges::all_of(u.values(), [](real v) { return std::isfinite(v); });
    } catch (const std::invalid_argument&) {
      return false;
    }
  };
  const double begin = finite(0) ? 0 : 0.01,
               end = !flow.field_range.ends_in_points && finite(1) ? 1 : 0.99;
  std::vector<double> times;
  for (int k = 0; k < request.times; ++k)
    times.push_back(begin + (end - begin) * k / (request.times - 1));
  return times;
}

// The step of the random stream of x0, which no step of a training has.
constexpr std::uint32_t kPairRows = 0xfffffff8;

[[noreturn]] void refuse(const std::string& run, const std::string& what, const std::string& cure) {
  throw Failure(Exit::usage, fmt::format("[pairs] {} {}; {}", run, what, cure));
}

// Loads the config of the run that makes the pairs, with the places of its files.
Config config_of_maker(const Config& config) {
  const std::string& run = config.string("/data/from");
  const Config theirs = load_run_config(run);
  if (of_tokens(theirs))
    refuse(run,
           fmt::format("is a run of tokens (/data {}), which jump at random, so that x0 does not "
                       "determine x1",
                       theirs.string("/data/type")),
           "name a run of continuous data in /data/from");
  if (theirs.string("/precision") != config.string("/precision"))
    refuse(run,
           fmt::format("has the precision {}, and this config {}", theirs.string("/precision"),
                       config.string("/precision")),
           "set /precision to " + theirs.string("/precision"));
  if (has_conditions(theirs))
    refuse(run, "is given columns of its table (`condition`), which pairs do not hold",
           "name a run without them in /data/from");
  return locate_data(theirs, run, ChangedData::warn, tell_line, /*of_source=*/true);
}

// Returns the options of the flow's own sampler, or of dopri5 in the place of an SDE.
SamplerOptions options_of(const RunFlow& flow, const Config& theirs, SolverRequest& request) {
  SamplerOptions options = flow.options(theirs, request);
  if (options.method == SamplingMethod::euler_maruyama ||
      options.method == SamplingMethod::stochastic_heun) {
    tell_line(fmt::format(
        "[pairs] {} is sampled by the SDE solver {}, whose noise makes no pairs; the pairs are "
        "those of the ODE with the same distribution, solved by dopri5",
        request.run, name_of(options.method)));
    request.solver = "dopri5";
    options = flow.options(theirs, request);
  }
  if (options.starts_on_path)
    refuse(request.run,
           fmt::format("has a flow that begins at t = {:.6g}, at points of the path and not of the "
                       "source",
                       options.begin),
           "name a run whose /sampler/begin is 0 and whose path starts at its source");
  return options;
}

}  // namespace

BatchPairs draw_batch_pairs(const Config& config, const PairRequest& request) {
  Problem problem;
  DataTraits traits;
  problem.data = build_run_data(config, &traits);
  problem.source = build_training_source(config, problem.data->dim(), traits.manifold);
  if (traits.manifold) problem.manifold = traits.manifold->shared();
  problem.scheduler = make_scheduler(config);
  problem.coupling = request.independent ? independent_coupling()
                                         : build_coupling(config.section("/coupling").json(),
                                                          problem.manifold.get());
  problem.labelled = sees_labels(config) && problem.data->classes() > 0;
  if (config.json().at("coupling").value("condition_weight", 0.) > 0) {
    problem.numbered = true;
    problem.conditions = condition_table(traits.given);
  }
  const Units units = make_units(*problem.data);
  Workers workers(request.threads);
  Batch batch(std::move(problem), static_cast<int>(config.integer("/train/batch")), request.seed,
              /*ahead=*/false);
  const DrawnEnds ends = draw_ends(batch, request, workers);
  const std::size_t n = ends.rows, dim = static_cast<std::size_t>(batch.dim());
  if (n == 0)
    throw Failure(Exit::usage,
                  "[plot] a batch of " + std::to_string(batch.rows()) + " rows has none of class " +
                      std::to_string(request.label.value_or(0)) + "; give another --label");
  BatchPairs pairs{
      in_data_units(units, {n, dim}, ends.x0), in_data_units(units, {n, dim}, ends.x1), {}, {}, {}};
  if (request.times < 2) return pairs;
  const RunFlow flow = load_run_flow(config, request);
  flow.check_label(config, request);
  const Scheduler& path = batch.problem().scheduler;
  const auto state = [&](double t) {
    return Tensor({static_cast<int>(n), static_cast<int>(dim)}, conditional_paths(path, ends, {t}));
  };
  pairs.times = times_within(flow, request, state(0.5), workers);
  const std::vector<std::size_t> shape{pairs.times.size(), n, dim};
  pairs.conditional = in_data_units(units, shape, conditional_paths(path, ends, pairs.times));
  pairs.marginal = in_data_units(
      units, shape, marginal_paths(flow, request, state(pairs.times[0]), pairs.times, workers));
  return pairs;
}

FlowPairs make_pairs(const Config& config, int threads) {
  const Config theirs = config_of_maker(config);
  SolverRequest request;
  request.run = config.string("/data/from");
  request.seed = static_cast<std::uint64_t>(config.integer("/seed"));
  const RunFlow flow = load_run_flow(theirs, request);
  if (flow.coded())
    refuse(request.run, "encodes the columns of its table for the flow, which pairs do not hold",
           "name a run of plain numbers in /data/from");
  FlowPairs pairs;
  pairs.run = request.run;
  pairs.source = theirs.section("/source").json().dump();
  check_source(pairs, config);
  SamplerOptions options = options_of(flow, theirs, request);
  options.solver.skips_failures = false;
  const int n = static_cast<int>(config.integer("/data/n"));
  Tensor x = draw_rows(*flow.source, {request.seed, Purpose::noise, kPairRows}, n);
  pairs.x0.assign(x.values().begin(), x.values().end());
  for (real& v : x.values()) v *= static_cast<real>(options.source_scale);
  Workers workers(threads);
  Sampler sampler(flow.sampled(options), flow.dim(), options, workers);
  sampler.transport(n, x.data(), nullptr, request.seed);
  NdArray ends = flow.to_data_points(x);
  pairs.x1 = std::move(ends.values);
  pairs.units = flow.units;
  pairs.units.constant.clear();  // the pairs of x1 say it themselves
  for (int k = 0; options.label_of && k < n; ++k) pairs.labels.push_back(options.label_of(k));
  pairs.classes = flow.classes;
  return pairs;
}

}  // namespace pushforward::app::inline PF_REAL
