// A training batch, drawn in chunks: source and data rows, their coupling, times, and the path.
//
// Row k of step s depends only on (seed, s, k). Noise, data and time have separate random streams,
// so the results do not depend on the division into chunks (ranges of rows) or on threads.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "autograd/tensor/workers.h"
#include "flow/conditions.h"
#include "flow/coupling/coupling.h"
#include "flow/distributions/distribution.h"
#include "flow/manifold/manifold.h"
#include "flow/path/path.h"
#include "flow/train/background.h"
#include "flow/train/time_distribution.h"

namespace pushforward::inline PF_REAL {

// A training problem: its source, data and path. Give source and data as values, {.source =
// GaussianSource(2), .data = Toy("moons")}, or as shared pointers. Batch fails on parts that do not
// fit together.
struct Problem {
  // The distributions of x0 and x1. Both are required, and must have the same dimension.
  DistributionPtr source{}, data{};

  // The path from x0 to x1. The default has straight lines of constant velocity.
  Scheduler scheduler = cond_ot();

  // How source rows and data rows are paired. The default pairs at random and costs nothing.
  // Optimal transport within the batch (flow/coupling/ot.h) makes paths straighter. Its cost grows
  // at least with the square of the rows of a batch; by default, Batch computes it ahead on another
  // thread.
  Coupling coupling = independent_coupling();

  // The distribution of the times of training. A distribution that is not uniform can have more
  // times at which the velocity is hard to learn. All distributions cost the same.
  TimeDistribution time = uniform_time();

  // The manifold of source and data; null is flat space. On a manifold the path is the geodesic from
  // x0 to x1 at constant speed. The scheduler must be cond_ot without sigma_min, and there can be no
  // noise. The coupling should be one for this manifold (flow/manifold/coupling.h).
  ManifoldPtr manifold{};

  // Noise that is added on the path. The default adds none.
  PathNoise noise{};

  // If true, path samples have the labels of their data rows, which must have classes or be
  // `numbered`. Set it for a conditional model.
  bool labelled = false;

  // If true, the label of a data row is not its class, but its number in the finite set that `data`
  // draws from, plus first_row: a row of a table of conditions (flow/conditions.h). Set it, with
  // `labelled`, for a model that is given numbers. It needs a finite set.
  bool numbered = false;

  // The row of the table of conditions that belongs to the first row of the data, at least 0. Only
  // `numbered` uses it.
  int first_row = 0;

  // The conditions of the rows by their numbers, for couplings whose cost depends on them
  // (ConditionCosts); null otherwise. They need `numbered`.
  ConditionTablePtr conditions{};

  // The probability, 0 to 1, with which each row's label is dropped, so that the model learns both
  // the conditional and the unconditional field (Ho, Salimans 2022). Guidance needs it above 0; 0.1
  // is a usual value.
  double label_dropout = 0;

  // Called from any thread while a coupling solves transport, which may take long. If it returns
  // true, Batch::start throws SamplingInterrupted; it can be called again for the same step. It may
  // be empty.
  std::function<bool()> interrupted{};
};

// The batches of one problem. Nothing is allocated after construction.
class Batch {
 public:
  // Throws unless source and data have the same dimension. Also throws if the coupling pairs the
  // rows of sets that are not finite or differ in size, if labels are requested of data without
  // classes, if rows are to be numbered that are not those of a finite set, if conditions are given
  // and rows are not numbered, and if label_dropout is not a probability. `ahead` applies to couplings that need the
  // whole batch: the next step's batch is drawn on another thread during the current step.
  Batch(Problem problem, int rows, std::uint64_t seed, bool ahead = true);

  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  int rows() const { return rows_; }
  int dim() const { return problem_.data->dim(); }
  const Problem& problem() const { return problem_; }

  // Moves to the batch of training step `step`. A coupling that needs the whole batch is computed
  // here, unless it was computed ahead. Rethrows what the coupling throws, and throws if the
  // coupling returns a pair of rows that the batch does not have.
  void start(std::uint32_t step, Workers& workers);

  // Writes rows first .. first + rows - 1 of the batch to the tape. Request each row once per step.
  // Several threads may request chunks at the same time. Throws if the batch does not have these
  // rows, and before the first start() if the coupling needs the whole batch.
  PathSample chunk(Tape& tape, int first, int rows);

  // Returns the label of row k's data row, for rows whose chunk was requested. Throws if the batch
  // does not have row k.
  int label(int k) const {
    detail::check(k >= 0 && k < rows_, "batch", "row ", k, " of a batch of ", rows_);
    return now_.labels[static_cast<std::size_t>(now_.pairs[k].data)];
  }
  std::span<const RowPair> pairs() const { return now_.pairs; }

 private:
  // The endpoints of a step's rows, and their pairs.
  struct Ends {
    std::uint32_t step = 0;
    AlignedVector<real> x0, x1, conditions;
    std::vector<int> labels;
    std::vector<RowPair> pairs;
    void make_room(int rows, int dim, int condition_columns);
  };

  void draw(Ends& ends, int first, int rows) const;
  void couple(Ends& ends) const;
  Labels labels_of(int first, int rows);
  Stream stream(Purpose purpose, std::uint32_t step) const { return {seed_, purpose, step}; }

  Problem problem_;
  int rows_;
  std::uint64_t seed_;
  Ends now_, next_;
  bool next_begun_ = false, coupled_ = false;
  std::vector<int> shown_;                // the labels of the path samples
  std::unique_ptr<BackgroundJob> ahead_;  // draws the next batch into next_
};

}  // namespace pushforward::inline PF_REAL
