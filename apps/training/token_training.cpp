#include "apps/training/token_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "apps/failure.h"
#include "apps/from_config/path.h"
#include "apps/run/table_code.h"
#include "flow/discrete/loss.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Throws Failure (exit 2) for a sampler that cannot sample tokens of this vocabulary.
void check_top_k(const Config& config, int vocabulary) {
  const std::int64_t top_k = config.integer("/sampler/top_k");
  if (top_k < vocabulary) return;
  throw Failure(Exit::usage,
                fmt::format("[sample] /sampler/top_k is {}, but the data has {} tokens, so it has "
                            "no effect; set it below {}, or to 0",
                            top_k, vocabulary, vocabulary));
}

TokenProblem make_token_problem(const Config& config, const TokenData& data,
                                TokenDistributionPtr source) {
  check_top_k(config, data.traits.vocabulary);
  const TokenPath path = make_token_path(config, data.traits.vocabulary);
  TokenProblem problem;
  problem.data = data.distribution;
  problem.source_kind = *path.source;
  problem.source = std::move(source);
  problem.paired = config.string("/coupling/type") == "paired";
  problem.kappa = path.kappa;
  problem.metric = path.metric;
  problem.noise = path.noise;
  problem.time = make_time_distribution(config);
  check_labels(config, data.distribution->classes());
  problem.labelled = sees_labels(config);
  if (problem.labelled) problem.label_dropout = config.number("/loss/label_dropout");
  return problem;
}

// The rows of a table, drawn one after the other from the first on, `batch` of them in each step.
// Leaves out labels that no training row has, because the network has not learned them.
class RowsInTurn final : public TokenDistribution {
 public:
  RowsInTurn(TokenDistributionPtr rows, int batch, int classes)
      : rows_(std::move(rows)), batch_(batch), classes_(classes) {}

  int length() const override { return rows_->length(); }
  int vocabulary() const override { return rows_->vocabulary(); }
  int classes() const override { return classes_; }
  void draw(Stream stream, std::uint32_t first_row, int rows, int* out,
            int* labels) const override {
    const TokenTable& table = *rows_->all();
    const std::uint64_t first = std::uint64_t{stream.step} * static_cast<std::uint64_t>(batch_);
    for (int r = 0; r < rows; ++r, out += length()) {
      const std::uint64_t position = first + first_row + static_cast<std::uint64_t>(r);
      const auto k = static_cast<int>(position % static_cast<std::uint64_t>(table.rows()));
      std::ranges::copy(table.row(k), out);
      if (!labels) continue;
      const int label = table.labels.empty() ? 0 : table.labels[static_cast<std::size_t>(k)];
      labels[r] = label < classes_ ? label : kNoLabel;
    }
  }

 private:
  TokenDistributionPtr rows_;
  int batch_, classes_;
};

// Returns the problem of the held-out rows, whose labels are never dropped. If there are more than
// `most` held-out rows, takes `most` of them that are spaced evenly.
TokenProblem make_validation_problem(const TokenProblem& training, const TokenData& data, int most,
                                     int batch) {
  const TokenTable& all = *data.held_out->all();
  const int rows = std::min(all.rows(), most);
  std::vector<int> taken;
  for (int k = 0; k < rows; ++k)
    taken.push_back(static_cast<int>(static_cast<std::int64_t>(k) * all.rows() / rows));
  TokenProblem problem = training;
  problem.data = std::make_shared<RowsInTurn>(
      std::make_shared<TableDistribution>(select_rows(all, taken), data.traits.vocabulary), batch,
      data.distribution->classes());
  problem.label_dropout = 0;
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
      classes_(data.classes),
      batch_(make_token_problem(config, data, std::move(source)),
             static_cast<int>(config.integer("/train/batch")), seed()),
      path_(batch_.problem().path()),
      model_(config, path_, traits_.length, data.distribution->classes()),
      by_rate_(config.string("/loss/type") == "generalised_kl"),
      shares_(count_class_shares(*data.distribution)) {
  train(model_.parameters, config);
  if (!data.held_out) return;
  held_out_rows_ = data.held_out->all()->rows();
  validation_batch_.emplace(
      make_validation_problem(batch_.problem(), data, validation_rows(), batch_.rows()),
      batch_.rows(), validation_seed());
}

Var TokenTraining::loss(const TokenBatch& batch, Tape& tape, RowRange rows,
                        const NetworkMode& mode) {
  const Posterior posterior = [this, &mode](std::span<const int> x, Var t, Labels labels) {
    return model_.logits(x, t, labels, mode);
  };
  const TokenSample sample = batch.chunk(tape, rows.first, rows.count);
  return by_rate_ ? generalised_kl_loss(posterior, path_, sample)
                  : cross_entropy_loss(posterior, path_, sample);
}

void TokenTraining::describe(Metadata& metadata) const {
  write_traits(traits_, metadata);
  write_shares(shares_, metadata);
  write_table_code(nullptr, classes_, metadata);
}

}  // namespace pushforward::app::inline PF_REAL
