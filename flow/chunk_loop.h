// The loop of all samplers and evaluations: several threads process chunks (ranges of rows), each
// thread with a workspace of its own. The loop adds up the costs and the failed rows of all
// threads.
//
// The bits of a row's result do not depend on the number of threads, because the size of the chunks
// does not.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/field.h"
#include "flow/interruption.h"
#include "flow/sampling.h"

namespace pushforward {

// The options of samplers and likelihoods inherit this as well: the label of each row.
struct RowRequest : Interruption {
  // Returns the label of a row: its class, 0 .. classes - 1, its row of a table of conditions
  // (flow/conditions.h), or kNoLabel. It may be empty if rows have no labels. It is called from any
  // thread. A sampler calls it for all rows of a chunk, so the function must accept any row number,
  // also beyond the last row that is wanted.
  std::function<int(int row)> label_of{};

  // Fills `labels` with the labels of rows first, first + 1, ... and returns them. Without
  // label_of, `labels` must be empty.
  Labels labels_of(int first, std::vector<int>& labels) const {
    for (std::size_t r = 0; r < labels.size(); ++r)
      labels[r] = label_of(first + static_cast<int>(r));
    return labels;
  }
};

// The cost of the rows that a thread has processed so far, and the rows that failed. Workspaces
// that count them inherit this struct.
struct RowTotals {
  SampleCost cost;
  RowFailures failures;
};

template <class Workspace>
class ChunkLoop {
 public:
  // The workers must outlive the loop.
  ChunkLoop(Workers& workers, int chunk_rows) : workers_(workers), chunk_rows_(chunk_rows) {}

  // Makes a workspace from these arguments for each thread.
  template <class... Arguments>
  void make(const Arguments&... arguments) {
    for (int w = 0; w < workers_.threads(); ++w) workspaces_.emplace_back(arguments...);
  }

  // Calls work(workspace, first, rows) for each chunk of n rows that is in the workers' part. With
  // another part than all, the results of the other rows are left as they are.
  template <class Work>
  void each(int n, const Work& work) {
    const Chunks chunks{n, chunk_rows_};
    const int from = workers_.part().first(chunks.count()),
              to = workers_.part().last(chunks.count());
    workers_.run(to - from, [&](int i, int worker) {
      work(workspaces_[static_cast<std::size_t>(worker)], chunks.begin(from + i),
           chunks.rows_of(from + i));
    });
  }
  // Does the same with totals that begin at 0, and returns the sum of the totals of all threads.
  template <class Work>
  RowTotals count(int n, const Work& work) {
    for (RowTotals& totals : workspaces_) totals = {};
    each(n, work);
    RowTotals sum;
    for (const RowTotals& totals : workspaces_) {
      sum.cost.add(totals.cost);
      sum.failures.add(totals.failures);
    }
    return sum;
  }
  std::deque<Workspace>& workspaces() { return workspaces_; }

 private:
  Workers& workers_;
  int chunk_rows_;
  std::deque<Workspace> workspaces_;
};

}  // namespace pushforward
