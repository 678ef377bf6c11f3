// One training step: the loss of each chunk of rows on a tape, the sum of the gradients, clipping,
// and the update of the weights and of their moving average. The result is the same, bit by bit,
// for any number of threads.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "autograd/tape.h"
#include "autograd/tensor/workers.h"
#include "nn/module.h"
#include "nn/training/gradient_bins.h"
#include "nn/training/optimizer.h"
#include "nn/training/schedule.h"
#include "nn/training/shared_step.h"

namespace pushforward {

// The options of a training step. Trainer fails on options out of range.
struct TrainerOptions {
  // The rule of the update and its learning rate.
  OptimizerOptions optimizer{};

  // The factor of the learning rate at each update.
  Schedule schedule{};

  // An upper bound of the norm of the gradient of all parameters together, at least 0. A longer
  // gradient is scaled down to it before the update; 0 means no clipping. The norm is computed in
  // any case, so clipping costs nothing. Set it, for example to 1, if single batches make the loss
  // jump.
  double clip_norm = 0;

  // The decay of the exponential moving average of the weights, in [0, 1); 0 means no average. The
  // average covers about the last 1 / (1 - decay) updates and costs as much memory as the weights.
  // Samples of the averaged weights are usually better than those of the last weights; 0.999 is a
  // usual value.
  double ema_decay = 0;

  // If true, the decay is smaller at first, min(ema_decay, (1 + k) / (10 + k)) at update k, so that
  // the initial weights lose their influence quickly (nn/training/ema.h). If false, they stay in
  // the average for about 1 / (1 - decay) updates.
  bool ema_warmup = true;

  // The number of rows on one tape, at least 1. The memory of a tape is proportional to it, and
  // there is a tape for each thread, up to 16. Lower it if tapes need too much memory, or if a
  // batch has fewer chunks than there are threads. Unlike the number of threads, it affects the
  // rounding of the result.
  int chunk = 128;

  // Called before each chunk, from any thread. If it returns true, the step ends with
  // TrainingInterrupted and changes nothing. It may be empty. Steps that are shared with other
  // processes do not call it.
  std::function<bool()> interrupted{};
};

// Thrown when `interrupted` returns true. The step has changed nothing and can be taken again.
struct TrainingInterrupted : std::runtime_error {
  TrainingInterrupted() : std::runtime_error("[train] interrupted within a step") {}
};

// Rows [first, first + count) of the step's batch.
struct RowRange {
  int first = 0, count = 0;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The outcome of a step. Unless it is `ok`, the weights, moments and average do not change.
enum class StepStatus { ok, bad_loss, bad_gradient };
struct StepResult {
  StepStatus status = StepStatus::ok;
  double loss = 0;                       // mean over the rows, before the update
  double grad_norm = 0;                  // norm of the whole gradient, before clipping
  double lr = 0;                         // learning rate of the update
  RowRange rows;                         // bad_loss: the first chunk with a non-finite loss
  const Parameter* parameter = nullptr;  // bad_gradient: the first with a non-finite gradient
};

// The loss of one chunk: a callable Var(Tape&, RowRange) that returns the MEAN over those rows as
// one element. Several threads call it at the same time with different tapes. It may depend only on
// the rows and on what is constant during a step.
class LossRef {
 public:
  template <class Loss>
  explicit LossRef(const Loss& loss)
      : loss_(&loss), call_([](const void* l, Tape& tape, RowRange rows) -> Var {
          return (*static_cast<const Loss*>(l))(tape, rows);
        }) {}
  Var operator()(Tape& tape, RowRange rows) const { return call_(loss_, tape, rows); }

 private:
  const void* loss_;
  Var (*call_)(const void*, Tape&, RowRange);
};

class Trainer {
 public:
  // Stores references: parameters and workers must outlive the trainer. Throws on options out of
  // range and if every parameter is frozen.
  Trainer(Parameters& parameters, const TrainerOptions& options, Workers& workers);

  // Does one step over `rows` rows. Throws, before it changes anything, if the loss does not depend
  // on one of the parameters that are not frozen. Makes no heap allocation after the first step of
  // a size.
  template <class Loss>
  StepResult step(int rows, const Loss& loss) {
    return run(rows, LossRef(loss));
  }

  // Allocates the memory of a step over `rows` rows, by recording one chunk forward and backward on
  // each tape. Changes nothing that a step depends on. Throws std::bad_alloc.
  template <class Loss>
  void reserve(int rows, const Loss& loss) {
    rehearse(rows, LossRef(loss));
  }

  // Shares the following steps with other processes, whose trainers have the same state and take
  // the same steps. Each computes a part of the chunks. The results have the same bits as in one
  // process. Stores a reference: the group must outlive the trainer. `round` is the number of
  // gradients that are exchanged at a time.
  void share_steps(Ranks& ranks, std::size_t round = SharedStep::kRound);
  // Process 0 of the group says before a step whether it will take another one right after it,
  // unless the step fails. After the step, step_promised() returns this in all processes; it is false
  // after a step that was not `ok`.
  void promise_step(bool another);
  bool step_promised() const { return promised_; }

  const TrainerOptions& options() const { return options_; }
  Parameters& parameters() const { return parameters_; }
  Optimizer& optimizer() { return optimizer_; }
  const Optimizer& optimizer() const { return optimizer_; }
  std::int64_t updates() const { return optimizer_.updates(); }

  // The moving average of the weights, in the layout of Parameters; empty if there is none. To
  // sample with the average: UseValues average(parameters, trainer.ema());
  std::span<real> ema() { return ema_; }
  std::span<const real> ema() const { return ema_; }
  // The gradient of the last step's loss, before clipping.
  std::span<const real> gradient() const { return gradient_; }

 private:
  // A tape, and the bin (see GradientBins) whose gradients are still on it.
  struct WorkerTape {
    Tape tape;
    std::optional<Scope> scope;
    std::vector<Var> wrt, out;
    std::vector<int> trained;  // wrt[i] is the value of trained_[trained[i]]
    int bin = -1;
  };
  // A job of a fixed size, for one thread: a range of one parameter's numbers or of the flat
  // arrays.
  struct Block {
    int trained;
    std::size_t begin, count;
  };
  struct Clear;

  StepResult run(int rows, LossRef loss);
  void rehearse(int rows, LossRef loss);
  void plan();
  Chunks start(int rows);
  void run_chunk(WorkerTape& worker_tape, int bin, int chunk, Chunks chunks, LossRef loss);
  void add_gradients(WorkerTape& worker_tape, int bin, Var loss, double weight);
  void check_reached() const;
  double add_up();
  bool finite(StepResult& result, Chunks chunks);
  void update_weights(const WeightUpdate& u);
  template <class Job>
  void share_out(std::size_t blocks, const Job& job);

  Parameters& parameters_;
  TrainerOptions options_;
  Workers& workers_;
  Optimizer optimizer_;
  FlatArray ema_, gradient_;

  int planned_ = -1;                       // the revision() of parameters_ when `plan` last ran
  std::vector<const Parameter*> trained_;  // the parameters that are not frozen
  std::vector<Block> add_blocks_, update_blocks_;
  std::vector<double> squares_;  // the sum of squares of the gradients of each of add_blocks_

  std::deque<WorkerTape> worker_tapes_;
  GradientBins bins_;
  std::vector<double> losses_;        // the loss of each chunk
  std::optional<SharedStep> shared_;  // empty: this process takes the steps alone
  bool promised_ = false;
};

}  // namespace pushforward::inline PF_REAL
