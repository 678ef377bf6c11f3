#include "flow/coupling/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check, detail::fail;

using namespace detail;

namespace {

constexpr double kUnassigned = std::numeric_limits<double>::infinity();
// The largest allowed cost. It keeps the sum of n costs from overflowing.
constexpr double kLargestCost = 1e300;

// A row bids for its best column: it takes the column and changes the column's price by at least
// the raise. The raise shrinks from stage to stage. Let the excess of a cost be its difference from
// the least cost in its column. The first raise is kFirstRaise times the mean excess, each of the
// next is 1 / kAuctionStage of the one before, and the last is 1/n of the median excess, for n
// rows. A stage with raise e ends within n e of the optimum. Measured: more stages cost little
// time, but a first raise that is too low costs much, because rows outbid each other in small
// steps.
constexpr double kFirstRaise = 1. / 4, kAuctionStage = 4;
// The mean excess, which sets the first raise, is capped at this many times the median excess, so
// that huge costs that forbid a pair do not increase it.
constexpr double kOutlier = 1e6;
// The largest number of bids per row in one stage of the auction. If a stage needs more, the costs
// suit auctions badly.
constexpr std::int64_t kBids = 16;
// With fewer rows than this, the search for augmenting paths is as fast without an auction before
// it.
constexpr int kSmall = 16;

// Returns the largest power of 2 that is at most x. The raises of the auction's bids are such
// powers, because prices then stay exact if the costs are whole numbers.
double power_below(double x) { return std::exp2(std::floor(std::log2(x))); }

}  // namespace

std::span<const int> Assignment::solve(int n, const double* cost) {
  check(n <= 0 || cost != nullptr, "assignment", "no costs are given");
  const struct {
    const double* cost;
    std::size_t n;
  } matrix{cost, static_cast<std::size_t>(n)};
  return solve(n, [&matrix](int i) { return matrix.cost + i * matrix.n; });
}

std::span<const int> Assignment::solve(int n, const CostRows& cost) {
  check(n <= 0 || bool(cost), "assignment", "no costs are given");
  start(n);
  reduce_columns(cost);
  const Excess excess = usual_excess();
  if (n >= kSmall && excess.median > 0) {
    const double last = power_below(excess.median / n);
    for (double raise = power_below(kFirstRaise * excess.mean); last > 0 && raise >= last;
         raise /= kAuctionStage) {
      auction(cost, raise);
      release(cost, raise / kAuctionStage >= last ? raise / kAuctionStage : 0);
    }
  }
  bid_once(cost);
  bid_once(cost);
  for (const int row : free_) augment(cost, row);
  finish(cost);
  return column_of_;
}

void Assignment::start(int n) {
  check(n >= 0, "assignment", "a cost matrix of ", n, " rows; give 0 or more");
  n_ = n;
  const std::size_t size = static_cast<std::size_t>(n);
  column_of_.assign(size, -1);
  row_of_.assign(size, -1);
  u_.resize(size);
  v_.assign(size, kUnassigned);
  distance_.resize(size);
  from_.resize(size);
  free_.resize(size);
  for (int i = 0; i < n; ++i) free_[i] = i;
  reached_.clear();
  reached_.reserve(size);
  passes_ = 0;
}

// Sets the price of each column to the least cost in it. Keeps one cost of each row in distance_,
// for usual_excess.
void Assignment::reduce_columns(const CostRows& cost) {
  for (int i = 0; i < n_; ++i) {
    check_interrupted();
    const double* row = cost(i);
    if (!all_within(row, n_, kLargestCost)) {
      const double* bad =
          std::find_if_not(row, row + n_, [](double c) { return std::abs(c) <= kLargestCost; });
      fail("assignment", "the cost of row ", i, ", column ", bad - row, " is ", *bad,
           "; costs must be finite and at most 1e300 either way");
    }
    lower_columns(row, n_, i, v_.data(), from_.data());
    distance_[i] = row[(i * std::int64_t{7919}) % n_];
  }
  passes_ += n_;
}

// Returns the median and the mean, over rows, of the excess of one cost of the row over the least
// cost in the same column. For the mean, an excess is capped at kOutlier times the median.
Assignment::Excess Assignment::usual_excess() {
  if (n_ == 0) return {};
  for (int i = 0; i < n_; ++i) distance_[i] -= v_[(i * std::int64_t{7919}) % n_];
  const auto middle = distance_.begin() + n_ / 2;
  std::nth_element(distance_.begin(), middle, distance_.end());
  double mean = 0;
  for (const double x : distance_) mean += std::min(x, kOutlier * *middle) / n_;
  return {*middle, mean};
}

