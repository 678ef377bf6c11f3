// Adds the gradients of a training step in an order that does not depend on the number of threads.
//
// A step divides the rows of its batch into chunks. Chunk c belongs to bin c mod 16. The gradients
// of a bin are added in the order of its chunks, and then the gradients of the bins in the order of
// the bins. A bin's first gradient stays on its tape until the tape is reused, so if there is a
// tape for each bin, nothing is copied.
#pragma once

#include <span>
#include <vector>

#include "nn/flat_array.h"
#include "nn/parameter.h"

namespace pushforward::inline PF_REAL {

// Adds up the gradients of one step. Different threads may use different bins at the same time.
class GradientBins {
 public:
  static constexpr int kMost = 16;

  // Begins a step of `chunks` chunks on `tapes` tapes. `trained` are the parameters whose gradients
  // are added up. The sums go to `total`, a flat array of all the model's parameters. Both must
  // outlive the step. Allocates nothing if the last step was as large.
  void start(int chunks, int tapes, std::span<const Parameter* const> trained,
             std::span<real> total);
  int count() const { return count_; }

  // Adds a chunk's gradient g of trained parameter k to a bin. g must stay valid until `keep` is
  // called for this bin or the step ends.
  void add(int bin, std::size_t k, std::span<const real> g);
  // Copies the bin's gradients that are still on a tape.
  void keep(int bin);

  // Returns whether a gradient of trained parameter k was added.
  bool reached(std::size_t k) const;
  // Returns a bin's gradient of trained parameter k, or null if none was added to this bin.
  const real* gradient(int bin, std::size_t k) const {
    return sources_[static_cast<std::size_t>(bin) * trained_.size() + k];
  }
  // Sets numbers [begin, begin + count) of parameter k's gradient in the total to the sum over the
  // bins, and returns their sum of squares.
  double add_up(std::size_t k, std::size_t begin, std::size_t count);

 private:
  real* array(int bin, std::size_t k);
  const real*& source(int bin, std::size_t k) {
    return sources_[static_cast<std::size_t>(bin) * trained_.size() + k];
  }

  int count_ = 0;
  std::span<const Parameter* const> trained_;
  std::span<real> total_;
  std::vector<FlatArray> arrays_;     // gradients copied from their tape
  std::vector<const real*> sources_;  // the gradient of each bin and trained parameter, or null
};

}  // namespace pushforward::inline PF_REAL
