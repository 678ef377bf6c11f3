// Partial optimal transport: only a share of the rows of a batch is paired, at the least cost.
#pragma once

#include <span>
#include <vector>

#include "flow/coupling/assignment.h"
#include "flow/coupling/coupling.h"

namespace pushforward {

// Finds the `count` pairs of least total cost between n rows and n columns, each row and column at
// most once. n - count further rows and columns, to which the unpaired ones go at the cost 0, make
// it an assignment of size 2 n - count (Chapel, Alaya, Gasso 2020, arXiv 2002.08276, section 3). It
// allocates nothing after the first call of a size. Use it from one thread at a time. It can be
// interrupted.
class PartialAssignment : public Interruption {
 public:
  // Returns the pairs, in the order of rows, for costs (n, n), row-major. They are valid until the
  // next call. Throws unless 0 < count <= n, and as Assignment does.
  std::span<const RowPair> solve(int n, int count, const double* cost);

  // The sum of the last solution's costs.
  double cost() const { return cost_; }

 private:
  Assignment assignment_;
  AlignedVector<double> wide_;
  std::vector<RowPair> pairs_;
  double cost_ = 0;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The coupling of partial optimal transport with squared distances: of the B rows of a batch on each
// side, the share `mass` is paired, at least one row, and the rest is left out. Each pair has the same
// number of rows of the batch, up to one. Rows that are far from all others are left out: outliers of
// the data, but rows of the source as well, so that x0 has less mass where there is no data near.
// Throws unless 0 < mass <= 1; 1 pairs as ot_coupling() does. The assignment takes O(B^3) time at
// worst and up to 32 B^2 bytes.
Coupling partial_coupling(double mass);

}  // namespace pushforward::inline PF_REAL
