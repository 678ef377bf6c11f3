#include "flow/path/noise.h"

#include <cmath>
#include <numbers>
#include <string>

#include "autograd/tensor/check.h"

namespace pushforward {

using detail::check, detail::fail;

namespace {

using std::numbers::pi;

constexpr PathNoise kNoises[] = {
    {"none", "no noise: xt is fixed by its ends"},
    {"constant", "gamma = scale (I-CFM, OT-CFM)",
     [](double) {
       return NoiseLevel{1, 0};
     }},
    {"brownian", "gamma = scale sqrt(t (1 - t)) (Schroedinger bridge)",
     [](double t) {
       const double root = std::sqrt(t * (1 - t));
       return NoiseLevel{root, (1 - 2 * t) / (2 * root)};
     }},
    {"quadratic", "gamma = scale t (1 - t)",
     [](double t) {
       return NoiseLevel{t * (1 - t), 1 - 2 * t};
     }},
    {"sine", "gamma = scale sin^2(pi t)",
     [](double t) {
       const double sine = std::sin(pi * t);
       return NoiseLevel{sine * sine, pi * std::sin(2 * pi * t)};
     }},
};

}  // namespace

NoiseLevel PathNoise::operator()(double t) const {
  check(t >= 0 && t <= 1, "path", "the level of noise is asked for at t = ", t,
        "; times of a path lie in [0, 1]");
  if (!shape) return {0, 0};
  const NoiseLevel one = shape(t);
  return {scale * one.gamma, scale * one.dgamma};
}

std::span<const PathNoise> path_noises() { return kNoises; }

PathNoise path_noise(std::string_view name, double scale) {
  check(scale >= 0 && std::isfinite(scale), "path", "the scale of the path's noise is ", scale,
        "; give 0 or a positive number");
  std::string names;
  for (PathNoise noise : kNoises) {
    names += std::string(" ") + noise.name;
    if (name != noise.name) continue;
    noise.scale = scale;
    return noise;
  }
  fail("path", "there is no noise \"", name, "\"; choose one of:", names);
}

}  // namespace pushforward
