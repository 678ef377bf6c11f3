#include "apps/flows/run_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "apps/data/run_data.h"
#include "apps/failure.h"
#include "apps/flows/trained_run.h"
#include "apps/from_config/sampler_choice.h"
#include "apps/terminal/interrupt.h"
#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/guidance.h"
#include "flow/discrete/path_law.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Returns the table of rows of a distribution that is a finite set, which the exact posterior
// needs. Throws Failure (exit 2) if the distribution is not a finite set.
const TokenTable& finite_table(const TokenDistribution& distribution, const char* of) {
  if (const TokenTable* table = distribution.all()) return *table;
  throw Failure(Exit::usage,
                fmt::format("[exact] the exact posterior needs a finite set of "
                            "sequences, but this run's {} is not one; leave --exact out",
                            of));
}

// Makes the exact posterior of the run from run.data and run.source.
void make_posterior(RunTokens& run, const Config& config, const RunRequest& request) {
  run.shares.clear();
  if (sees_labels(config) || request.label) run.shares = count_class_shares(*run.data);
  const TokenTable& rows = finite_table(*run.data, "data");
  const bool paired = config.string("/coupling/type") == "paired";
  run.oracle = run.source ? std::make_shared<const TokenOracle>(
                                run.path, finite_table(*run.source, "source"), rows, paired)
                          : std::make_shared<const TokenOracle>(run.path, rows);
  run.posterior = oracle_posterior(run.oracle);
  if (!run.shares.empty()) run.posterior = guided(run.posterior, make_guidance(config, request));
}

void make_exact_tokens(RunTokens& run, const Config& config, const RunRequest& request) {
  TokenData data = build_tokens(config);
  run.traits = data.traits;
  run.path = make_token_path(config, data.traits.vocabulary);
  run.source = build_token_source(config, data.traits);
  run.data = std::move(data.distribution);
  make_posterior(run, config, request);
}

void make_learned_tokens(RunTokens& run, const Config& config, const RunRequest& request) {
  const ModelFile file = open_model_file(request.run);
  run.traits = load_token_traits(config, file);
  const ClassShares shares = read_shares(file.metadata, file.name);
  run.path = make_token_path(config, run.traits.vocabulary);
  run.source = build_token_source(config, run.traits);
  run.model = std::make_unique<TokenModel>(config, run.path, run.traits.length,
                                           static_cast<int>(shares.size()));
  load_weights(config, request.run, config.boolean("/sampler/ema") && !request.raw,
               run.model->parameters);
  run.posterior = run.model->posterior();
  if (!run.model->conditional()) return;
  run.shares = shares;
  run.posterior = guided(run.posterior, make_guidance(config, request));
}

bool any_given(const std::vector<int>& given) {
  return std::any_of(given.begin(), given.end(), [](int token) { return token >= 0; });
}

// Restricts the data of an exact posterior to the rows that contain the tokens given by --given.
void condition_rows(RunTokens& run, const Config& config, const SampleRequest& request,
                    const std::vector<int>& given) {
  const TokenTable& all = finite_table(*run.data, "data");
  std::vector<int> rows = rows_with(all, given);
  if (request.label && !all.labels.empty())
    std::erase_if(rows, [&](int k) { return all.labels[std::size_t(k)] != *request.label; });
  if (rows.empty())
    throw Failure(Exit::usage,
                  fmt::format("[given] no sequence of the data{} fits \"{}\", so there is no exact "
                              "posterior; leave --exact out, or give other tokens",
                              request.label ? fmt::format(" of class {}", *request.label) : "",
                              request.given));
  // If row k of the source is paired with row k of the data, the same rows of the source are
  // selected, so that the pairs stay together.
  if (run.source && config.string("/coupling/type") == "paired")
    run.source = TableDistribution(select_rows(finite_table(*run.source, "source"), rows),
                                   run.path.vocabulary);
  run.data = TableDistribution(select_rows(all, rows), run.path.vocabulary);
  make_posterior(run, config, request);
}

// Returns P(class | given tokens) by Bayes' rule and the chain rule. With a mask source, the
// posterior at a state that shows the first given tokens is the probability of the next one, so the
// product of these probabilities is P(given tokens | class).
ClassShares shares_given(const RunTokens& run, const std::vector<int>& given) {
  const int classes = static_cast<int>(run.shares.size()), length = run.traits.length,
            vocabulary = run.path.vocabulary;
  std::vector<int> labels(run.shares.size());
  std::iota(labels.begin(), labels.end(), 0);
  std::vector<int> states(run.shares.size() * std::size_t(length), run.path.mask());
  std::vector<double> logs;
  for (const double share : run.shares) logs.push_back(std::log(share));
  Tape tape;
  int known = 0;
  for (int l = 0; l < length; ++l) {
    if (given[std::size_t(l)] < 0) continue;
    Scope scope(tape);
    Pause pause(tape);
    // Evaluates the posterior at the time at which the expected number of tokens that are not
    // masked is `known`.
    const double t = run.path.kappa.inverse(static_cast<double>(known++) / length);
    const Var logits = run.posterior(states, tape.full({classes, 1}, static_cast<real>(t)), labels);
    for (int c = 0; c < classes; ++c) {
      const real* row =
          logits.values().data() + (std::size_t(c) * length + std::size_t(l)) * vocabulary;
      double top = -INFINITY, total = 0;
      for (int v = 0; v < vocabulary; ++v) top = std::max(top, static_cast<double>(row[v]));
      for (int v = 0; v < vocabulary; ++v) total += std::exp(static_cast<double>(row[v]) - top);
      logs[std::size_t(c)] +=
          static_cast<double>(row[given[std::size_t(l)]]) - top - std::log(total);
      states[std::size_t(c) * length + std::size_t(l)] = given[std::size_t(l)];
    }
  }
  const double top = *std::max_element(logs.begin(), logs.end());
  double total = 0;
  for (double& one : logs) total += one = std::exp(one - top);
  for (double& one : logs) one /= total;
  return logs;
}

}  // namespace

