// Everything a run trains with, put together from its config: data, network, optimizer, batches.
#pragma once

#include <cstdint>
#include <string>

#include "apps/labels.h"
#include "apps/model.h"
#include "apps/units.h"
#include "flow/batch.h"
#include "nn/checkpoint.h"
#include "nn/trainer.h"

namespace pushforward::inline PF_REAL {

// Stays where it is made. Step s of a config is the same bits on any number of threads, whether it
// is reached in one run or in several.
class Training {
 public:
  // Reads the data and draws the first weights. `threads` 0: all.
  Training(const Config& config, int threads);
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  std::int64_t steps_done() const { return step_; }
  std::int64_t total_steps() const { return total_; }
  int batch() const { return batch_.rows(); }
  Workers& workers() { return workers_; }
  const Parameters& parameters() const { return model_.parameters; }

  // The next step. Unless its result is ok the weights are as before; the step counts as done all
  // the same.
  StepResult step();
  // Records these rows of the last step again, forward and backward: the first line of the tape
  // that is not finite, and where it was recorded. Empty if all are finite.
  std::string explain(Rows rows);

  // The whole state as the bytes of a checkpoint (`path` is for errors), and the model file that
  // others read: the average if the run keeps one. FileError.
  std::string checkpoint(const std::string& path) const;
  void save_model_file(const std::string& path) const;
  // Goes on from a checkpoint. FileError when it is not one of this config's network and optimizer.
  void resume(const std::string& checkpoint);
  // Takes weights, moments and average from a checkpoint but goes on counting: the steps in between
  // are lost, and the next one has random numbers of its own, so that what went wrong does not
  // happen again.
  void roll_back(const std::string& checkpoint);
  // One chunk's loss on a tape, as step() records it: for inspection.
  Var record(Tape& tape);

 private:
  Var loss(Tape& tape, Rows rows);

  std::uint64_t seed_;
  std::string config_hash_;
  std::int64_t step_ = 0, total_;
  Workers workers_;
  Batch batch_;
  Model model_;
  Weighting weighting_;
  Trainer trainer_;
  Units units_;
  ClassShares shares_;
};

}  // namespace pushforward::inline PF_REAL
