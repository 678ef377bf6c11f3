#include "flow/distribution.h"

namespace pushforward::inline PF_REAL {

void Distribution::restore(int, real*) const {}

bool Distribution::log_density(int, const real*, double*) const { return false; }

Tensor draw(const Distribution& law, Stream stream, int n, std::vector<int>* labels) {
  Tensor x({n, law.dim()});
  if (labels) labels->assign(n, 0);
  law.draw(stream, 0, n, x.data(), labels ? labels->data() : nullptr);
  return x;
}

}  // namespace pushforward::inline PF_REAL
