#include "flow/distributions/distribution.h"

#include <algorithm>
#include <cmath>

#include "flow/distributions/log_density.h"

namespace pushforward::inline PF_REAL {

using detail::check;

void Distribution::restore(int, real*) const {}

ColumnUnits Distribution::units() const {
  const auto d = static_cast<std::size_t>(dim());
  return {std::vector<double>(d, 1), std::vector<double>(d, 0)};
}

bool Distribution::log_density(int rows, const real* x, double* out) const {
  const std::optional<Mixture> m = mixture();
  if (!m || std::ranges::find(m->stds, 0) != m->stds.end()) return false;
  const std::size_t d = static_cast<std::size_t>(dim());
  for (int r = 0; r < rows; ++r, x += d) {
    LogSum sum;
    for (int k = 0; k < m->components(); ++k) {
      double square = 0;
      for (std::size_t j = 0; j < d; ++j)
        square += std::pow(static_cast<double>(x[j]) - m->mean(k)[j], 2);
      sum.add(std::log(m->weights[k]) + log_normal(square, m->stds[k], m->dim));
    }
    out[r] = sum.value();
  }
  return true;
}

Tensor draw_rows(const Distribution& distribution, Stream stream, int n, std::vector<int>* labels) {
  check(n >= 0, "data", n, " rows asked for; give 0 or more");
  Tensor x({n, distribution.dim()});
  if (labels) labels->assign(n, 0);
  distribution.draw(stream, 0, n, x.data(), labels ? labels->data() : nullptr);
  return x;
}

}  // namespace pushforward::inline PF_REAL
