// Times the whole training step, and its matrix products alone, with the same BLAS in the same run.
// bench/mlp_training.h describes the step. A batch has 256 rows.
#include <benchmark/benchmark.h>

#include "bench/mlp_training.h"

namespace pushforward {
namespace {

constexpr int kBatch = 256;

void matrix_products(benchmark::State& state) {
  MatrixProducts products(kBatch, static_cast<int>(state.range(0)));
  for (auto _ : state) products.run();
}

void training_step(benchmark::State& state) {
  MlpTraining training(kBatch, static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  for (auto _ : state) benchmark::DoNotOptimize(training.step());
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
