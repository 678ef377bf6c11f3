#include "apps/engine/token_training.h"

#include <utility>

#include "apps/from_config/path.h"
#include "flow/discrete/loss.h"

namespace pushforward::app::inline PF_REAL {
namespace {

TokenProblem make_token_problem(const Config& config, const TokenData& data,
                                TokenDistributionPtr source) {
  const TokenPath path = make_token_path(config, data.traits.vocabulary);
  TokenProblem problem;
  problem.data = data.distribution;
  problem.source_kind = *path.source;
  problem.source = std::move(source);
  problem.paired = config.string("/coupling/type") == "paired";
  problem.kappa = path.kappa;
  problem.time = make_time_distribution(config);
  check_labels(config, data.distribution->classes());
  problem.labelled = sees_labels(config);
  if (problem.labelled) problem.label_dropout = config.number("/loss/label_dropout");
  return problem;
}

}  // namespace

TokenTraining::TokenTraining(const Config& config, int threads, const TokenData& data)
    : TokenTraining(config, threads, data, build_token_source(config, data.traits)) {}

TokenTraining::TokenTraining(const Config& config, int threads)
    : TokenTraining(config, threads, build_tokens(config)) {}

TokenTraining::TokenTraining(const Config& config, int threads, const TokenData& data,
                             TokenDistributionPtr source)
    : Training(config, threads),
      traits_(data.traits),
      batch_(make_token_problem(config, data, std::move(source)),
             static_cast<int>(config.integer("/train/batch")), seed()),
      path_(batch_.problem().path()),
      model_(config, path_, traits_.length, data.distribution->classes()),
      by_rate_(config.string("/loss/type") == "generalised_kl"),
      shares_(count_class_shares(*data.distribution)) {
  train(model_.parameters, config);
}

Var TokenTraining::loss(Tape& tape, RowRange rows, const NetworkMode& mode) {
  const Posterior posterior = [this, &mode](std::span<const int> x, Var t, Labels labels) {
    return model_.logits(x, t, labels, mode);
  };
  const TokenSample sample = batch_.chunk(tape, rows.first, rows.count);
  return by_rate_ ? generalised_kl_loss(posterior, path_, sample)
                  : cross_entropy_loss(posterior, path_, sample);
}

void TokenTraining::describe(Metadata& metadata) const {
  write_traits(traits_, metadata);
  write_shares(shares_, metadata);
}

}  // namespace pushforward::app::inline PF_REAL
