#include "flow/train/weighting.h"

#include <algorithm>

namespace pushforward {

double weight(const Weighting& weighting, const Meaning& meaning, double t) {
  if (!weighting.as) return 1;
  const Conversion c =
      conversion(meaning.prediction, *weighting.as, meaning.scheduler(t), meaning.sigma_data);
  return std::min(c.b * c.b, weighting.most);
}

}  // namespace pushforward