void RunTokens::condition(const Config& config, const SampleRequest& request, bool class_known,
                          std::vector<int>& given) {
  if (!any_given(given)) return;
  const double begin = token_sampler_options(config, request, path).begin;
  const bool from_masks = path.from_masks() && path.kappa(begin) == 0;
  const bool class_unknown = !shares.empty() && !request.label && !class_known;
  if (oracle && (!from_masks || class_unknown)) {
    condition_rows(*this, config, request, given);
    given.clear();
    return;
  }
  if (path.noise > 0)
    throw Failure(Exit::usage,
                  "[given] the path of this run is three_part, so a token of a state may be noise, "
                  "and its network knows the posterior of each token but not the law of the others "
                  "given some; sample a run with /path {\"type\": \"mixture\"}, or give --exact if "
                  "the data is a finite set");
  if (path.source != SourceKind::mask)
    throw Failure(
        Exit::usage,
        fmt::format(
            "[given] the source of this run is {}, so a token of a state may be noise, and "
            "its network knows the posterior of each token but not the law of the others "
            "given some; sample a run with /source {{\"type\": \"mask\"}}, or give --exact if "
            "the data is a finite set",
            config.string("/source/type")));
  if (!from_masks)
    throw Failure(
        Exit::usage,
        fmt::format("[given] the chain begins at t = {:.6g}, from states that do not depend "
                    "on the given tokens; set /sampler/begin to 0 in the run's config.json, "
                    "or give --exact if the data is a finite set",
                    begin));
  if (class_unknown) shares = shares_given(*this, given);
}

RunTokens load_run_tokens(const Config& config, const RunRequest& request) {
  check_raw(config, request);
  RunTokens run;
  if (request.exact)
    make_exact_tokens(run, config, request);
  else
    make_learned_tokens(run, config, request);
  check_guidance(request, run.shares);
  if (request.label_text) throw Failure(Exit::usage, label_fault(*request.label_text, run.shares));
  return run;
}

namespace {

// Returns the distribution of the path's states at the first time of the sampling chain.
std::shared_ptr<const TokenDistribution> start_of(const RunTokens& run, const Config& config,
                                                  const TokenSamplerOptions& options) {
  TokenDistributionPtr data = run.data;
  try {
    if (!data) data = build_tokens(config).distribution;
  } catch (const std::runtime_error& e) {
    throw begins_without_data(e.what(), "chain", options.begin);
  }
  return std::make_shared<const TokenPathLaw>(run.path, options.begin, std::move(data), run.source,
                                              config.string("/coupling/type") == "paired",
                                              options.label_of);
}

}  // namespace

void RunTokens::check_label(const Config& config, const RunRequest& request) const {
  check_without_label(config, request, shares);
}

TokenSamplerOptions RunTokens::options(const Config& config, const SolverRequest& request,
                                       std::optional<int> class_of_given) const {
  TokenSamplerOptions options = token_sampler_options(config, request, path);
  if (request.label && class_of_given && request.label != class_of_given)
    throw Failure(
        Exit::usage,
        fmt::format("[given] the given word has {} letters, but --label {} asks for words of {}; "
                    "leave --label out",
                    *class_of_given, *request.label, *request.label));
  options.label_of =
      make_label_function(shares, request.label ? request.label : class_of_given, request.seed);
  options.interrupted = &Interrupt::requested;
  if (!path.at_source(options.begin)) options.start = start_of(*this, config, options);
  // The added step to t = 1 replaces every remaining mask by a token drawn from the posterior.
  if (path.source == SourceKind::mask && options.end < 1) options.grid.push_back(1);
  return options;
}

std::vector<std::string> RunTokens::notes(const TokenSamplerOptions& options) const {
  std::vector<std::string> notes;
  if (options.start && path.metric)
    notes.push_back(
        fmt::format("the chain begins at t = {:.6g}, so samples start from the law of the path "
                    "there: tokens near those of rows of the run's data, with beta = {:.3g}",
                    options.begin, path.metric->beta(options.begin)));
  else if (options.start)
    notes.push_back(
        fmt::format("the chain begins at t = {:.6g}, so samples start from the law of the "
                    "path there: {:.3g} % of the tokens are those of rows of the run's data",
                    options.begin, 100 * path.parts(options.begin).data));
  if (options.end == 1) return notes;
  if (path.metric) {
    notes.push_back(
        fmt::format("the chain ends at t = {:.6g}, where tokens are near the data's, with beta = "
                    "{:.3g}; set /sampler/end to 1 to draw the data's own",
                    options.end, path.metric->beta(options.end)));
    return notes;
  }
  const double left = 100 * path.kappa.left(options.end);
  if (path.noise > 0)
    notes.push_back(fmt::format(
        "the chain ends at t = {:.6g}, where {:.3g} % of the tokens are uniform noise{}; set "
        "/sampler/end to 1 to be without them",
        options.end, 100 * path.parts(options.end).uniform,
        path.source == SourceKind::mask ? ", which the last step replaces" : ""));
  if (path.source == SourceKind::mask)
    notes.push_back(
        fmt::format("the chain ends at t = {:.6g}, where {:.3g} % of the tokens are masks: "
                    "they are drawn from the posterior in one last step (/sampler/end)",
                    options.end, left));
  else
    notes.push_back(
        fmt::format("the chain ends at t = {:.6g}, where {:.3g} % of the tokens are still "
                    "those of the source; set /sampler/end to 1 to be without them",
                    options.end, left));
  return notes;
}

}  // namespace pushforward::app::inline PF_REAL
