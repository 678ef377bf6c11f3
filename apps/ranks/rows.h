// Rows that several processes share: each computes a part of them, and process 0 gets all.
//
// All processes run the same verb with the same command line. They meet several times: before and
// after each computation that is shared, and at the end. At a meeting they learn whether one of them has
// failed, and then all end; process 0 reports the error.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/formats/file_mark.h"
#include "autograd/tensor/workers.h"
#include "flow/sampling.h"
#include "nn/training/ranks.h"

namespace pushforward::app {

// An array with one entry of `bytes` bytes for each row.
struct RowArray {
  std::byte* begin;
  std::size_t bytes;
};

// Returns the array of rows of `columns` numbers that begins at `begin`.
template <class Number>
RowArray rows_at(Number* begin, std::size_t columns = 1) {
  return {reinterpret_cast<std::byte*>(begin), columns * sizeof(Number)};
}

// The cost of computing rows, and those that failed.
struct RowsSolved {
  SampleCost cost;
  RowFailures failures{};
};

class RowRanks {
 public:
  explicit RowRanks(Ranks& ranks) : ranks_(ranks) {}
  RowRanks(const RowRanks&) = delete;
  RowRanks& operator=(const RowRanks&) = delete;

  int count() const { return ranks_.count(); }
  // Returns whether this is process 0, which has all rows in the end, prints and writes files.
  bool leads() const { return ranks_.rank() == 0; }

  // Waits for the other processes. Throws the failure of the first process that has one: `mine` is that
  // of this process, or null. Also throws Failure (exit 4) if `mark`, that of the content of `what`,
  // is not the same in all processes.
  void meet(const Failure* mine = nullptr, FileMark mark = {}, const std::string& what = "");
  // Meets with the mark of a file that all processes read. A file that is missing in all is no fault.
  void meet_with_file(const std::string& path);
  // Returns whether a meeting has thrown: the others know of the failure.
  bool failed() const { return failed_; }

  // Computes the rows of `chunks`: `solve` computes those of this process, a part of the chunks, and
  // writes them to the arrays. Process 0 then has all rows in its arrays, and gets the cost of all rows.
  // Throws in all processes if `solve` throws in one.
  RowsSolved solve(Workers& workers, Chunks chunks, std::span<const RowArray> arrays,
                   const std::function<RowsSolved()>& solve);

 private:
  RowsSolved collect(Chunks chunks, std::span<const RowArray> arrays, RowsSolved mine);

  Ranks& ranks_;
  bool failed_ = false, told_ = false;
};

// Does what RowRanks::solve does, or just calls `solve` if `ranks` is null.
RowsSolved share_rows(RowRanks* ranks, Workers& workers, Chunks chunks,
                      std::vector<RowArray> arrays, const std::function<RowsSolved()>& solve);

// Returns whether this process has the rows that share_rows computes.
inline bool has_rows(const RowRanks* ranks) { return !ranks || ranks->leads(); }

// Runs a verb in the processes that mpirun has started: verb(ranks), or verb(null) if there is only this
// one. Process 0 prints, and its exit code is that of the verb. The others return 0 unless
// they fail alone. Throws the failure in process 0.
int run_in_ranks(const std::function<int(RowRanks*)>& verb);

}  // namespace pushforward::app
