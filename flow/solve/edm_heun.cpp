#include "flow/solve/edm_heun.h"

#include <utility>

namespace pushforward::inline PF_REAL {

EdmHeun::EdmHeun(Parameterization parameterization, int rows, int dim)
    : GridDriver(std::move(parameterization), rows, dim),
      output_(memory()),
      output1_(memory()),
      noise_(memory()),
      noise1_(memory()) {}

void EdmHeun::step(int, const End& from, const End& to) {
  predict(x(), from.t, output_.data());
  combine(x1(), denoise_step(parameterization(), from.c, to.c), x(), output_.data());
  if (to.c.sigma == 0 || from.c.alpha == 0 || to.c.alpha == 0) return;

  // Corrects Euler's step: adds alpha' (s' - s) (E0' - E0) / 2, where s = sigma / alpha, E0 = E[x0
  // | x], and ' marks a value at the end of the step.
  predict(x1(), to.t, output1_.data());
  const auto to_noise = [&](const End& end) {
    return conversion(parameterization(), Prediction::noise, end.c);
  };
  combine(noise_.data(), to_noise(from), x(), output_.data());
  combine(noise1_.data(), to_noise(to), x1(), output1_.data());
  const double half = (to.c.sigma - to.c.alpha * from.c.sigma / from.c.alpha) / 2;
  combine(x1(), Term{half, noise1_.data()}, Term{-half, noise_.data()}, Term{1, x1()});
}

}  // namespace pushforward::inline PF_REAL
