// Trains a flow of continuous data.
#pragma once

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
  // which are built where null is given.
  FlowTraining(const Config& config, int threads, DistributionPtr data, DistributionPtr source);

  int batch() const override { return batch_.rows(); }
  std::vector<std::string> hints() const override;
  void check_first_batch() override;
  std::int64_t replaced_batches() const override;
  std::string replacement() const override;

 private:
  void start(std::uint32_t step) override { batch_.start(step, workers()); }
  Var loss(Tape& tape, RowRange rows, const NetworkMode& mode) override;
  void describe(Metadata& metadata) const override;

  Config config_;
  DataTraits traits_;  // filled when batch_ is made
  Batch batch_;
  Model model_;
  Weighting weighting_;
  Units units_;
  ClassShares shares_;
};

}  // namespace pushforward::app::inline PF_REAL
