#include <algorithm>

#include "autograd/tensor/random_fill.h"
#include "flow/train/time_distribution.h"

namespace pushforward::inline PF_REAL {

void draw_times(const TimeDistribution& distribution, Stream stream, std::uint32_t first_row,
                int rows, int total, real* t) {
  fill_uniform(stream, first_row, rows, 1, t);
  if (!distribution.stratified && !distribution.quantile) return;
  constexpr double kEdge = 0x1p-24;  // the least distance of a uniform float from 0 and 1
  for (int r = 0; r < rows; ++r) {
    double u = static_cast<double>(t[r]);
    if (distribution.stratified) u = (static_cast<double>(first_row) + r + u) / total;
    if (distribution.quantile) u = distribution.quantile(u);
    t[r] = static_cast<real>(std::clamp(u, kEdge, 1 - kEdge));
  }
}

}  // namespace pushforward::inline PF_REAL
