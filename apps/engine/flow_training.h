// Trains a flow of continuous data.
#pragma once

#include <optional>

#include "apps/engine/run_flow.h"
#include "apps/engine/training.h"
#include "apps/from_config/data.h"
#include "apps/from_config/model.h"
#include "apps/run/labels.h"
#include "apps/run/units.h"
#include "flow/train/batch.h"

namespace pushforward::app::inline PF_REAL {

class FlowTraining final : public Training {
 public:
  FlowTraining(const Config& config, int threads);
  // Trains on the distributions `data` and `source` instead of those that the config describes,
  // which are built where null is given. `traits` are those of `data`.
  FlowTraining(const Config& config, int threads, DistributionPtr data, DistributionPtr source,
               DataTraits traits = {});

  int batch() const override { return batch_.rows(); }
  int held_out_rows() const override { return held_out_rows_; }
  std::vector<int> held_out_numbers() const override;
  std::vector<std::string> hints() const override;
  void check_first_batch() override;
  std::int64_t replaced_batches() const override;
  std::string replacement() const override;

 private:
  void start(std::uint32_t step) override { batch_.start(step, workers()); }
  Var loss(Tape& tape, RowRange rows, const NetworkMode& mode) override {
    return loss(batch_, tape, rows, mode);
  }
  Var loss(Batch& batch, Tape& tape, RowRange rows, const NetworkMode& mode);
  void start_validation(std::uint32_t number) override {
    validation_batch_->start(number, workers());
  }
  Var validation_loss(Tape& tape, RowRange rows) override {
    return loss(*validation_batch_, tape, rows, {});
  }
  double validation_nll() override;
  void describe(Metadata& metadata) const override;
  RunFlow current_flow() const;  // that of the present weights
  // Throws Failure (exit 2) if /train/nll_every asks for a likelihood that does not exist.
  void check_likelihood();

  Config config_;
  DataTraits traits_;  // filled when batch_ is made
  Batch batch_;
  std::optional<Batch> validation_batch_;  // of the held-out rows
  int held_out_rows_ = 0;
  ConditionTablePtr conditions_;  // of all rows; null if the network is given none
  Model model_;
  Weighting weighting_;
  Units units_;
  ClassShares shares_;
};

}  // namespace pushforward::app::inline PF_REAL
