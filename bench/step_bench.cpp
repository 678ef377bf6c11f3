// Times the whole training step, and its matrix products alone, with the same BLAS in the same run.
//
// The network is an MLP of [x, t] with layer sizes 3, H, H, H, 2 and SiLU. A batch is 256 rows of
// moons. A step includes all of training: data, noise, time, path, loss, backward, clipping, AdamW
// and averaging of the weights.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/random_fill.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"

namespace pushforward {

using namespace kernels;

namespace {

constexpr int kBatch = 256;

// The matrix products of the four layers: in the forward pass, and for the gradients of weights and
// inputs. The first layer needs no gradient of its input.
struct MatrixProducts {
  explicit MatrixProducts(int hidden) : sizes{3, hidden, hidden, hidden, 2} {
    for (std::size_t l = 0; l < sizes.size(); ++l) {
      values.push_back(filled(kBatch, sizes[l]));
      cotangents.push_back(filled(kBatch, sizes[l]));
      if (l > 0) {
        weights.push_back(filled(sizes[l], sizes[l - 1]));
        gradients.push_back(filled(sizes[l], sizes[l - 1]));
      }
    }
  }
  static Tensor filled(int rows, int cols) {
    Tensor t({rows, cols});
    fill_normal({}, 0, rows, cols, t.data());
    return t;
  }
  void run() {
    for (std::size_t l = 0; l + 1 < sizes.size(); ++l) {
      gemm(false, true, kBatch, sizes[l + 1], sizes[l], values[l].data(), weights[l].data(), 0,
           values[l + 1].data());
    }
    for (std::size_t l = sizes.size() - 1; l-- > 0;) {
      gemm(true, false, sizes[l + 1], sizes[l], kBatch, cotangents[l + 1].data(), values[l].data(),
           0, gradients[l].data());
      if (l > 0)
        gemm(false, false, kBatch, sizes[l], sizes[l + 1], cotangents[l + 1].data(),
             weights[l].data(), 0, cotangents[l].data());
    }
  }
  std::vector<int> sizes;
  std::vector<Tensor> values, cotangents, weights, gradients;
};

void matrix_products(benchmark::State& state) {
  Tape one_blas_thread;
  MatrixProducts products(static_cast<int>(state.range(0)));
  for (auto _ : state) products.run();
}

void training_step(benchmark::State& state) {
  const int hidden = static_cast<int>(state.range(0));
  VelocityOptions options;
  options.hidden = {hidden, hidden, hidden};
  Velocity model(options);
  Parameters parameters(model);
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Workers workers(static_cast<int>(state.range(1)));
  TrainerOptions training;
  training.clip_norm = 1;
  training.ema_decay = 0.999;
  Trainer trainer(parameters, training, workers);
  Problem problem;
  problem.source = std::make_shared<GaussianSource>(2);
  problem.data = std::make_shared<Toy>("moons");
  Batch batch(problem, kBatch, 1);
  const Field field = [&](Var x, Var t) { return model(x, t); };
  std::uint32_t step = 0;
  for (auto _ : state) {
    batch.start(step++, workers);
    const StepResult result = trainer.step(kBatch, [&](Tape& tape, RowRange rows) {
      return cfm_loss(field, batch.chunk(tape, rows.first, rows.count));
    });
    benchmark::DoNotOptimize(result.loss);
  }
}

void sizes(benchmark::internal::Benchmark* b) {
  for (int hidden : {64, 128, 256, 512}) b->Arg(hidden);
}
void sizes_and_threads(benchmark::internal::Benchmark* b) {
  for (int hidden : {64, 128, 256, 512}) {
    for (int threads : {1, 2}) b->Args({hidden, threads});
  }
}

BENCHMARK(matrix_products)->Apply(sizes)->UseRealTime();
BENCHMARK(training_step)->Apply(sizes_and_threads)->UseRealTime();

}  // namespace
}  // namespace pushforward

BENCHMARK_MAIN();
