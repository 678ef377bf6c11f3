// The noise strength of a bridge's SDE (bridge_sde.h), which does not depend on `real`.
#include <algorithm>

#include "autograd/tensor/check.h"
#include "flow/solve/bridge_sde.h"

namespace pushforward {

double bridge_diffusion(double sigma, double t, double h) {
  detail::check(t >= 0 && t <= 1 && h > 0, "bridge", "the diffusion of a step of length ", h,
                " at t = ", t, "; times of a path lie in [0, 1], and a step is positive");
  return sigma * sigma * std::min(0.5, t * (1 - t) / (2 * h));
}

}  // namespace pushforward
