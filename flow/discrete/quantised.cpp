#include "flow/discrete/quantised.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The largest number of coordinates of a distribution. It is limited because a row of this many
// numbers is kept on the stack.
constexpr int kRoom = 4096;

}  // namespace

QuantisedDistribution::QuantisedDistribution(DistributionPtr of, TokenLevels levels)
    : of_(std::move(of)), levels_(levels) {
  check(of_ != nullptr, "quantize", "no distribution is given to quantise");
  check(levels.count > 0 && std::isfinite(levels.low) && std::isfinite(levels.high) &&
            levels.low < levels.high,
        "quantize", levels.count, " levels from ", levels.low, " to ", levels.high,
        "; give at least one, low below high");
  check(of_->dim() <= kRoom, "quantize", "rows of ", of_->dim(), " numbers are too long; ", kRoom,
        " are the most");
}

void QuantisedDistribution::draw(Stream stream, std::uint32_t first_row, int rows, int* out,
                                 int* labels) const {
  real x[kRoom];
  const int d = of_->dim(), block = kRoom / d;
  for (int r = 0; r < rows; r += block) {
    const int n = std::min(block, rows - r);
    of_->draw(stream, first_row + static_cast<std::uint32_t>(r), n, x,
              labels ? labels + r : nullptr);
    for (int i = 0; i < n * d; ++i) *out++ = levels_.of(static_cast<double>(x[i]));
  }
}

}  // namespace pushforward::inline PF_REAL
