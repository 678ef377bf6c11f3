// Tests several tapes in several threads: they share nothing, and the results are the same as in
// one thread.
#include <array>
#include <thread>
#include <vector>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"
#include "autograd/tensor/workers.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// Trains a small network on its own data for a few steps and returns the weights.
std::vector<real> train(std::uint64_t seed) {
  std::vector<real> w(2 * 8 + 8 + 8 + 1);
  fill_normal({.seed = seed, .purpose = Purpose::init}, 0, 1, static_cast<int>(w.size()), w.data());
  Tape tape;
  for (std::uint32_t step = 0; step < 30; ++step) {
    const Scope scope(tape);
    std::span<real> data;
    const Var x = tape.uninitialised({16, 2}, data);
    fill_normal({.seed = seed, .purpose = Purpose::data, .step = step}, 0, 16, 2, data.data());
    const std::array<Var, 4> p{tape.parameter(0, {8, 2}, w.data(), "w0"),
                               tape.parameter(1, {1, 8}, w.data() + 16, "b0"),
                               tape.parameter(2, {1, 8}, w.data() + 24, "w1"),
                               tape.parameter(3, {1, 1}, w.data() + 32, "b1")};
    const Var y = linear(silu(linear(x, p[0], p[1])), p[2], p[3]);
    const Var loss = mse(softmax(y) + tanh(y) + exp(real(0.1) * sin(y)), sum_cols(gelu(x)));
    std::array<Var, 4> g;
    grad(loss, tape.full({}, 1), p, g);
    std::size_t at = 0;
    for (const Var v : g) {
      for (const real d : v.values()) w[at++] -= real(0.05) * d;
    }
  }
  return w;
}

}  // namespace

TEST_CASE("threads: tapes in several threads give the same results as one after the other",
          "[threads]") {
  std::array<std::vector<real>, 4> together, alone;
  {
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < 4; ++k) threads.emplace_back([&, k] { together[k] = train(k); });
    for (std::thread& t : threads) t.join();
  }
  for (std::size_t k = 0; k < 4; ++k) {
    alone[k] = train(k);
    CHECK(together[k] == alone[k]);
  }
  CHECK(alone[0] != alone[1]);
}

TEST_CASE("threads: chunks on workers give the same bits for any number of threads", "[threads]") {
  const Chunks chunks{300, 64};
  const auto run = [&](int threads) {
    Workers workers(threads);
    std::vector<Tape> tapes(static_cast<std::size_t>(workers.threads()));
    std::vector<real> parts(static_cast<std::size_t>(chunks.count()));
    workers.run(chunks.count(), [&](int c, int worker) {
      Tape& t = tapes[static_cast<std::size_t>(worker)];
      const Scope scope(t);
      std::span<real> data;
      const int rows = chunks.rows_of(c);
      const Var x = t.uninitialised({rows, 6}, data);
      fill_normal({.seed = 1}, static_cast<std::uint32_t>(chunks.begin(c)), rows, 6, data.data());
      const Var y = sum(log_softmax(tanh(matmul(x, x, false, true))));
      parts[static_cast<std::size_t>(c)] = sum(square(grad(y, x))).item();
    });
    return parts;
  };
  const auto one = run(1);
  CHECK(run(2) == one);
  CHECK(run(4) == one);
}

TEST_CASE("threads: the list of ops is built once, whichever thread needs it first", "[threads]") {
  std::array<const Op* const*, 4> lists{};
  std::vector<std::thread> threads;
  for (auto& list : lists) threads.emplace_back([&list] { list = all_ops().data(); });
  for (std::thread& t : threads) t.join();
  for (const auto* list : lists) CHECK(list == all_ops().data());
}

}  // namespace pushforward::inline PF_REAL
