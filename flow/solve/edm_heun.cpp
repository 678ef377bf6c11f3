#include "flow/solve/edm_heun.h"

#include <utility>

namespace pushforward::inline PF_REAL {

EdmHeun::EdmHeun(Parameterization parameterization, int rows, int dim)
    : GridDriver(std::move(parameterization), rows, dim),
      prediction_(memory()),
      noise_(memory()),
      noise1_(memory()) {}

void EdmHeun::step(int, const End& from, const End& to) {
  predict(x(), from.t, prediction_.data());
  combine(denoise_step(parameterization(), from.c, to.c), x(), prediction_.data(), x1());
  if (to.c.sigma == 0 || from.c.alpha == 0 || to.c.alpha == 0) return;

  // Corrects Euler's step: adds alpha' (s' - s) (E0' - E0) / 2, where s = sigma / alpha, E0 = E[x0
  // | x], and ' marks a value at the end of the step.
  combine(conversion(parameterization(), Prediction::noise, from.c), x(), prediction_.data(),
          noise_.data());
  predict(x1(), to.t, prediction_.data());
  combine(conversion(parameterization(), Prediction::noise, to.c), x1(), prediction_.data(),
          noise1_.data());
  const double half = (to.c.sigma - to.c.alpha * from.c.sigma / from.c.alpha) / 2;
  combine(half, noise1_.data(), -half, noise_.data(), noise_.data());
  combine(1, x1(), 1, noise_.data(), x1());
}

}  // namespace pushforward::inline PF_REAL
