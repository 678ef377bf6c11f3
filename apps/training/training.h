// The training of a run, built from its config: data, network, optimizer and batches.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/config/config.h"
#include "apps/run/validations.h"
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
  // Shares the following steps with other processes (Trainer::share_steps). Returns into how many parts
  // a step can be divided: more processes than this have nothing to do.
  int share_steps(Ranks& ranks);
  // As in Trainer: process 0 says before a step whether another one follows, and all know it after.
  void promise_step(bool another) { trainer_->promise_step(another); }
  bool step_promised() const { return trainer_->step_promised(); }
  // Gives the weights, moments, averages and the number of steps of process 0 to the other processes.
  // All processes call it.
  void broadcast_state(Ranks& ranks);
  // Takes the next step. If the result's status is not ok, the weights are unchanged, but the step
  // counts as done. Throws TrainingInterrupted after a signal; the step is then not done.
  StepResult step();
  // Records the computation for the given rows of the last step again, forward and backward.
  // Returns the first line (recorded operation) of the tape whose value is not finite and where it
  // was recorded, or "" if all values are finite.
  std::string explain(RowRange rows);

  // Returns how many held-out rows there are; 0 if none.
  virtual int held_out_rows() const { return 0; }
  // Returns the numbers of the held-out rows in the data set, ascending; empty if they are in a
  // file of their own, or are chosen by a hash of their content.
  virtual std::vector<int> held_out_numbers() const { return {}; }
  // Returns how many rows a validation measures: each held-out row several times if they are few,
  // and a part of them if they are many. It is 0 if no rows are held out.
  int validation_rows() const;
  // Measures the mean loss of held-out rows, without dropout, with the averaged weights if the run
  // keeps an average, and adds it to validations(). Rows, noise and times are the same at each
  // call. `with_nll` also measures validation_nll() and returns it. Throws TrainingInterrupted
  // after a signal; nothing is added then.
  std::optional<double> validate(bool with_nll = false);
  const Validations& validations() const { return validations_; }
  // Returns the step whose weights save_model_file writes.
  std::int64_t model_step() const { return best_.empty() ? step_ : validations_.best_step; }

  // `checkpoint` returns the whole state as the bytes of a checkpoint; `path` is for errors.
  // save_model_file writes the weights, averaged if the run keeps an average: those of the last
  // step, or with /train/model "best" those of the best validation. The two functions throw
  // FileError.
  std::string checkpoint(const std::string& path) const;
  void save_model_file(const std::string& path) const;
  // Replaces the initial weights by those of a model file. Throws FileError if it does not match the
  // network.
  void load_weights(const std::string& model_file);
  // Does the same for the model file of a network u(x, t) if this network is a flow map v(x, s, t),
  // whose features of t - s have `columns` columns (load_widened, nn/checkpoint/widened.h).
  void load_weights_of_one_time(const std::string& model_file, int columns);
  // Sets entries of the metadata of the model file, which name the run that the weights come from.
  void set_origin(Metadata origin) { origin_ = std::move(origin); }
  // The bytes of the file of pairs that the run has made for itself, to be kept in its folder; empty
  // if its data is other, or was read from a file.
  void set_pairs(std::string bytes) { pairs_ = std::move(bytes); }
  const std::string& pairs() const { return pairs_; }
  // Returns what the model file stores about the data.
  Metadata description() const;
  // Restores the state of a checkpoint. Throws FileError if it does not match this
  // config's network and optimizer.
  void resume(const std::string& checkpoint);
  // Restores weights, moments and average from a checkpoint, but not the number of steps. So the
  // next step has other random numbers than the failed one, and does not fail in the same way.
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
  // Returns whether validation_loss differentiates on the tape.
  virtual bool validation_differentiates() const { return false; }
  // start_validation prepares the batch of held-out rows with this number, and validation_loss
  // records the loss of some rows of that batch on a tape. Batches are numbered from 0.
  virtual void start_validation(std::uint32_t) {}
  virtual Var validation_loss(Tape&, RowRange) { return {}; }
  // Write and read what a checkpoint has besides weights and moments. read_state throws Failure (exit
  // 4), naming the checkpoint `file`, if it does not fit.
  virtual void write_state(Metadata&) const {}
  virtual void read_state(const Metadata&, const std::string& /*file*/) {}
  // Calls `act` while the network has the weights that a sampler would use now.
  void with_current_weights(const std::function<void()>& act);
  // Returns the mean negative log-likelihood of held-out rows with the present weights, in nats and
  // in the units of the data. It is NaN if it is infinite or unknown for a row.
  virtual double validation_nll() { return std::numeric_limits<double>::quiet_NaN(); }
  // Writes what the model file stores about the data.
  virtual void describe(Metadata& metadata) const = 0;

  // Returns the weights that a sampler would use now: their average, if the run keeps one.
  std::span<const real> current_weights() const;
  std::uint64_t seed() const { return seed_; }
  // Returns whether a signal asks this process to stop within a step. A process that shares its
  // steps ends the step, because the others wait for it.
  bool interrupted() const;
  // The seed of the noise and times of held-out rows.
  std::uint64_t validation_seed() const { return seed_ ^ 0x76616c6964617465; }
  std::vector<std::string> warnings_;

 private:
  void average_from_here();
  Var loss(Tape& tape, RowRange rows);
  double mean_validation_loss();
  RowRange first_chunk() const;

  std::uint64_t seed_;
  std::string config_hash_;
  std::int64_t step_ = 0, total_;
  Workers workers_;
  Metadata origin_;
  std::string pairs_;
  std::optional<Trainer> trainer_;
  std::atomic<bool> shared_{false};
  std::deque<Tape> validation_tapes_;  // one for each thread
  Validations validations_;
  bool keeps_best_;  // /train/model is "best"
  FlatArray best_;   // with keeps_best_: the weights of the best validation; empty before it
};

// Reads the data, or makes its pairs by the run that /data/from names, and draws the initial weights.
// `threads` = 0 uses all cores.
std::unique_ptr<Training> make_training(const Config& config, int threads);

}  // namespace pushforward::app::inline PF_REAL
