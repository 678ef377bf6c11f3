// Trains a flow of continuous data.
#pragma once

#include <optional>

#include "apps/config/map_loss.h"
#include "apps/data/data.h"
#include "apps/flows/flow_impute.h"
#include "apps/flows/run_flow.h"
#include "apps/from_config/model.h"
#include "apps/run/labels.h"
#include "apps/run/units.h"
#include "apps/training/training.h"
#include "flow/train/batch.h"

namespace pushforward::app::inline PF_REAL {

class FlowTraining final : public Training {
 public:
  FlowTraining(const Config& config, int threads);
  // Trains on the distributions `data` and `source`. A null pointer means the distribution that the
  // config describes. `traits` are those of `data`.
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
  void start(std::uint32_t step) override;
  Var loss(Tape& tape, RowRange rows, const NetworkMode& mode) override {
    return loss(batch_, map_step_, tape, rows, mode);
  }
  void start_validation(std::uint32_t number) override;
  void start_batch(Batch& batch, std::uint32_t number);
  Var validation_loss(Tape& tape, RowRange rows) override {
    return loss(*validation_batch_, map_validation_, tape, rows, {});
  }
  // The velocity of a geodesic is a derivative on the tape.
  bool validation_differentiates() const override {
    return map_.has_value() || traits_.manifold != nullptr;
  }
  double validation_nll() override;
  void write_state(Metadata& notes) const override;
  void read_state(const Metadata& notes, const std::string& file) override;
  // Draws the missing cells of the table again, if that is due before this step.
  void fill_missing(std::uint32_t step);
  void describe(Metadata& metadata) const override;
  RunFlow current_flow() const;  // that of the present weights
  void average_teacher();        // lets the teacher, if there is one, use the moving average
  // The loss of a flow map and the stream of its pairs of times, at one step.
  struct MapStep {
    MapLoss loss;
    Stream times;
  };
  Var loss(Batch& batch, const MapStep& step, Tape& tape, RowRange rows, const NetworkMode& mode);
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
  double score_weight_ = 1;         // of a bridge
  std::optional<MapSettings> map_;  // set if the loss trains a flow map
  std::unique_ptr<Model> teacher_;  // of a flow map with an averaged teacher, else null
  MapStep map_step_, map_validation_;
  Units units_;
  ClassShares shares_;
  std::optional<MissingFill> fill_;  // set if cells of the table are missing
};

}  // namespace pushforward::app::inline PF_REAL
