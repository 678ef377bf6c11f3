// Noise on the path: xt = alpha x1 + sigma x0 + gamma(t) z and dxt = dalpha x1 + dsigma x0 + dgamma
// z. z is standard normal and drawn independently for each row. A d marks a derivative with respect
// to time.
//
// With the scheduler cond_ot, `constant` gives the path of I-CFM and OT-CFM (Tong et al. 2024, eq.
// 13 to 15) and `brownian` that of the Schroedinger bridge (eq. 18 to 20). Any scheduler with noise
// gives a stochastic interpolant (Albergo, Boffi, Vanden-Eijnden 2023, section 2).
#pragma once

#include "autograd/tensor/cpp20.h"

#include <span>
#include <string_view>

namespace pushforward {

struct NoiseLevel {
  double gamma, dgamma;
};

// The size of the noise on a path as a function of time: gamma(t) = scale shape(t). path_noise
// makes one by name.
struct PathNoise {
  // The name by which path_noise finds the shape.
  const char* name = "none";
  // The formula of the shape, for users.
  const char* doc = "";
  // The shape and its slope at t. Null means that there is no noise.
  NoiseLevel (*shape)(double t) = nullptr;
  // The factor of the shape, in the units of x; 0 means that there is no noise. With noise, only
  // the velocity can be learned.
  double scale = 0;

  explicit operator bool() const { return shape != nullptr && scale > 0; }
  // Returns gamma and its slope at t, which are 0 without a shape. The slope of `brownian` is
  // infinite at both ends. Throws unless t is in [0, 1].
  NoiseLevel operator()(double t) const;
};

// All shapes, in the order in which users see them: none, constant 1, brownian sqrt(t (1 - t)),
// quadratic t (1 - t), sine sin^2(pi t).
std::span<const PathNoise> path_noises();
// Returns the noise with the shape of that name, multiplied by `scale` (>= 0). Throws on an unknown
// name and lists the known ones.
PathNoise path_noise(std::string_view name, double scale);

}  // namespace pushforward