// Each row without a column takes its best column, the one with the least cost minus price, and
// lowers that column's price until the second best is better by `raise`. A row that loses its
// column bids again at once. Rows stay without a column if the bids run out.
void Assignment::auction(const CostRows& cost, double raise) {
  std::int64_t left = kBids * n_;
  while (!free_.empty() && left-- > 0) {
    check_interrupted();
    const int i = free_.back();
    free_.pop_back();
    const TwoMinima best = two_minima(cost(i), v_.data(), n_);
    ++passes_;
    v_[best.at] -= best.second - best.minimum + raise;
    const int loser = row_of_[best.at];
    assign(i, best.at);
    if (loser >= 0) {
      column_of_[loser] = -1;
      free_.push_back(loser);
    }
  }
}

// Removes the column of each row for which another column is better: one whose cost minus price is
// less by more than `slack`.
void Assignment::release(const CostRows& cost, double slack) {
  free_.clear();
  for (int i = 0; i < n_; ++i) {
    const int j = column_of_[i];
    if (j >= 0) {
      const double* row = cost(i);
      ++passes_;
      if (row[j] - v_[j] <= two_minima(row, v_.data(), n_).minimum + slack) continue;
      column_of_[i] = row_of_[j] = -1;
    }
    free_.push_back(i);
  }
}

// Augmenting row reduction: each row without a column bids, as in `auction`, but with raise 0, so
// it gets exactly its best column. Rows that lose their column stay without one.
void Assignment::bid_once(const CostRows& cost) {
  std::size_t kept = 0;
  for (std::size_t k = 0; k < free_.size(); ++k) {
    const int i = free_[k];
    const double* row = cost(i);
    const TwoMinima best = two_minima(row, v_.data(), n_);
    ++passes_;
    int j = best.at;
    if (best.second > best.minimum && best.second < kUnassigned) {
      v_[j] -= best.second - best.minimum;
    } else if (row_of_[j] >= 0) {
      // Among equally good columns, prefer one that no row has.
      for (int other = 0; other < n_; ++other) {
        if (row_of_[other] < 0 && row[other] - v_[other] == best.minimum) {
          j = other;
          break;
        }
      }
    }
    const int loser = row_of_[j];
    assign(i, j);
    if (loser >= 0) {
      column_of_[loser] = -1;
      free_[kept++] = loser;
    }
  }
  free_.resize(kept);
}

// Assigns a column to a row that has none. Dijkstra's algorithm over reduced costs (cost minus
// prices) finds the shortest path from the row to a column without a row. Then each row on the path
// moves to the next column.
void Assignment::augment(const CostRows& cost, int row) {
  std::ranges::fill(distance_, kUnassigned);
  reached_.clear();
  Minimum nearest{-kUnassigned, 0};
  for (int i = row;;) {
    check_interrupted();
    const double* costs = cost(i);
    double offset = 0;
    if (!reached_.empty()) {
      const Reached& last = reached_.back();
      offset = costs[last.column] - last.price - last.distance;
    }
    const double before = nearest.value;
    nearest = relax(costs, v_.data(), n_, offset, i, distance_.data(), from_.data());
    ++passes_;
    if (nearest.value <= before) nearest = nearest_free(nearest);
    const int holder = row_of_[nearest.at];
    if (holder < 0) break;
    // The distance of this column is now final. A price of -infinity makes `relax` skip the column.
    reached_.push_back({nearest.at, nearest.value, v_[nearest.at]});
    distance_[nearest.at] = kUnassigned;
    v_[nearest.at] = -kUnassigned;
    i = holder;
  }
  for (const Reached& r : reached_) v_[r.column] = r.price + (r.distance - nearest.value);
  for (int j = nearest.at;;) {
    const int taker = static_cast<int>(from_[j]);
    const int next = column_of_[taker];
    assign(taker, j);
    if (taker == row) break;
    j = next;
  }
}

// Among the columns at the distance of `nearest`, returns one that no row has, if there is one. If
// many distances are equal, such a column ends the search early.
Minimum Assignment::nearest_free(Minimum nearest) const {
  if (row_of_[nearest.at] < 0) return nearest;
  for (int j = nearest.at + 1; j < n_; ++j)
    if (row_of_[j] < 0 && distance_[j] <= nearest.value) return {nearest.value, j};
  return nearest;
}

void Assignment::finish(const CostRows& cost) {
  cost_ = 0;
  for (int i = 0; i < n_; ++i) {
    const double c = cost(i)[column_of_[i]];
    u_[i] = c - v_[column_of_[i]];
    cost_ += c;
  }
}

}  // namespace pushforward
