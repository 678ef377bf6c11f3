// The linear assignment problem: assign each row of a square cost matrix to a column of its own at
// the least total cost.
//
// First an auction finds good prices of the columns. Its raise, the least amount by which a bid
// changes a price, shrinks from stage to stage (Bertsekas, "The auction algorithm", Annals of
// Operations Research 14, 1988). Then shortest augmenting paths assign the rows that are still free
// (Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
// assignment problems", Computing 38, 1987). They reach the optimum from any prices. Every pass
// over a row is vectorised. The time is O(n^3) at worst.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/coupling/cost_rows.h"
#include "flow/interruption.h"

namespace pushforward {

// Returns row i of a cost matrix, n numbers that stay valid until the next call. Rows may be
// computed on demand, but the same row must have the same numbers each time.
using CostRows = std::function<const double*(int i)>;

// A solver with its workspace. It allocates nothing after the first call of a size. Use it from one
// thread at a time. It can be interrupted.
class Assignment : public Interruption {
 public:
  // Returns the columns that rows 0 .. n - 1 are assigned to, a permutation of least total cost. It
  // is optimal up to round-off, and exactly optimal for whole numbers whose sums are exact in
  // double. The same costs always give the same permutation. Throws if n < 0 or if a cost is not
  // finite or exceeds 1e300 in magnitude, and names the entry.
  std::span<const int> solve(int n, const CostRows& cost);
  // Solves the problem of a matrix (n, n), row-major.
  std::span<const int> solve(int n, const double* cost);

  // The sum of the last solution's costs, added up in the order of rows.
  double cost() const { return cost_; }
  // The dual prices of the last solution: u[i] + v[j] <= cost[i][j] up to round-off, with equality
  // if row i is assigned to column j. Their sum equals the cost, so no assignment costs less.
  std::span<const double> row_prices() const { return u_; }
  std::span<const double> column_prices() const { return v_; }
  // The number of passes over a row in the last solve.
  std::int64_t passes() const { return passes_; }

 private:
  struct Excess {
    double median = 0, mean = 0;
  };
  void start(int n);
  void reduce_columns(const CostRows& cost);
  Excess usual_excess();
  void auction(const CostRows& cost, double raise);
  void release(const CostRows& cost, double slack);
  void bid_once(const CostRows& cost);
  void augment(const CostRows& cost, int row);
  detail::Minimum nearest_free(detail::Minimum nearest) const;
  void finish(const CostRows& cost);
  void assign(int row, int column) {
    column_of_[row] = column;
    row_of_[column] = row;
  }

  // A column whose distance the search has settled, with its price before the search.
  struct Reached {
    int column;
    double distance, price;
  };

  int n_ = 0;
  std::vector<int> column_of_, row_of_;  // -1: not assigned
  std::vector<int> free_;                // rows without a column
  std::vector<double> u_;
  AlignedVector<double> v_;
  AlignedVector<double> distance_;  // the current search's distances; infinite for settled columns
  AlignedVector<std::int64_t> from_;  // the row before a column on its shortest path
  std::vector<Reached> reached_;
  double cost_ = 0;
  std::int64_t passes_ = 0;
};

}  // namespace pushforward
