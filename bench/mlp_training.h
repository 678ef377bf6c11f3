// The training step of an MLP that the benchmarks time, and its matrix products alone.
//
// The network is an MLP of [x, t] with layer sizes 3, H, H, H, 2 and SiLU. A step includes all of
// training: data (moons), noise, time, coupling, path, loss, backward, clipping, AdamW and
// averaging of the weights.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/random_fill.h"
#include "flow/coupling/coupling.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"

namespace pushforward {

// The products of the four layers for `rows` rows: those of the forward pass, and those of a step,
// which also computes the gradients of weights and inputs. The first layer needs no gradient of its
// input.
class MatrixProducts {
 public:
  MatrixProducts(int rows, int hidden) : rows_(rows), sizes_{3, hidden, hidden, hidden, 2} {
    for (std::size_t l = 0; l < sizes_.size(); ++l) {
      values_.push_back(filled(rows, sizes_[l]));
      cotangents_.push_back(filled(rows, sizes_[l]));
      if (l > 0) {
        weights_.push_back(filled(sizes_[l], sizes_[l - 1]));
        gradients_.push_back(filled(sizes_[l], sizes_[l - 1]));
      }
    }
  }
  // Computes the forward pass of the first `rows` rows.
  void forward(int rows) {
    for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
      kernels::gemm(false, true, rows, sizes_[l + 1], sizes_[l], values_[l].data(),
                    weights_[l].data(), 0, values_[l + 1].data());
    }
  }
  // Computes all products of a step.
  void run() {
    forward(rows_);
    for (std::size_t l = sizes_.size() - 1; l-- > 0;) {
      kernels::gemm(true, false, sizes_[l + 1], sizes_[l], rows_, cotangents_[l + 1].data(),
                    values_[l].data(), 0, gradients_[l].data());
      if (l > 0)
        kernels::gemm(false, false, rows_, sizes_[l], sizes_[l + 1], cotangents_[l + 1].data(),
                      weights_[l].data(), 0, cotangents_[l].data());
    }
  }

 private:
  static Tensor filled(int rows, int cols) {
    Tensor t({rows, cols});
    fill_normal({}, 0, rows, cols, t.data());
    return t;
  }
  Tape one_blas_thread_;
  int rows_;
  std::vector<int> sizes_;
  std::vector<Tensor> values_, cotangents_, weights_, gradients_;
};

// A network, its data and its optimizer. `step` takes one training step.
class MlpTraining {
 public:
  // A coupling that needs the whole batch is computed ahead if there is more than one thread, as
  // the program does.
  MlpTraining(int rows, int hidden, int threads, Coupling coupling = independent_coupling())
      : rows_(rows),
        workers_(threads),
        model_(options_of(hidden)),
        parameters_(model_),
        trainer_(initialised(parameters_), {.clip_norm = 1, .ema_decay = 0.999}, workers_),
        batch_({.source = source_, .data = data_, .coupling = std::move(coupling)}, rows, kSeed,
               threads > 1) {}

  // Takes the next step and returns its loss.
  double step() {
    batch_.start(steps_++, workers_);
    return trainer_
        .step(rows_,
              [&](Tape& tape, RowRange r) {
                return cfm_loss(field_, batch_.chunk(tape, r.first, r.count));
              })
        .loss;
  }

  static constexpr std::uint64_t kSeed = 1;
  std::uint32_t steps() const { return steps_; }  // the number of steps so far
  Workers& workers() { return workers_; }
  Parameters& parameters() { return parameters_; }
  const Field& field() const { return field_; }
  const std::shared_ptr<GaussianSource>& source() const { return source_; }
  const std::shared_ptr<Toy>& data() const { return data_; }

 private:
  static VelocityOptions options_of(int hidden) {
    VelocityOptions options;
    options.hidden = {hidden, hidden, hidden};
    return options;
  }
  static Parameters& initialised(Parameters& parameters) {
    parameters.initialise({.seed = kSeed, .purpose = Purpose::init});
    return parameters;
  }

  int rows_;
  std::uint32_t steps_ = 0;
  Workers workers_;
  Velocity model_;
  Parameters parameters_;
  Trainer trainer_;
  std::shared_ptr<GaussianSource> source_ = std::make_shared<GaussianSource>(2);
  std::shared_ptr<Toy> data_ = std::make_shared<Toy>("moons");
  Batch batch_;
  Field field_ = [this](Var x, Var t) { return model_(x, t); };
};

}  // namespace pushforward
