// The costs between the source rows and the data rows of a batch, for couplings by optimal transport.
#pragma once

#include "flow/coupling/coupling.h"
#include "flow/coupling/squared_costs.h"

namespace pushforward::inline PF_REAL {

// Squared distances |x1_j - x0_i|^2 as a matrix. The memory is reused from batch to batch.
class BatchCosts {
 public:
  // Returns the costs (rows, rows), row-major, valid until the next call.
  double* of(const Endpoints& ends) {
    const std::size_t n = static_cast<std::size_t>(ends.rows);
    matrix_.resize(n * n);
    squared_.set(ends.rows, ends.x0, ends.rows, ends.x1, ends.dim);
    squared_.fill(matrix_.data());
    return matrix_.data();
  }

 private:
  SquaredCosts squared_;
  AlignedVector<double> matrix_;
};

}  // namespace pushforward::inline PF_REAL
