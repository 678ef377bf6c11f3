// Computes the number a of alpha-Flow in the course of training, and the number of a batch's rows
// that train the diagonal of a flow map.
#include <cmath>

#include "autograd/tensor/check.h"
#include "flow/maps/loss.h"
#include "flow/maps/times.h"

namespace pushforward {

double alpha_after(double progress, double sharpness) {
  detail::check(progress >= 0 && progress <= 1 && sharpness > 0, "map_loss", "the progress is ",
                progress, " and the sharpness ", sharpness,
                "; the first must be from 0 to 1, the second above 0");
  constexpr double kEdge = 0.005;
  const double alpha = 1 / (1 + std::exp(sharpness * (progress - 0.5)));
  if (alpha > 1 - kEdge) return 1;
  return alpha < kEdge ? 0 : alpha;
}

int diagonal_rows(double share, int first, int rows) {
  detail::check(share >= 0 && share <= 1, "map_times", "the share of the diagonal is ", share,
                "; it must be from 0 to 1");
  detail::check(first >= 0 && rows >= 0, "map_times", rows, " rows from row ", first,
                " on; both numbers must be 0 or more");
  const auto below = [share](int n) { return static_cast<int>(std::floor(share * n + 1e-9)); };
  return below(first + rows) - below(first);
}

}  // namespace pushforward
