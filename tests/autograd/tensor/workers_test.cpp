// Tests Workers, a pool of threads: a call of run executes each job once and throws the exception
// of the failed job with the lowest index. Many short calls in succession work too.
#include "autograd/tensor/workers.h"

#include <atomic>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/no_threads.h"

namespace pushforward {

TEST_CASE("if the system refuses a thread, an error says so and the other threads end",
          "[workers]") {
  if (!NoThreads::possible) return;
  const NoThreads limit;
  CHECK_THROWS_WITH(Workers(64), Contains("[workers] the system refuses thread ") &&
                                     Contains(" of 64 (Resource temporarily unavailable") &&
                                     Contains("); ask for at most ") && Contains(" (--threads "));
  CHECK_NOTHROW(Workers(1));
}

TEST_CASE("a number of threads below 0 is refused", "[workers]") {
  for (const int threads : {-1, -7})
    CHECK_THROWS_WITH(Workers(threads), "[workers] " + std::to_string(threads) +
                                            " threads; give 1 or more, or 0 for all there are");
}

TEST_CASE("threads: every job runs exactly once for any number of threads", "[workers][threads]") {
  for (const int threads : {1, 2, 3, 7}) {
    Workers workers(threads);
    CHECK(workers.threads() == threads);
    for (const int count : {0, 1, 2, 5, 100, 1000}) {
      std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
      std::atomic<bool> in_range{true};
      workers.run(count, [&](int index, int worker) {
        ++done[static_cast<std::size_t>(index)];
        if (worker < 0 || worker >= threads) in_range = false;
      });
      CHECK(in_range);
      for (const auto& d : done) {
        if (d != 1) CHECK(d == 1);
      }
    }
  }
}

TEST_CASE("threads: each of 4,000 short rounds sees the results of the round before",
          "[workers][threads]") {
  Workers workers(3);
  std::vector<long> sums(8, 0);
  long want = 0;
  for (int round = 0; round < 4000; ++round) {
    // No atomics are needed: each index has its own element, and calls of run do not overlap.
    workers.run(8, [&](int index, int) { sums[static_cast<std::size_t>(index)] += round + index; });
    want += 8L * round + 28;
  }
  CHECK(std::accumulate(sums.begin(), sums.end(), 0L) == want);
}

TEST_CASE("threads: sleeping workers wake up for the next round", "[workers][threads]") {
  Workers workers(2);
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    std::atomic<int> done{0};
    workers.run(10, [&](int, int) { ++done; });
    CHECK(done == 10);
  }
}

TEST_CASE("threads: the exception of the lowest index is thrown after all jobs have ended",
          "[workers][threads]") {
  for (const int threads : {1, 2, 4}) {
    Workers workers(threads);
    for (int round = 0; round < 50; ++round) {
      std::atomic<int> done{0};
      const auto job = [&](int index, int) {
        ++done;
        if (index % 7 == 3) throw std::runtime_error("job " + std::to_string(index));
      };
      CHECK_THROWS_WITH(workers.run(40, job), "job 3");
      CHECK(done == 40);
      // After the exception, the next call of run works normally.
      std::atomic<int> good{0};
      workers.run(5, [&](int, int) { ++good; });
      CHECK(good == 5);
    }
  }
}

TEST_CASE("threads: workers without a job end cleanly, and 0 means all cores",
          "[workers][threads]") {
  { const Workers idle(4); }
  CHECK(available_threads() >= 1);
  const Workers all(0);
  CHECK(all.threads() == available_threads());
}

TEST_CASE("chunks divide rows in the same way for any number of threads", "[workers]") {
  const auto cut = [](int rows, int size) {
    const Chunks chunks{rows, size};
    std::vector<int> out;
    int next = 0;
    for (int c = 0; c < chunks.count(); ++c) {
      CHECK(chunks.begin(c) == next);
      out.push_back(chunks.rows_of(c));
      next += chunks.rows_of(c);
    }
    CHECK(next == rows);
    return out;
  };
  CHECK(cut(0, 128).empty());
  CHECK(cut(1, 128) == std::vector<int>{1});
  CHECK(cut(128, 128) == std::vector<int>{128});
  CHECK(cut(129, 128) == std::vector<int>{128, 1});
  CHECK(cut(300, 128) == std::vector<int>{128, 128, 44});
}

}  // namespace pushforward
