// A training batch, drawn chunk by chunk: source and data rows, their coupling, times, and the path
// between them.
//
// Row k of step s depends on (seed, s, k) alone: noise, data and time have a stream each, so chunks
// and threads change nothing.
#pragma once

#include <vector>

#include "autograd/workers.h"
#include "flow/coupling.h"
#include "flow/distribution.h"
#include "flow/path.h"
#include "flow/time_law.h"

namespace pushforward::inline PF_REAL {

// What a flow is trained to do: from which source, to which data, along which path.
struct Problem {
  DistributionPtr source, data;
  Scheduler scheduler = cond_ot();
  Coupling coupling = independent_coupling();
  TimeLaw time = uniform_time;
};

// Batches of one problem; after construction it allocates nothing.
class Batch {
 public:
  // Fails unless source and data have the same dimension.
  Batch(Problem problem, int rows, std::uint64_t seed);

  int rows() const { return rows_; }
  int dim() const { return problem_.data->dim(); }
  const Problem& problem() const { return problem_; }

  // Goes to the batch of training step `step`. A coupling that looks at the whole batch is worked
  // out here.
  void start(std::uint32_t step, Workers& workers);

  // Rows first .. first + rows - 1 of the batch on the tape. Each row is asked for once a step;
  // chunks may be asked for in several threads at a time.
  PathSample chunk(Tape& tape, int first, int rows);

  // Of the rows of the last chunks asked for: the label of row k's data row.
  int label(int k) const { return labels_[static_cast<std::size_t>(pairs_[k].data)]; }
  std::span<const Pair> pairs() const { return pairs_; }

 private:
  void draw_ends(int first, int rows);
  Stream stream(Purpose purpose) const { return {seed_, purpose, step_}; }

  Problem problem_;
  int rows_;
  std::uint64_t seed_;
  std::uint32_t step_ = 0;
  AlignedVector<real> x0_, x1_;
  std::vector<int> labels_;
  std::vector<Pair> pairs_;
};

}  // namespace pushforward::inline PF_REAL
