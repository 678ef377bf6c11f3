#include "flow/solve/diffusion.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pushforward {

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
  if (scale == 0) return 0;  // also where the shape is infinite
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
  return std::min((*this)(t, c), c.sigma * c.sigma / (2 * h));
}

}  // namespace pushforward
