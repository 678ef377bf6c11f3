// Times training steps on batches coupled by exact optimal transport.
// bench/peer_scipy_assignment.py runs it and lets scipy couple the same batches.
//
// usage: ot_step_bench B H THREADS
// For each int32 count on stdin, it takes that many steps of an MLP with layer sizes 3, H, H, H, 2
// and batches of B rows. It writes to stdout the seconds per step (float64), then x0 and x1 of each
// batch (B, 2) as float64.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "flow/coupling/ot.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"

using namespace pushforward;

namespace {

void put(const std::vector<double>& x) { std::fwrite(x.data(), sizeof(double), x.size(), stdout); }
std::vector<double> rows(const Distribution& distribution, Stream stream, int n) {
  const Tensor x = draw_rows(distribution, stream, n);
  return {x.values().begin(), x.values().end()};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: ot_step_bench B H THREADS\n");
    return 2;
  }
  const int size = std::atoi(argv[1]), hidden = std::atoi(argv[2]);
  Workers workers(std::atoi(argv[3]));
  VelocityOptions options;
  options.hidden = {hidden, hidden, hidden};
  Velocity model(options);
  Parameters parameters(model);
  parameters.initialise({.seed = 1, .purpose = Purpose::init});
  Trainer trainer(parameters, {.clip_norm = 1, .ema_decay = 0.999}, workers);
  const auto source = std::make_shared<GaussianSource>(2);
  const auto data = std::make_shared<Toy>("moons");
  Problem problem{.source = source, .data = data};
  problem.coupling = ot_coupling();
  constexpr std::uint64_t kSeed = 1;
  Batch batch(problem, size, kSeed, workers.threads() > 1);
  const Field field = [&](Var x, Var t) { return model(x, t); };

  std::uint32_t step = 0;
  for (std::int32_t count = 0; std::fread(&count, sizeof count, 1, stdin) == 1;) {
    const std::uint32_t first = step;
    const auto begin = std::chrono::steady_clock::now();
    for (int k = 0; k < count; ++k, ++step) {
      batch.start(step, workers);
      trainer.step(size, [&](Tape& tape, RowRange r) {
        return cfm_loss(field, batch.chunk(tape, r.first, r.count));
      });
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    put({took.count() / count});
    for (std::uint32_t s = first; s < step; ++s) {
      put(rows(*source, {kSeed, Purpose::noise, s}, size));
      put(rows(*data, {kSeed, Purpose::data, s}, size));
    }
    std::fflush(stdout);
  }
}
