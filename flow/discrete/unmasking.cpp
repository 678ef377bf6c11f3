#include "flow/discrete/unmasking.h"

#include <algorithm>
#include <cmath>

namespace pushforward::inline PF_REAL {

double unmasking_score(UnmaskingOrder order, const real* logits, int vocabulary) {
  if (order == UnmaskingOrder::random) return 0;
  double first = -INFINITY, second = -INFINITY;
  for (int v = 0; v < vocabulary; ++v) {
    const double logit = static_cast<double>(logits[v]);
    if (std::isnan(logit)) return logit;
    second = std::max(second, std::min(first, logit));
    first = std::max(first, logit);
  }
  double sum = 0, mean = 0;  // of exp(logit - first), and of (logit - first) with that weight
  for (int v = 0; v < vocabulary; ++v) {
    const double below = static_cast<double>(logits[v]) - first, weight = std::exp(below);
    sum += weight;
    if (weight > 0) mean += weight * below;
  }
  switch (order) {
    case UnmaskingOrder::confidence: return 1 / sum;
    case UnmaskingOrder::entropy: return mean / sum - std::log(sum);
    default: return (1 - std::exp(second - first)) / sum;
  }
}

}  // namespace pushforward::inline PF_REAL
