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
      output_(memory()),
      z_(memory()) {
  check(diffusion.scale >= 0 && std::isfinite(diffusion.scale), "solver",
        "the scale of the diffusion is ", diffusion.scale, "; it must be 0 or more, and finite");
  if (scheme == Scheme::stochastic_heun) output1_ = drift_ = drift1_ = memory();
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
  predict(x(), from.t, output_.data());
  if (to.c.sigma == 0) {
    combine(x1(), denoise_step(parameterization(), from.c, to.c), x(), output_.data());
    return;
  }
  const double dt = to.t - from.t, h = std::abs(dt);
  const double w = diffusion_.of_step(from.t, from.c, h), w1 = diffusion_.of_step(to.t, to.c, h);
  const bool heun = scheme_ == Scheme::stochastic_heun;
  const double g = std::sqrt(heun ? h * (w + w1) : 2 * h * w);
  if (g > 0) {
    fill_normal({seed_, Purpose::diffusion, static_cast<std::uint32_t>(i)},
                static_cast<std::uint32_t>(first_sample()), rows(), dim(), z_.data());
  }
  // Euler's step: x1 = x + f(x, t) + g z.
  const Conversion f = drift(from, dt, w);
  combine(x1(), Term{1 + f.a, x()}, Term{f.b, output_.data()}, Term{g, z_.data()});
  if (!heun) return;

  // Heun's step: x1 + (f(x1, t') - f(x, t)) / 2.
  predict(x1(), to.t, output1_.data());
  combine(drift_.data(), f, x(), output_.data());
  combine(drift1_.data(), drift(to, dt, w1), x1(), output1_.data());
  combine(x1(), Term{0.5, drift1_.data()}, Term{-0.5, drift_.data()}, Term{1, x1()});
}

}  // namespace pushforward::inline PF_REAL
