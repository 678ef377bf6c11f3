// The training of a run, built from its config: data, network, optimizer and batches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "nn/checkpoint/checkpoint.h"
#include "nn/layers/layers.h"
#include "nn/training/trainer.h"

namespace pushforward::app::inline PF_REAL {

// Base class of the training on continuous data and on tokens. The derived classes have the
// batches, the network and the loss. A Training cannot be moved. The state after step s has the
// same bits for any number of threads, and it does not matter whether the training was interrupted
// and resumed.
class Training {
 public:
  virtual ~Training() = default;
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  std::int64_t steps_done() const { return step_; }
  std::int64_t total_steps() const { return total_; }
  Workers& workers() { return workers_; }
  const Parameters& parameters() const { return trainer_->parameters(); }
  // Returns warnings about data from which a flow learns badly, one line each.
  const std::vector<std::string>& warnings() const { return warnings_; }
  virtual int batch() const = 0;  // rows per step

  // Returns hints about the config and its data, one line each, to be shown before a new run.
  virtual std::vector<std::string> hints() const { return {}; }

  // Draws the first batch. Throws Failure (exit 2) that names the keys of the config if the
  // coupling fails for it.
  virtual void check_first_batch() {}
  // replaced_batches returns how many batches were so far drawn in another way than the config
  // requests, and `replacement` a line that describes this other way.
  virtual std::int64_t replaced_batches() const { return 0; }
  virtual std::string replacement() const { return ""; }

  // Allocates the memory that a training step needs, so that a lack of memory shows before any file
  // is written. Throws std::bad_alloc, and TrainingInterrupted as `step` does.
  void reserve();
  // Takes the next step. If the result's status is not ok, the weights are unchanged, but the step
  // counts as done. Throws TrainingInterrupted after a signal; the step is then not done.
  StepResult step();
  // Records the computation for the given rows of the last step again, forward and backward.
  // Returns the first line (recorded operation) of the tape whose value is not finite and where it
  // was recorded, or "" if all values are finite.
  std::string explain(RowRange rows);

  // `checkpoint` returns the whole state as the bytes of a checkpoint; `path` is for errors.
  // save_model_file writes the weights, averaged if the run keeps an average. The two functions
  // throw FileError.
  std::string checkpoint(const std::string& path) const;
  void save_model_file(const std::string& path) const;
  // Restores the state of a checkpoint. Throws FileError if it does not match this
  // config's network and optimizer.
  void resume(const std::string& checkpoint);
  // Restores weights, moments and average from a checkpoint, but not the number of steps. The next
  // step thus has other random numbers than the failed one, so that the same failure does not occur
  // again.
  void roll_back(const std::string& checkpoint);
  // Records the loss of one chunk of rows on the tape as step() does, for inspection.
  Var record(Tape& tape);

 protected:
  Training(const Config& config, int threads);
  // Makes the trainer for these parameters. Derived classes call this function once, after building
  // the network.
  void train(Parameters& parameters, const Config& config);

  // Prepares the batch of a step.
  virtual void start(std::uint32_t step) = 0;
  // Records the loss of these rows of the batch on the tape. `mode` has the dropout of the rows.
  virtual Var loss(Tape& tape, RowRange rows, const NetworkMode& mode) = 0;
  // Writes what the model file stores about the data.
  virtual void describe(Metadata& metadata) const = 0;

  std::uint64_t seed() const { return seed_; }
  std::vector<std::string> warnings_;

 private:
  Var loss(Tape& tape, RowRange rows);
  RowRange first_chunk() const;

  std::uint64_t seed_;
  std::string config_hash_;
  std::int64_t step_ = 0, total_;
  Workers workers_;
  std::optional<Trainer> trainer_;
};

// Reads the data and draws the initial weights. `threads` = 0 uses all cores.
std::unique_ptr<Training> make_training(const Config& config, int threads);

}  // namespace pushforward::app::inline PF_REAL
