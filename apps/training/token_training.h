// Trains a discrete flow.
#pragma once

#include <optional>

#include "apps/from_config/token_model.h"
#include "apps/from_config/tokens.h"
#include "apps/training/training.h"
#include "flow/discrete/batch.h"

namespace pushforward::app::inline PF_REAL {

class TokenTraining final : public Training {
 public:
  TokenTraining(const Config& config, int threads);
  // Trains on the distributions `data` and `source` instead of those that the config describes.
  // `source` is null unless the type of /source is data.
  TokenTraining(const Config& config, int threads, const TokenData& data,
                TokenDistributionPtr source);

  int batch() const override { return batch_.rows(); }
  int held_out_rows() const override { return held_out_rows_; }

 private:
  TokenTraining(const Config& config, int threads, const TokenData& data);

  void start(std::uint32_t step) override { batch_.start(step); }
  Var loss(Tape& tape, RowRange rows, const NetworkMode& mode) override {
    return loss(batch_, tape, rows, mode);
  }
  Var loss(const TokenBatch& batch, Tape& tape, RowRange rows, const NetworkMode& mode);
  void start_validation(std::uint32_t number) override { validation_batch_->start(number); }
  Var validation_loss(Tape& tape, RowRange rows) override {
    return loss(*validation_batch_, tape, rows, {});
  }
  void describe(Metadata& metadata) const override;

  TokenTraits traits_;
  std::vector<std::string> classes_;
  TokenBatch batch_;
  std::optional<TokenBatch> validation_batch_;  // of the held-out rows
  int held_out_rows_ = 0;
  TokenPath path_;
  TokenModel model_;
  bool by_rate_;  // the loss; true: generalised KL, false: cross entropy
  ClassShares shares_;
};

}  // namespace pushforward::app::inline PF_REAL
