// Everything a run trains with, put together from its config: data, network, optimizer, batches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "apps/config/config.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/layers/layers.h"
#include "nn/training/trainer.h"

namespace pushforward::app::inline PF_REAL {

// Stays where it is made. Step s of a config is the same bits on any number of threads, whether it
// is reached in one run or in several. What continuous data and tokens have in common; each has a
// class of its own for its batches, its network and its loss.
class Training {
 public:
  virtual ~Training() = default;
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  std::int64_t steps_done() const { return step_; }
  std::int64_t total_steps() const { return total_; }
  Workers& workers() { return workers_; }
  const Parameters& parameters() const { return trainer_->parameters(); }
  virtual int batch() const = 0;  // rows of a step

  // The next step. Unless its result is ok the weights
  // are as before; the step counts as done all the same.
  StepResult step();
  // Records these rows of the last step again, forward and backward: the first line of the tape
  // that is not finite, and where it was recorded. Empty if all are finite.
  std::string explain(RowRange rows);

  // The whole state as the bytes of a checkpoint (`path` is for errors), and the model file that
  // others read: the average if the run keeps one. FileError.
  std::string checkpoint(const std::string& path) const;
  void save_model_file(const std::string& path) const;
  // Goes on from a checkpoint. FileError when it is not one of this config's network and optimizer.
  void resume(const std::string& checkpoint);
  // Takes weights, moments and average from a checkpoint but goes on
  // counting: the steps in between are lost, and the next one has random
  // numbers of its own, so that what went wrong does not happen again.
  void roll_back(const std::string& checkpoint);
  // One chunk's loss on a tape, as step() records it: for inspection.
  Var record(Tape& tape);

 protected:
  Training(const Config& config, int threads);
  // To be called once, when the network stands.
  void train(Parameters& parameters, const Config& config);

  // Makes the batch of a step ready.
  virtual void start(std::uint32_t step) = 0;
  // The loss of these rows of it. `mode` has the dropout of the step's rows.
  virtual Var loss(Tape& tape, RowRange rows, const NetworkMode& mode) = 0;
  // What the model file has to remember of the data.
  virtual void describe(Metadata& metadata) const = 0;

  std::uint64_t seed() const { return seed_; }

 private:
  Var loss(Tape& tape, RowRange rows);
  RowRange first_chunk() const;

  std::uint64_t seed_;
  std::string config_hash_;
  std::int64_t step_ = 0, total_;
  Workers workers_;
  std::optional<Trainer> trainer_;
};

// Reads the data and draws the first weights. `threads` 0: all.
std::unique_ptr<Training> make_training(const Config& config, int threads);

}  // namespace pushforward::app::inline PF_REAL
