// Tests that couplings by transport can be interrupted at any pass, and are as before afterwards.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "flow/coupling/ot.h"
#include "flow/coupling/partial.h"
#include "flow/coupling/unbalanced.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/evaluate.h"
#include "flow/manifold/coupling.h"
#include "flow/manifold/sources.h"
#include "flow/train/batch.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

// Asserts that a coupling stops at its first and at a later look at the flag, as often as it is
// asked to, and that it then finds the same pairs as one that was never interrupted.
void check_interruption(const Coupling& coupling, Endpoints ends, Stream stream) {
  INFO(coupling.name);
  std::vector<RowPair> whole(static_cast<std::size_t>(ends.rows)), pairs(whole);
  int looks = 0, end = -1;
  ends.interrupted = [&] { return ++looks == end; };
  coupling.pair(ends, stream, whole);
  const int all = looks;
  REQUIRE(all >= 3);
  for (const int at : {1, all / 2, all}) {
    looks = 0;
    end = at;
    CHECK_THROWS_AS(coupling.pair(ends, stream, pairs), SamplingInterrupted);
    CHECK(looks == at);
  }
  ends.interrupted = nullptr;
  coupling.pair(ends, stream, pairs);
  CHECK(pairs == whole);
}

}  // namespace

TEST_CASE("a coupling by transport stops when it is interrupted, and can be solved again") {
  const int n = 48;
  const Tensor x0 = draw_rows(GaussianSource(2), {1, Purpose::noise, 0}, n),
               x1 = draw_rows(Toy("8gaussians"), {1, Purpose::data, 0}, n);
  const Endpoints ends{n, 2, x0.data(), x1.data(), nullptr};
  const Stream stream{3, Purpose::coupling, 0};
  for (const Coupling& coupling :
       {ot_coupling(), sinkhorn_coupling({.reg = 0.01}), partial_coupling(0.8),
        unbalanced_coupling({.reg = 0.1, .mass_cost = 2}), schroedinger_bridge_coupling(0.05),
        sinkhorn_coupling({.reg = 1e-3, .max_iterations = 5}, true)})
    check_interruption(coupling, ends, stream);
  const Manifold ball = sphere(3);
  const Tensor from = draw_rows(UniformOnManifold(ball), {1, Purpose::noise, 0}, n),
               to = draw_rows(UniformOnManifold(ball), {1, Purpose::data, 0}, n);
  check_interruption(geodesic_ot_coupling(ball), {n, 3, from.data(), to.data(), nullptr}, stream);
}

TEST_CASE("a batch whose coupling was interrupted can be started again, also if it was ahead") {
  for (const bool ahead : {false, true}) {
    INFO("ahead: " << ahead);
    std::atomic<bool> stop{false};
    Problem problem{.source = std::make_shared<GaussianSource>(2),
                    .data = std::make_shared<Toy>("moons"),
                    .coupling = ot_coupling()};
    Batch plain(problem, 32, 7, false);
    problem.coupling = ot_coupling();  // of its own, since it has a workspace
    problem.interrupted = [&] { return stop.load(); };
    Batch batch(problem, 32, 7, ahead);
    Workers workers(2);
    batch.start(0, workers);
    stop = true;
    CHECK_THROWS_AS(batch.start(5, workers), SamplingInterrupted);
    stop = false;
    for (const std::uint32_t step : {5U, 6U}) {
      batch.start(step, workers);
      plain.start(step, workers);
      CHECK(std::equal(batch.pairs().begin(), batch.pairs().end(), plain.pairs().begin()));
    }
  }
}

}  // namespace pushforward::inline PF_REAL
