#include "flow/coupling/partial.h"

#include <algorithm>
#include <cmath>

namespace pushforward {

using detail::check;

std::span<const RowPair> PartialAssignment::solve(int n, int count, const double* cost) {
  check(count > 0 && count <= n, "partial", count, " pairs of ", n,
        " rows; ask for at least one and at most one for each row");
  const std::size_t rows = static_cast<std::size_t>(n),
                    size = rows + static_cast<std::size_t>(n - count);
  double low = 0, high = 0;
  for (std::size_t k = 0; k < rows * rows; ++k) {
    low = std::min(low, cost[k]);
    high = std::max(high, cost[k]);
  }
  // Pairs of two further rows are dearer than any set of pairs could save.
  const double never = (high - low + 1) * 2 * n;
  wide_.resize(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    double* const row = wide_.data() + i * size;
    const bool real_row = i < rows;
    if (real_row) std::copy_n(cost + i * rows, rows, row);
    std::fill(row + (real_row ? rows : 0), row + size, 0.);
    if (!real_row) std::fill(row + rows, row + size, never);
  }
  assignment_.interrupted = interrupted;
  const std::span<const int> columns = assignment_.solve(static_cast<int>(size), wide_.data());
  pairs_.clear();
  pairs_.reserve(rows);
  cost_ = 0;
  for (int i = 0; i < n; ++i) {
    const int j = columns[static_cast<std::size_t>(i)];
    if (j >= n) continue;
    pairs_.push_back({i, j});
    cost_ += cost[static_cast<std::size_t>(i) * rows + static_cast<std::size_t>(j)];
  }
  return pairs_;
}

}  // namespace pushforward
