// Training of a flow of continuous data.
#pragma once

#include "apps/labels.h"
#include "apps/model.h"
#include "apps/training.h"
#include "apps/units.h"
#include "flow/batch.h"

namespace pushforward::inline PF_REAL {

class FlowTraining final : public Training {
 public:
  FlowTraining(const Config& config, int threads);

  int batch() const override { return batch_.rows(); }

 private:
  void start(std::uint32_t step) override { batch_.start(step, workers()); }
  Var loss(Tape& tape, Rows rows, const Mode& mode) override;
  void describe(Metadata& metadata) const override;

  Batch batch_;
  Model model_;
  Weighting weighting_;
  Units units_;
  ClassShares shares_;
};

}  // namespace pushforward::inline PF_REAL
