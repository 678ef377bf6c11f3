// Tests that a training shared by several processes has the same bits as one process. Threads take the
// place of the processes.
#include "nn/training/shared_step.h"

#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "nn/networks/velocity.h"
#include "nn/training/trainer.h"
#include "tests/nn/check.h"

namespace pushforward::inline PF_REAL {
namespace {

// The messages between threads: a queue for each sender and receiver.
class Post {
 public:
  void send(int from, int to, std::span<const std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    queues_[{from, to}].emplace_back(bytes.begin(), bytes.end());
    arrived_.notify_all();
  }
  void receive(int from, int to, std::span<std::byte> bytes) {
    std::unique_lock lock(mutex_);
    auto& queue = queues_[{from, to}];
    arrived_.wait(lock, [&] { return !queue.empty(); });
    if (queue.front().size() != bytes.size()) throw std::logic_error("sizes differ");
    std::memcpy(bytes.data(), queue.front().data(), bytes.size());
    queue.pop_front();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::pair<int, int>, std::deque<std::vector<std::byte>>> queues_;
};

class ThreadRanks : public Ranks {
 public:
  ThreadRanks(Post& post, int rank, int count) : post_(post), rank_(rank), count_(count) {}
  int rank() const override { return rank_; }
  int count() const override { return count_; }
  void send(int to, std::span<const std::byte> bytes) override { post_.send(rank_, to, bytes); }
  void receive(int from, std::span<std::byte> bytes) override { post_.receive(from, rank_, bytes); }
  void broadcast(int from, std::span<std::byte> bytes) override {
    if (rank_ != from) return receive(from, bytes);
    for (int to = 0; to < count_; ++to)
      if (to != from) send(to, bytes);
  }
  void exchange(std::span<const std::byte> outgoing, std::span<const std::size_t> out_sizes,
                std::span<std::byte> incoming, std::span<const std::size_t> in_sizes) override {
    ++messages;
    std::size_t at = 0;
    for (int to = 0; to < count_; at += out_sizes[static_cast<std::size_t>(to++)])
      send(to, outgoing.subspan(at, out_sizes[static_cast<std::size_t>(to)]));
    expect_size(at, outgoing.size());
    at = 0;
    for (int from = 0; from < count_; at += in_sizes[static_cast<std::size_t>(from++)])
      receive(from, incoming.subspan(at, in_sizes[static_cast<std::size_t>(from)]));
    expect_size(at, incoming.size());
  }
  void gather(std::span<std::byte> all, std::span<const std::size_t> sizes) override {
    ++messages;
    std::size_t at = 0;
    for (int from = 0; from < count_; at += sizes[static_cast<std::size_t>(from++)])
      broadcast(from, all.subspan(at, sizes[static_cast<std::size_t>(from)]));
    expect_size(at, all.size());
  }

  int messages = 0;  // calls of exchange and gather

 private:
  // Catch2's checks are not for several threads at a time.
  static void expect_size(std::size_t size, std::size_t wanted) {
    if (size != wanted) throw std::logic_error("sizes differ");
  }

  Post& post_;
  int rank_, count_;
};

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
  Post post;
  const auto n = static_cast<std::size_t>(count);
  Shared all{std::vector<Trained>(n), std::vector<int>(n)};
  std::vector<std::thread> processes;
  for (int rank = 0; rank < count; ++rank) {
    processes.emplace_back([&, rank] {
      ThreadRanks ranks(post, rank, count);
      const auto at = static_cast<std::size_t>(rank);
      all.trained[at] = train(&ranks, 1 + rank % 2, rows, round);
      all.messages[at] = ranks.messages;
    });
  }
  for (std::thread& process : processes) process.join();
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
