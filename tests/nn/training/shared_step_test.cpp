// Tests that a training shared by several processes has the same bits as one process. Threads take the
// place of the processes.
#include "nn/training/shared_step.h"

#include <stdexcept>
#include <vector>

#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"
#include "tests/nn/check.h"
#include "tests/tools/thread_ranks.h"

namespace pushforward::inline PF_REAL {
namespace {

// The state after a training, and the loss and norm of its last step.
struct Trained {
  std::vector<double> values, average;
  double loss = 0, norm = 0;
  bool operator==(const Trained&) const = default;
};

constexpr std::uint32_t kSteps = 5;

// Trains a small network for some steps, on a loss that leaves out a parameter in some chunks.
Trained train(Ranks* ranks, int threads, int rows, std::size_t round = SharedStep::kRound) {
  Velocity net({.hidden = {16, 200}});  // more than one block of numbers: 3 x 16, 16 x 200, 200 x 2
  Parameters parameters(net);
  parameters.initialise({4, Purpose::init});
  Workers workers(threads);
  TrainerOptions options{.optimizer = {.kind = OptimizerKind::adamw, .lr = 5e-3}, .clip_norm = 1};
  options.ema_decay = 0.9;
  options.chunk = 8;
  Trainer trainer(parameters, options, workers);
  if (ranks) trainer.share_steps(*ranks, round);
  StepResult result;
  for (std::uint32_t step = 0; step < kSteps; ++step) {
    // Process 0 promises every second step, and the others learn of it.
    trainer.promise_step(ranks && ranks->rank() == 0 && step % 2 == 0);
    result = trainer.step(rows, [&](Tape& tape, RowRange part) {
      const auto first = static_cast<std::uint32_t>(part.first);
      std::span<real> x, t;
      const Var vx = tape.uninitialised({part.count, 2}, x);
      const Var vt = tape.uninitialised({part.count, 1}, t);
      fill_normal({11, Purpose::noise, step}, first, part.count, 2, x.data());
      fill_uniform({11, Purpose::time, step}, first, part.count, 1, t.data());
      // The chunk of rows 8 to 15 has no gradient at all.
      const Var y = part.first == 8 ? vx : net(vx, vt);
      return mse(y, tape.full(y.shape(), real(0.5)));
    });
    if (result.status != StepStatus::ok) throw std::logic_error("a step failed");
    if (trainer.step_promised() != (ranks && step % 2 == 0))
      throw std::logic_error("a promise was lost");
  }
  return {doubles(parameters.values()), doubles(trainer.ema()), result.loss, result.grad_norm};
}

// The results of a training in `count` processes, and the messages of each.
struct Shared {
  std::vector<Trained> trained;
  std::vector<int> messages;
};
Shared train_shared(int count, int rows, std::size_t round = SharedStep::kRound) {
  const auto n = static_cast<std::size_t>(count);
  Shared all{std::vector<Trained>(n), std::vector<int>(n)};
  run_in_threads(count, [&](ThreadRanks& ranks) {
    const auto at = static_cast<std::size_t>(ranks.rank());
    all.trained[at] = train(&ranks, 1 + ranks.rank() % 2, rows, round);
    all.messages[at] = ranks.messages;
  });
  return all;
}

TEST_CASE("shared steps: any number of processes gives the bits of one, with two messages a step") {
  // Rows of 1 chunk, of fewer chunks than processes, of one for each bin, and of several in a bin.
  for (const int rows : {5, 20, 8 * 16, 8 * 37 + 3}) {
    const Trained alone = train(nullptr, 1, rows);
    for (const int count : {1, 2, 3, 4, 7, 17}) {
      CAPTURE(rows, count);
      const Shared shared = train_shared(count, rows);
      for (const Trained& of_rank : shared.trained) CHECK(of_rank == alone);
      for (const int messages : shared.messages) CHECK(messages == 2 * int(kSteps));
    }
  }
}

TEST_CASE("shared steps: a large model is exchanged in rounds, with the same bits") {
  // The network has 3 x 16 + 16, 16 x 200 + 200 and 200 x 2 + 2 numbers.
  constexpr int kNumbers = 64 + 3400 + 402, kRound = 1000;
  const Trained alone = train(nullptr, 1, 8 * 37 + 3);
  for (const int count : {2, 3, 7}) {
    CAPTURE(count);
    const Shared shared = train_shared(count, 8 * 37 + 3, kRound);
    for (const Trained& of_rank : shared.trained) CHECK(of_rank == alone);
    for (const int messages : shared.messages)
      CHECK(messages == 2 * int(kSteps) * ((kNumbers + kRound - 1) / kRound));
  }
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
