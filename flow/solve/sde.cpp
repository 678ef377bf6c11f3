#include "flow/solve/sde.h"

#include <cmath>
#include <utility>

#include "autograd/tensor/random_fill.h"

namespace pushforward::inline PF_REAL {

using detail::check;

Sde::Sde(Scheme scheme, const Diffusion& diffusion, Parameterization parameterization, int rows,
         int dim)
    : GridDriver(std::move(parameterization), rows, dim),
      scheme_(scheme),
      diffusion_(diffusion),
      prediction_(memory()),
      noise_(memory()) {
  check(diffusion.scale >= 0 && std::isfinite(diffusion.scale), "solver",
        "the scale of the diffusion is ", diffusion.scale, "; it must be 0 or more, and finite");
  if (scheme == Scheme::stochastic_heun) predicted_ = memory();
}

// Returns u dt - (w / sigma) E[x0 | x] |dt|, the drift of the SDE (sde.h) times the step dt for
// velocity u and noise strength w, as a Conversion of x and the model's output.
Conversion Sde::drift(const End& at, double dt, double w) const {
  Conversion f = conversion(parameterization(), Prediction::velocity, at.c);
  f.a *= dt;
  f.b *= dt;
  if (w > 0) {
    const Conversion noise = conversion(parameterization(), Prediction::noise, at.c);
    const double pull = std::abs(dt) * w / at.c.sigma;
    f.a -= pull * noise.a;
    f.b -= pull * noise.b;
  }
  return f;
}

void Sde::step(int i, const End& from, const End& to) {
  predict(x(), from.t, prediction_.data());
  if (to.c.sigma == 0) {
    combine(denoise_step(parameterization(), from.c, to.c), x(), prediction_.data(), x1());
    return;
  }
  const double dt = to.t - from.t, h = std::abs(dt);
  const double w0 = diffusion_.of_step(from.t, from.c, h), w1 = diffusion_.of_step(to.t, to.c, h);
  const Conversion f0 = drift(from, dt, w0);
  const bool heun = scheme_ == Scheme::stochastic_heun;
  const double spread = std::sqrt(heun ? h * (w0 + w1) : 2 * h * w0);
  if (spread > 0) {
    fill_normal({seed_, Purpose::diffusion, static_cast<std::uint32_t>(i)},
                static_cast<std::uint32_t>(first_sample()), rows(), dim(), noise_.data());
  }
  combine(1 + f0.a, x(), f0.b, prediction_.data(), x1());
  combine(1, x1(), spread, noise_.data(), x1());
  if (!heun) return;

  // Heun's step is x' = y + (f(y, t') - f(x, t)) / 2, where y is the point after Euler's step from
  // time t to t', and f is the drift times the step.
  const Conversion f1 = drift(to, dt, w1);
  predict(x1(), to.t, predicted_.data());
  combine(f1.a, x1(), f1.b, predicted_.data(), predicted_.data());
  combine(f0.a, x(), f0.b, prediction_.data(), prediction_.data());
  combine(0.5, predicted_.data(), -0.5, prediction_.data(), prediction_.data());
  combine(1, x1(), 1, prediction_.data(), x1());
}

}  // namespace pushforward::inline PF_REAL
