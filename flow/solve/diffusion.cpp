#include "flow/solve/diffusion.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check;

const char* name_of(DiffusionShape shape) {
  switch (shape) {
    case DiffusionShape::constant: return "constant";
    case DiffusionShape::sigma: return "sigma";
    case DiffusionShape::sigma_squared: return "sigma_squared";
    case DiffusionShape::linear: return "linear";
    case DiffusionShape::sbdm: return "sbdm";
    case DiffusionShape::bump: return "bump";
  }
  return "";
}

double Diffusion::operator()(double t, const Coefficients& c) const {
  check(t >= 0 && t <= 1, "solver", "the diffusion is asked for at t = ", t,
        "; times of a path lie in [0, 1]");
  check(scale >= 0 && std::isfinite(scale), "solver", "the scale of the diffusion is ", scale,
        "; it must be 0 or more, and finite");
  if (scale == 0) return 0;  // a scale of 0 gives 0 even where the shape is infinite
  switch (shape) {
    case DiffusionShape::constant: return scale;
    case DiffusionShape::sigma: return scale * c.sigma;
    case DiffusionShape::sigma_squared: return scale * c.sigma * c.sigma;
    case DiffusionShape::linear: return scale * (1 - t) / t;
    case DiffusionShape::sbdm:
      if (c.alpha == 0) return INFINITY;
      return scale * (c.sigma * c.sigma * c.dalpha / c.alpha - c.sigma_dsigma);
    case DiffusionShape::bump: {
      const double sine = std::sin(std::numbers::pi * t);
      return scale * sine * sine;
    }
  }
  return 0;
}

double Diffusion::of_step(double t, const Coefficients& c, double h) const {
  check(h > 0, "solver", "the diffusion of a step of length ", h, "; it must be positive");
  return std::min((*this)(t, c), c.sigma * c.sigma / (2 * h));
}

}  // namespace pushforward
