// Times sampling, and its matrix products alone: 10,000 points by 100 Euler steps, one thread.
//
// The network is an MLP of [x, t] with layer sizes 3, H, H, H, 2 and SiLU. The products are those of
// its four layers, with the biases. Sampling computes the points in chunks of 128 rows, and so do
// the products.
#include <benchmark/benchmark.h>

#include <vector>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/random_fill.h"
#include "autograd/tensor/tensor.h"
#include "flow/distributions/source.h"
#include "flow/solve/sampler.h"
#include "nn/networks/velocity.h"

namespace pushforward {
namespace {

constexpr int kPoints = 10000, kSteps = 100;

void sampling_products(benchmark::State& state) {
  Tape one_blas_thread;
  const int hidden = static_cast<int>(state.range(0));
  const std::vector<int> sizes{3, hidden, hidden, hidden, 2};
  const Chunks chunks{kPoints};
  std::vector<Tensor> values, weights, biases;
  for (std::size_t l = 0; l < sizes.size(); ++l) {
    values.emplace_back(Shape{chunks.size, sizes[l]});
    weights.emplace_back(Shape{sizes[l], l > 0 ? sizes[l - 1] : 1});
    biases.emplace_back(Shape{1, sizes[l]});
    for (Tensor* t : {&values.back(), &weights.back(), &biases.back()})
      fill_normal({}, 0, t->rows(), t->cols(), t->data());
  }
  for (auto _ : state) {
    for (int i = 0; i < chunks.count() * kSteps; ++i) {
      for (std::size_t l = 1; l < sizes.size(); ++l)
        kernels::linear(chunks.size, sizes[l], sizes[l - 1], values[l - 1].data(),
                        weights[l].data(), biases[l].data(), values[l].data());
    }
  }
}

void sampling(benchmark::State& state) {
  const int hidden = static_cast<int>(state.range(0));
  VelocityOptions network;
  network.hidden = {hidden, hidden, hidden};
  Velocity model(network);
  Parameters parameters(model);
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Workers workers(1);
  SamplerOptions options;
  options.solver.tableau = &kEuler;
  options.steps = kSteps;
  Sampler sampler([&](Var x, Var t) { return model(x, t); }, 2, options, workers);
  const GaussianSource source(2);
  Tensor out({kPoints, 2});
  for (auto _ : state) sampler.sample(source, 1, kPoints, out.data());
}

BENCHMARK(sampling_products)->Arg(64)->Arg(128)->Arg(256)->Unit(benchmark::kMillisecond);
BENCHMARK(sampling)->Arg(64)->Arg(128)->Arg(256)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pushforward

BENCHMARK_MAIN();
