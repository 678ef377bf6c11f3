// The entropies of the synthetic sets in nats, worked out by other ways than the recipes and the
// densities, which are tested against them.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "flow/distributions/toy.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {

struct ToyEntropy {
  const char* name;
  std::map<std::string, double> parameters;
  double entropy;
  bool density = true;  // false: the set has no density in closed form
};

inline std::vector<ToyEntropy> toy_entropies() {
  return {
      {"moons", {{"noise", 0.05}}, 0.283},
      {"moons", {{"noise", 0.1}}, 1.0099},
      {"moons", {{"noise", 0.15}}, 1.4122},
      {"8gaussians", {}, 2.8346},
      {"checkerboard", {{"scale", 2}}, 3.4657},
      {"checkerboard", {{"scale", 1 / 0.45}}, 3.6765},
      {"swissroll", {}, 2.6692},
      {"scurve", {}, 1.4820},
      {"circles", {}, 3.2677},
      {"rings", {}, 2.6250},
      {"pinwheel", {}, 2.3166},
      {"2spirals", {}, 2.6407},
      {"gaussian", {{"std", 1.5}}, 1 + std::log(2 * kPi) + 2 * std::log(1.5)},
  };
}

// Returns whether the table says that the set has a density; false for a set that it has no row of.
inline bool has_density(const std::string& name) {
  for (const ToyEntropy& row : toy_entropies())
    if (row.name == name) return row.density;
  return false;
}

}  // namespace pushforward::inline PF_REAL
