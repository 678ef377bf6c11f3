#include "apps/flows/token_bound.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/failure.h"
#include "apps/flows/token_data.h"
#include "apps/ranks/rows.h"
#include "apps/tables/arrays.h"
#include "apps/terminal/clock.h"
#include "apps/terminal/interrupt.h"
#include "flow/discrete/likelihood.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Throws Failure for options that have no meaning for a bound on the likelihood.
void check_bound(const DensityRequest& request, const NdArray& points) {
  if (request.gradient)
    throw Failure(
        Exit::usage,
        "[loglik] --gradient has no meaning for tokens, which are not continuous; leave it out");
  if (request.solver || request.steps || request.rtol || request.atol || request.temperature ||
      request.top_p || request.divergence.by != "auto" || request.divergence.probes)
    throw Failure(Exit::usage,
                  "[loglik] --solver, --steps, --rtol, --atol, --temperature, --top-p, "
                  "--divergence and --probes: they have no effect on the bound of tokens, "
                  "which solves no ODE; leave them out (/eval/times sets its accuracy)");
  if (points.shape.empty() || points.shape[0] == 0)
    throw Failure(Exit::file, fmt::format("[loglik] {}there are no sequences; give at least one",
                                          file_prefix(points)));
}

// Returns the tokens in a file: with --tokens, and for data that has only tokens.
std::vector<int> read_tokens(const RunTokens& run, const NdArray& points,
                             const DensityRequest& request) {
  try {
    return run.traits.from_file(points, "loglik");
  } catch (const Failure& failure) {
    if (!request.tokens) throw;
    throw Failure(failure.code,
                  fmt::format("{}; without --tokens the file is read as points", failure.what()));
  }
}

}  // namespace

std::vector<double> estimate_negative_elbo(const RunTokens& run, const Config& config,
                                           const SolverRequest& request, std::span<const int> x1,
                                           const std::vector<int>& labels, Workers& workers,
                                           std::vector<double>* errors) {
  ElboOptions options;
  options.times = static_cast<int>(config.integer("/eval/times"));
  options.seed = request.seed;
  options.source = run.source.get();
  options.interrupted = &Interrupt::requested;
  std::vector<double> nats(count_rows(run.traits, x1));
  if (errors) errors->resize(nats.size());
  const int rows = static_cast<int>(nats.size());
  std::vector<RowArray> arrays{rows_at(nats.data())};
  if (errors) arrays.push_back(rows_at(errors->data()));
  share_rows(request.ranks, workers, {rows, options.chunk}, arrays, [&] {
    negative_elbo(run.posterior, run.path, run.traits.length, rows, x1.data(), labels, options,
                  workers, nats.data(), errors ? errors->data() : nullptr);
    return RowsSolved{};
  });
  return nats;
}

Densities bound_of_tokens(const Config& config, const DensityRequest& request,
                          const NdArray& given) {
  check_bound(request, given);
  if (config.string("/coupling/type") == "paired")
    throw Failure(Exit::usage,
                  "[loglik] the bound needs a source that is independent of the data, "
                  "but this run pairs their rows; use a run with the coupling independent");
  const RunTokens run = load_run_tokens(config, request);
  if (request.tokens) check_tokens_asked("loglik", run.traits);
  const bool as_points = run.traits.numeric() && !request.tokens;
  const NdArray points =
      as_points ? match_columns(given, run.traits.units.names, "loglik", "the run's data") : given;
  const std::vector<int> x1 =
      as_points ? run.traits.from_points(points, "loglik") : read_tokens(run, points, request);
  std::vector<int> labels;
  if (request.label) {
    labels.assign(points.shape[0], make_label_function(run.shares, request.label, 0)(0));
  } else if (!run.shares.empty() && classes_are_lengths(config, run.traits)) {
    labels = count_letters(run.traits, x1);
    for (std::size_t k = 0; k < labels.size(); ++k) {
      const auto letters = static_cast<std::size_t>(labels[k]);
      if (letters >= run.shares.size() || run.shares[letters] == 0)
        throw Failure(Exit::file,
                      fmt::format("[loglik] {}row {} is a word of {} letters, but the "
                                  "training data has no word of that length; leave it out",
                                  file_prefix(points), k, letters));
    }
  } else {
    run.check_label(config, request);
  }
  Workers workers(request.threads);
  const double start = seconds_now();
  std::vector<double> errors;
  std::vector<double> log_p =
      estimate_negative_elbo(run, config, request, x1, labels, workers, &errors);
  if (!has_rows(request.ranks)) return {};
  for (double& v : log_p) v = -v;
  // If the source is a data set, the terms of the estimate may have an infinite variance. The
  // standard error of the estimate then says nothing.
  if (run.source) std::fill(errors.begin(), errors.end(), std::nan(""));
  Densities found;
  found.estimate = {
      "bound", static_cast<int>(config.integer("/eval/times")), {{errors.size()}, errors, "<f8"}};
  found.log_density = {{points.shape[0]}, std::move(log_p), "<f8"};
  if (as_points) found.outside = run.traits.outside(points);
  found.spread_unbounded = run.source != nullptr;
  found.nfe_mean = static_cast<double>(config.integer("/eval/times"));
  found.seconds = seconds_now() - start;
  return found;
}

}  // namespace pushforward::app::inline PF_REAL
