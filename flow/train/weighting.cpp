#include "flow/train/weighting.h"

#include <algorithm>

#include "autograd/tensor/check.h"

namespace pushforward {

double weight(const Weighting& weighting, const Meaning& meaning, double t) {
  check(weighting.most >= 0, "loss", "the limit on weights is ", weighting.most,
        "; it must be 0 or more");
  if (!weighting.as) return 1;
  const Conversion c =
      conversion(meaning.prediction, *weighting.as, meaning.scheduler(t), meaning.sigma_data);
  return std::min(c.b * c.b, weighting.most);
}

}  // namespace pushforward
