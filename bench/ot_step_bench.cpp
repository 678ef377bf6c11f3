// Times training steps on batches coupled by exact optimal transport.
// bench/peer_scipy_assignment.py runs it and lets scipy couple the same batches.
//
// usage: ot_step_bench B H THREADS
// For each int32 count on stdin, it takes that many steps (bench/mlp_training.h) of a network of
// width H and batches of B rows. It writes to stdout the seconds per step (float64), then x0 and x1
// of each batch (B, 2) as float64.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/mlp_training.h"
#include "flow/coupling/ot.h"

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
  const int size = std::atoi(argv[1]);
  MlpTraining training(size, std::atoi(argv[2]), std::atoi(argv[3]), ot_coupling());
  for (std::int32_t count = 0; std::fread(&count, sizeof count, 1, stdin) == 1;) {
    const std::uint32_t first = training.steps();
    const auto begin = std::chrono::steady_clock::now();
    for (int k = 0; k < count; ++k) training.step();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    put({took.count() / count});
    for (std::uint32_t s = first; s < training.steps(); ++s) {
      put(rows(*training.source(), {MlpTraining::kSeed, Purpose::noise, s}, size));
      put(rows(*training.data(), {MlpTraining::kSeed, Purpose::data, s}, size));
    }
    std::fflush(stdout);
  }
}
