// A training step that several processes share. Its result has the same bits as in one process.
//
// Each process computes the gradients of some bins (nn/training/gradient_bins.h), a range of them. The
// bins must be added in their order, as in one process. So the numbers of all gradients are divided
// between the processes, and each receives its numbers from all others, bin by bin, adds them in the
// order of the bins, and gives the sums to all. That is an ordered reduce-scatter and an all-gather:
// two messages to each other process in a step, however many parameters and processes there are.
// Process 0 has the first bins, so it sends their sum, and the others send each bin.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "nn/flat_array.h"
#include "nn/training/gradient_bins.h"
#include "nn/training/ranks.h"

namespace pushforward::inline PF_REAL {

class SharedStep {
 public:
  // Bins [first, last).
  struct BinRange {
    int first = 0, last = 0;
    int count() const { return last - first; }
  };

  // The largest number of gradients that are exchanged at a time. It limits the memory for messages: a
  // larger model takes two messages for each kRound of its numbers.
  static constexpr std::size_t kRound = std::size_t{1} << 22;

  // Stores a reference to the group. `round` is the number of gradients that are exchanged at a time.
  explicit SharedStep(Ranks& ranks, std::size_t round = kRound) : ranks_(&ranks), round_(round) {}

  // Returns the bins of this process if there are `bins` in all. A process has none if there are
  // fewer bins than processes.
  BinRange own(int bins) const { return of(ranks_->rank(), bins); }

  // Sends the first numbers of the gradients, and with them the losses and which parameters have a
  // gradient. Sets the losses of all chunks, of which each process knows those of its bins. Chunk c
  // belongs to bin c mod bins. `trained` are the parameters of the bins.
  void exchange(std::span<double> losses, const GradientBins& bins,
                std::span<const Parameter* const> trained);

  // Returns whether a process has a gradient of trained parameter k.
  bool reached(std::size_t k) const;

  // Adds the gradients of all bins of all processes. All processes call it after `exchange`.
  void add_up(const GradientBins& bins);
  // Returns the sum for trained parameter k.
  const real* sum(std::size_t k) const { return sums_.data() + begins_[k]; }

  // Process 0 says before a step whether it will take another one right after it. The others know
  // it after the step, so that they need not wait for an order.
  void promise(bool another) { promise_ = another; }
  bool promised() const { return promise_; }

 private:
  // Numbers [begin, end) of all trained parameters, which follow one another.
  struct Range {
    std::size_t begin = 0, end = 0;
    std::size_t count() const { return end - begin; }
  };

  BinRange of(int rank, int bins) const {
    const int n = ranks_->count();
    return {bins * rank / n, bins * (rank + 1) / n};
  }
  void plan(std::size_t losses, const GradientBins& bins,
            std::span<const Parameter* const> trained);
  // The arrays that a process sends: one for each of its bins, or for process 0 their sum.
  std::size_t arrays(std::size_t rank) const { return arrays_[rank]; }
  std::size_t header(std::size_t rank) const;
  Range part(std::size_t round, std::size_t rank) const;
  void send_round(std::size_t round, const GradientBins& bins);
  void fill_header(std::byte* to, const GradientBins& bins) const;
  void fill(Range range, const GradientBins& bins, real* to) const;
  void add_own(Range range, const GradientBins& bins, std::size_t header_sent);
  template <class Piece>
  void each_piece(Range range, const Piece& piece) const;
  bool flag(std::size_t rank, std::size_t array, std::size_t k) const {
    return flags_[rank][array * trained() + k] != std::byte{0};
  }
  std::size_t trained() const { return begins_.size() - 1; }

  Ranks* ranks_;
  std::size_t round_;
  bool promise_ = false;
  std::vector<double> losses_;               // of this process, to be sent
  std::vector<std::size_t> begins_;          // of each trained parameter, and the end of the last
  std::vector<std::size_t> arrays_, parts_;  // of each process; parts_ are sums of their weights
  std::vector<std::vector<std::byte>>
      flags_;  // of each process: a byte for each array and parameter
  AlignedVector<std::byte> outgoing_, incoming_;
  std::vector<std::size_t> out_sizes_, in_sizes_, in_begins_, gathered_;
  FlatArray sums_;
};

}  // namespace pushforward::inline PF_REAL
