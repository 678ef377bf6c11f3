// The linear assignment problem: every row of a square cost
// matrix goes to a column of its own, at the least total cost.
//
// Good prices first, by an auction whose raise shrinks (Bertsekas, "The auction algorithm", Annals
// of Operations Research 14, 1988); then shortest augmenting paths for the rows that are not served
// exactly (Jonker and Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
// assignment problems", Computing 38, 1987), which end at the optimum whatever the prices they
// start from. Every pass over a row is vectorised. O(n^3) at worst.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "flow/coupling/cost_rows.h"

namespace pushforward {

// Row i of a cost matrix, n numbers, valid until another row is asked for: so costs may be worked
// out on the way. The same row must hold the same numbers each time.
using CostRows = std::function<const double*(int i)>;

// A solver with its memory; after the first call of
// a size it allocates nothing. One thread at a time.
class Assignment {
 public:
  // The columns of rows 0 .. n - 1: a permutation, of the least total cost up to round-off (whole
  // numbers whose sums a double holds: exactly). The same costs give the same permutation. Fails on
  // n < 0 and, naming the entry, on costs that are not finite or beyond 1e300 either way.
  std::span<const int> solve(int n, const CostRows& cost);
  // The same for a matrix (n, n), row-major.
  std::span<const int> solve(int n, const double* cost);

  // Of the last solution. The sum of its costs, in the order of rows.
  double cost() const { return cost_; }
  // The dual prices: u[i] + v[j] <= cost[i][j] up to round-off, with equality where row i goes to
  // column j. Their sum is the cost, which proves that nothing is cheaper.
  std::span<const double> row_prices() const { return u_; }
  std::span<const double> column_prices() const { return v_; }
  // How many passes over a row it took.
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

  // A column that a search has reached for good: its distance, and its price before.
  struct Reached {
    int column;
    double distance, price;
  };

  int n_ = 0;
  std::vector<int> column_of_, row_of_;  // -1: none yet
  std::vector<int> free_;                // rows without a column
  std::vector<double> u_;
  AlignedVector<double> v_;
  AlignedVector<double> distance_;    // of the search in progress; infinite once reached
  AlignedVector<std::int64_t> from_;  // the row before a column on its shortest path
  std::vector<Reached> reached_;
  double cost_ = 0;
  std::int64_t passes_ = 0;
};

}  // namespace pushforward
