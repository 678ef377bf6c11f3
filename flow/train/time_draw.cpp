#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"
#include "autograd/tensor/random_fill.h"
#include "flow/train/time_distribution.h"

namespace pushforward::inline PF_REAL {

using detail::check;

void draw_times(const TimeDistribution& distribution, Stream stream, std::uint32_t first_row,
                int rows, int total, real* t) {
  check(rows >= 0 && total >= 0 && std::int64_t{first_row} + rows <= total, "time", rows,
        " times from row ", first_row, " on in a batch of ", total,
        "; give rows of the batch, and how many it has");
  check(bool(distribution.quantile), "time", "the distribution \"", distribution.name,
        "\" has no quantile function; give it one, or take uniform_time()");
  fill_uniform(stream, first_row, rows, 1, t);
  constexpr double kEdge = 0x1p-24;  // the least distance of a uniform float from 0 and 1
  for (int r = 0; r < rows; ++r) {
    double u = static_cast<double>(t[r]);
    if (distribution.stratified) u = (static_cast<double>(first_row) + r + u) / total;
    u = distribution.quantile(u);
    check(!std::isnan(u), "time", "the quantile function of \"", distribution.name,
          "\" gave NaN; it must give a time for every u in (0, 1)");
    t[r] = static_cast<real>(std::clamp(u, kEdge, 1 - kEdge));
  }
}

}  // namespace pushforward::inline PF_REAL
