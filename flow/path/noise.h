// Noise on the path: xt = alpha x1 + sigma x0 + gamma(t) z with z normal and drawn afresh, so
// dxt = dalpha x1 + dsigma x0 + dgamma z.
//
// On straight lines, `constant` is the path of I-CFM and OT-CFM (Tong et al. 2024, eq. 13 to 15),
// `brownian` that of the Schroedinger bridge (eq. 18 to 20); with any scheduler these are the
// stochastic interpolants of Albergo, Boffi, Vanden-Eijnden 2023 (section 2).
#pragma once

#include "autograd/tensor/cpp20.h"

#include <span>
#include <string_view>

namespace pushforward {

struct NoiseLevel {
  double gamma, dgamma;
};

// One shape of gamma; all are times a scale.
struct PathNoise {
  const char* name = "none";
  const char* doc = "";
  NoiseLevel (*shape)(double t) = nullptr;  // null: no noise
  double scale = 0;

  explicit operator bool() const { return shape != nullptr && scale > 0; }
  // At t in [0, 1]; the slope of `brownian` is infinite at both ends. Fails on any other t. Without
  // a shape there is no noise: 0.
  NoiseLevel operator()(double t) const;
};

// All shapes, in the order they are listed to users: none, constant 1, brownian sqrt(t (1 - t)),
// quadratic t (1 - t), sine sin^2(pi t).
std::span<const PathNoise> path_noises();
// The shape of that name times `scale` (0 or more). Fails on an unknown name, saying what there is.
PathNoise path_noise(std::string_view name, double scale);

}  // namespace pushforward
