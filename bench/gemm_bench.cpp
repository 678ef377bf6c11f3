// Compares the project's own matrix product with OpenBLAS, on the products of a training step on
// one thread: 128 rows x go through a layer with weights w from width H to width H.
//
// forward: y (128, H) = x w^T; inputs: dx (128, H) = dy w; weights: dw (H, H) = dy^T x. Here dx, dy
// and dw are the gradients of x, y and w. `first` and `last` are the layers from 3 to H and from H
// to 2 columns.
#include <benchmark/benchmark.h>

#include <string>

#include "autograd/tensor/blas.h"
#include "autograd/tensor/kernels.h"
#include "autograd/tensor/random_fill.h"
#include "autograd/tensor/tensor.h"

namespace pushforward {
namespace {

using Product = void (*)(bool, bool, int, int, int, kernels::Panel, kernels::Panel, real, real*,
                         int);

struct Case {
  const char* name;
  bool ta, tb;
  int m, n, k;
};

Tensor filled(int rows, int cols, std::uint32_t step) {
  Tensor t({rows, cols});
  fill_normal({.step = step}, 0, rows, cols, t.data());
  return t;
}

void multiply(benchmark::State& state, const Case& p, Product product) {
  const Tensor a = filled(p.ta ? p.k : p.m, p.ta ? p.m : p.k, 1);
  const Tensor b = filled(p.tb ? p.n : p.k, p.tb ? p.k : p.n, 2);
  Tensor c({p.m, p.n});
  for (auto _ : state) {
    product(p.ta, p.tb, p.m, p.n, p.k, {a.data(), a.shape()[1]}, {b.data(), b.shape()[1]}, 0,
            c.data(), p.n);
    benchmark::ClobberMemory();
  }
  const double flops = 2.0 * p.m * p.n * p.k;
  state.counters["GFLOPS"] = benchmark::Counter(
      flops, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
}

void add(const Case& p) {
  const std::string name = std::string(p.name) + "/" + std::to_string(p.m) + "x" +
                           std::to_string(p.n) + "x" + std::to_string(p.k);
  benchmark::RegisterBenchmark((name + "/own").c_str(), multiply, p, kernels::own_gemm);
#if PUSHFORWARD_BLAS
  benchmark::RegisterBenchmark((name + "/blas").c_str(), multiply, p, kernels::blas_gemm);
#endif
}

}  // namespace
}  // namespace pushforward

int main(int argc, char** argv) {
  using namespace pushforward;
  constexpr int rows = 128;
  for (const int h : {32, 64, 128, 256, 512, 1024}) {
    add({"forward", false, true, rows, h, h});
    add({"inputs", false, false, rows, h, h});
    add({"weights", true, false, h, h, rows});
  }
  add({"first_forward", false, true, rows, 128, 3});
  add({"first_weights", true, false, 128, 3, rows});
  add({"last_forward", false, true, rows, 2, 128});
  add({"last_inputs", false, false, rows, 128, 2});
  add({"last_weights", true, false, 2, 128, rows});
  benchmark::AddCustomContext("blas", matrix_library().core);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
