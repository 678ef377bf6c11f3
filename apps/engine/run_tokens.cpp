#include "apps/engine/run_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "apps/engine/trained_run.h"
#include "apps/failure.h"
#include "apps/from_config/sampler_choice.h"
#include "apps/from_config/token_sampler_choice.h"
#include "apps/terminal/interrupt.h"
#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/guidance.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Returns the finite set of a distribution. The exact posterior needs it.
const TokenTable& finite_table(const TokenDistribution& distribution, const char* of) {
  if (const TokenTable* table = distribution.all()) return *table;
  throw Failure(Exit::usage,
                fmt::format("[exact] the exact posterior needs a finite set of "
                            "sequences, but this run's {} is not one; leave --exact out",
                            of));
}

void make_exact_tokens(RunTokens& run, const Config& config, const RunRequest& request) {
  const TokenData data = build_tokens(config);
  run.traits = data.traits;
  run.path = make_token_path(config, data.traits.vocabulary);
  run.source = build_token_source(config, data.traits);
  if (sees_labels(config) || request.label) run.shares = count_class_shares(*data.distribution);
  const TokenTable& rows = finite_table(*data.distribution, "data");
  const bool paired = config.string("/coupling/type") == "paired";
  run.oracle = run.source ? std::make_shared<const TokenOracle>(
                                run.path, finite_table(*run.source, "source"), rows, paired)
                          : std::make_shared<const TokenOracle>(run.path, rows);
  run.posterior = oracle_posterior(run.oracle);
  if (!run.shares.empty()) run.posterior = guided(run.posterior, make_guidance(config, request));
}

void make_learned_tokens(RunTokens& run, const Config& config, const RunRequest& request) {
  const ModelFile file = open_model_file(request.run);
  run.traits = read_traits(file.metadata, file.name);
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

}  // namespace

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
  return options;
}

}  // namespace pushforward::app::inline PF_REAL
