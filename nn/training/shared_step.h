// A training step that several processes share. Its result has the same bits as in one process.
//
// Each process computes the gradients of some bins (nn/training/gradient_bins.h), a range of them.
// The sum over all bins goes through the processes in their order: each receives the sum over
// the bins before its own, adds its own in their order, and sends the sum on. So the numbers are added
// in the same order as in one process. The last process then gives the whole sum to the others.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "nn/flat_array.h"
#include "nn/training/gradient_bins.h"
#include "nn/training/ranks.h"

namespace pushforward::inline PF_REAL {

class SharedStep {
 public:
  // Bins [first, last).
  struct BinRange {
    int first = 0, last = 0;
  };

  // Stores a reference to the group. `block` is the largest number of elements of an `add_up`.
  SharedStep(Ranks& ranks, std::size_t block);

  // Returns the bins of this process if there are `bins` in all. A process has none if there are
  // fewer bins than processes.
  BinRange own(int bins) const { return of(ranks_->rank(), bins); }

  // Sets the losses of all chunks, of which each process knows those of its bins, and stores which
  // processes have a gradient of which of `trained` parameters. Chunk c belongs to bin c mod bins.
  void exchange(std::span<double> losses, const GradientBins& bins, std::size_t trained);

  // Returns whether a process has a gradient of trained parameter k.
  bool reached(std::size_t k) const { return last_[k] >= 0; }

  // Adds this process's gradients of numbers [begin, begin + count) of trained parameter k to the sum
  // that comes from the processes before it, and sends the sum on. All processes call it for the same
  // numbers in the same order.
  void add_own(GradientBins& bins, std::size_t k, std::size_t begin, std::size_t count,
               real* total);
  // Sets `total` to the whole sum. All processes call it after add_own.
  void spread(std::size_t k, std::size_t count, real* total);

 private:
  BinRange of(int rank, int bins) const {
    const int n = ranks_->count();
    return {bins * rank / n, bins * (rank + 1) / n};
  }

  Ranks* ranks_;
  std::vector<std::byte> mine_, all_;
  FlatArray before_;  // the sum that comes from the processes before this one
  // For each trained parameter: the processes with a gradient that are nearest before and after this
  // one (-1 if there is none), whether this one has a gradient, and the last process that has one.
  std::vector<int> previous_, next_, last_;
  std::vector<char> has_;
};

}  // namespace pushforward::inline PF_REAL
