#include "flow/coupling/squared_costs.h"

#include <algorithm>

namespace pushforward {

using detail::check;

using namespace detail;

template <class T>
void SquaredCosts::set(int n, const T* x, int m, const T* y, int dim) {
  check(n >= 0 && m >= 0 && dim > 0, "squared costs", "sets of ", n, " and ", m,
        " points of dimension ", dim, "; give 0 points or more, of at least 1 coordinate");
  n_ = n, m_ = m, dim_ = dim;
  const std::size_t points = static_cast<std::size_t>(m), d = static_cast<std::size_t>(dim);
  x_.resize(static_cast<std::size_t>(n) * d);
  y_.resize(points * d);
  row_.resize(points);
  std::copy_n(x, x_.size(), x_.data());
  for (std::size_t j = 0; j < points; ++j)
    for (std::size_t k = 0; k < d; ++k) y_[k * points + j] = y[j * d + k];
}

template void SquaredCosts::set(int, const float*, int, const float*, int);
template void SquaredCosts::set(int, const double*, int, const double*, int);

void SquaredCosts::fill(int first, int rows, double* cost) const {
  check(first >= 0 && rows >= 0 && first <= n_ - rows, "squared costs", "rows ", first, " to ",
        first + rows, " of a matrix of ", n_, "; ask for rows that it has");
  const std::size_t at = static_cast<std::size_t>(first) * static_cast<std::size_t>(dim_);
  squared_distances(rows, x_.data() + at, m_, dim_, y_.data(), cost);
}

const double* SquaredCosts::row(int i) {
  fill(i, 1, row_.data());
  return row_.data();
}

}  // namespace pushforward
