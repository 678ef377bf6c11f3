// Times training steps of a transformer over tokens, and their matrix products alone, in turn.
// scripts/compare runs it and lets PyTorch take the same step (bench/peers/torch_tokens.py).
//
// usage: token_step_bench WIDTH BLOCKS LENGTH BATCH THREADS
// For each int32 count on stdin, it takes that many steps (data, masks, cross-entropy, backward,
// clipping, AdamW, averaging of the weights) and that many rounds of the products. It writes to
// stdout the seconds of one step and of one round (float64).
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/random_fill.h"
#include "flow/discrete/loss.h"
#include "nn/networks/token_network.h"
#include "nn/training/trainer.h"

using namespace pushforward;

namespace {

constexpr int kVocabulary = 32, kHeads = 4, kChunk = 16;  // kChunk: sequences per tape

double measure_seconds(int count, const std::function<void()>& once) {
  const auto begin = std::chrono::steady_clock::now();
  for (int k = 0; k < count; ++k) once();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return took.count() / count;
}

// Computes the product y (m, n) = x (m, k) w (n, k)^T and its two gradients, `count` times.
struct MatrixProduct {
  MatrixProduct(int its_count, int its_m, int its_n, int its_k)
      : count(its_count),
        m(its_m),
        n(its_n),
        k(its_k),
        x(filled(m, k)),
        w(filled(n, k)),
        y({m, n}),
        dx({m, k}),
        dw({n, k}) {}
  static Tensor filled(int rows, int cols) {
    Tensor t({rows, cols});
    fill_normal({}, 0, rows, cols, t.data());
    return t;
  }
  void run() {
    for (int c = 0; c < count; ++c) {
      kernels::gemm(false, true, m, n, k, x.data(), w.data(), 0, y.data());
      kernels::gemm(true, false, n, k, m, y.data(), x.data(), 0, dw.data());
      kernels::gemm(false, false, m, k, n, y.data(), w.data(), 0, dx.data());
    }
  }
  int count, m, n, k;
  Tensor x, w, y, dx, dw;
};

std::vector<MatrixProduct> products(int width, int blocks, int length, int batch) {
  const int rows = batch * length, pairs = blocks * batch * kHeads, columns = width / kHeads;
  std::vector<MatrixProduct> all;
  for (const auto& [n, k] : {std::pair{3 * width, width},  // queries, keys and values
                             {width, width},               // attention output
                             {4 * width, width},
                             {width, 4 * width}})
    all.emplace_back(blocks, rows, n, k);
  all.emplace_back(blocks, batch, 6 * width, width);  // modulation
  all.emplace_back(pairs, length, length, columns);   // attention scores
  all.emplace_back(pairs, length, columns, length);   // attention values
  all.emplace_back(1, rows, kVocabulary, width);
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: token_step_bench WIDTH BLOCKS LENGTH BATCH THREADS\n");
    return 2;
  }
  TokenOptions options;
  options.kind = TokenNetworkKind::transformer;
  options.width = std::atoi(argv[1]);
  options.blocks = std::atoi(argv[2]);
  options.heads = kHeads;
  options.length = std::atoi(argv[3]);
  options.vocabulary = kVocabulary;
  options.states = kVocabulary + 1;
  const int batch_rows = std::atoi(argv[4]);
  Workers workers(std::atoi(argv[5]));
  TokenNetwork network(options);
  Parameters parameters(network);
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Trainer trainer(parameters, {.clip_norm = 1, .ema_decay = 0.999, .chunk = kChunk}, workers);
  TokenProblem problem;
  problem.data = std::make_shared<UniformTokens>(options.length, kVocabulary);
  TokenBatch batch(problem, batch_rows, 1);
  const TokenPath path = problem.path();
  const Posterior posterior = [&](std::span<const int> x, Var t, Labels) { return network(x, t); };
  std::vector<MatrixProduct> alone =
      products(options.width, options.blocks, options.length, batch_rows);

  std::uint32_t step = 0;
  for (std::int32_t count = 0; std::fread(&count, sizeof count, 1, stdin) == 1;) {
    const double steps = measure_seconds(count, [&] {
      batch.start(step++);
      trainer.step(batch_rows, [&](Tape& tape, RowRange r) {
        return cross_entropy_loss(posterior, path, batch.chunk(tape, r.first, r.count));
      });
    });
    const double multiplied = measure_seconds(count, [&] {
      for (MatrixProduct& product : alone) product.run();
    });
    const double out[] = {steps, multiplied};
    std::fwrite(out, sizeof(double), 2, stdout);
    std::fflush(stdout);
  }
}
