// Manifolds and points on them, for tests.
#pragma once

#include "autograd/tensor/cpp20.h"

#include <vector>

#include "autograd/tensor/rng.h"
#include "flow/manifold/manifold.h"

namespace pushforward {

inline Manifold product_manifold() {
  return Manifold({{Geometry::sphere, 3},
                   {Geometry::torus, 2},
                   {Geometry::euclidean, 1},
                   {Geometry::rotation, 4}});
}

inline std::vector<Manifold> some_manifolds() {
  return {sphere(2), sphere(3),   sphere(5),    torus(1),
          torus(3),  rotations(), euclidean(2), product_manifold()};
}

// Returns a random point, from normal numbers that are projected.
inline std::vector<double> some_point(const Manifold& manifold, std::uint64_t seed,
                                      std::uint32_t row) {
  std::vector<double> x(static_cast<std::size_t>(manifold.dim()));
  const Stream stream{seed, Purpose::user, 0};
  for (std::size_t j = 0; j < x.size(); ++j)
    x[j] = 2 * stream.normal(row, static_cast<std::uint32_t>(j));
  project_row(manifold, x.data());
  return x;
}

}  // namespace pushforward
