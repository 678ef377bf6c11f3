// Tests rows that several processes share. Threads take the place of the processes.
#include "apps/ranks/rows.h"

#include <optional>
#include <stdexcept>

#include "flow/chunk_loop.h"
#include "tests/tools/catch.h"
#include "tests/tools/thread_ranks.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

struct Counter : RowTotals {};

// Computes two arrays, k^2 and (k, -k) for row k of n, with one failed row in each chunk of 10.
struct Squares {
  std::vector<double> squares, pairs;
  RowsSolved solved;
  int computed = 0;  // rows that this process has computed

  Squares(RowRanks* ranks, int n, int faulty = -1)
      : squares(std::size_t(n)), pairs(2 * squares.size()) {
    Workers workers(2);
    ChunkLoop<Counter> loop(workers, 10);
    loop.make();
    solved = share_rows(
        ranks, workers, {n, 10}, {rows_at(squares.data()), rows_at(pairs.data(), 2)}, [&] {
          const RowTotals totals = loop.count(n, [&](Counter& counter, int first, int rows) {
            for (int k = first; k < first + rows; ++k) {
              if (k == faulty)
                throw std::invalid_argument("row " + std::to_string(k) + " is faulty");
              squares[std::size_t(k)] = k * k;
              pairs[2 * std::size_t(k)] = k;
              pairs[2 * std::size_t(k) + 1] = -k;
              counter.cost.add(RowCost{k, 1, 0});
            }
            counter.failures.add({1, first + 3, "row " + std::to_string(first + 3)});
          });
          computed = static_cast<int>(totals.cost.rows);
          return RowsSolved{totals.cost, totals.failures};
        });
  }
};

// What went wrong in each process, or "".
std::vector<std::string> failures_of(int count, const std::function<void(RowRanks&)>& work) {
  std::vector<std::string> texts(static_cast<std::size_t>(count));
  run_in_threads(count, [&](ThreadRanks& group) {
    RowRanks ranks(group);
    std::string& text = texts[static_cast<std::size_t>(group.rank())];
    try {
      work(ranks);
    } catch (const Failure& failure) {
      text = failure.what();
      if (!ranks.failed()) text += " (the others do not know)";
    }
  });
  return texts;
}

}  // namespace

TEST_CASE("process 0 gets the rows of all processes, their costs and their failures") {
  for (const int n : {7, 95, 400}) {
    const Squares alone(nullptr, n);
    REQUIRE(alone.computed == n);
    for (const int count : {1, 2, 4, 12}) {
      CAPTURE(n, count);
      std::vector<std::optional<Squares>> found(static_cast<std::size_t>(count));
      run_in_threads(count, [&](ThreadRanks& group) {
        RowRanks ranks(group);
        found[static_cast<std::size_t>(group.rank())].emplace(&ranks, n);
      });
      CHECK(found[0]->squares == alone.squares);
      CHECK(found[0]->pairs == alone.pairs);
      CHECK(found[0]->solved.cost.evaluations == alone.solved.cost.evaluations);
      CHECK(found[0]->solved.cost.max_evaluations == alone.solved.cost.max_evaluations);
      CHECK(found[0]->solved.failures.count == alone.solved.failures.count);
      CHECK(found[0]->solved.failures.why == "row 3");
      // Each row is computed once, and no process has more than its share of the chunks.
      int computed = 0;
      for (const auto& of : found) {
        CHECK(of->computed <= ((n + 9) / 10 + count - 1) / count * 10);
        computed += of->computed;
      }
      CHECK(computed == n);
    }
  }
}

TEST_CASE("a failure in one process ends all, with the text of the first that failed") {
  for (const std::string& text : failures_of(4, [](RowRanks& ranks) { Squares(&ranks, 95, 60); }))
    CHECK(text == "row 60 is faulty\n   (in process 2)");
  for (const std::string& text : failures_of(3, [](RowRanks& ranks) { Squares(&ranks, 95, 2); }))
    CHECK(text == "row 2 is faulty");
  // A process that fails before the rows are computed meets the others, which are about to begin.
  const auto texts = failures_of(3, [](RowRanks& ranks) {
    const Failure full(Exit::file, "[file] the disk is full");
    if (ranks.leads()) ranks.meet(&full);
    Squares(&ranks, 95);
  });
  for (const std::string& text : texts) CHECK(text == "[file] the disk is full");
}

TEST_CASE("processes that read different files fail") {
  const auto texts = failures_of(3, [](RowRanks& ranks) {
    ranks.meet(nullptr, {5, 7}, "a.npy");
    ranks.meet(nullptr, {5, ranks.leads() ? 8u : 9u}, "b.npy");
  });
  for (const std::string& text : texts)
    CHECK(text ==
          "[mpi] process 1 reads another b.npy than process 0; give all machines the same files");
}
