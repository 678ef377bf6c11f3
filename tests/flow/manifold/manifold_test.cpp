// Tests the geometry of manifolds on plain numbers: exponential and logarithm, distances, volumes and
// projections, and the errors of points without a unique geodesic.
#include "flow/manifold/manifold.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "tests/flow/manifold/points.h"
#include "tests/tools/catch.h"

namespace pushforward {
namespace {

using Numbers = std::vector<double>;

double worst(const Numbers& a, const Numbers& b) {
  double found = 0;
  for (std::size_t k = 0; k < a.size(); ++k) found = std::max(found, std::abs(a[k] - b[k]));
  return found;
}

}  // namespace

TEST_CASE("manifold: exp and log are inverse to 1e-12 on every factor and on products") {
  for (const Manifold& manifold : some_manifolds()) {
    INFO(manifold.words());
    for (std::uint32_t row = 0; row < 200; ++row) {
      const Numbers x = some_point(manifold, 1, row), y = some_point(manifold, 2, row);
      const Numbers v = log_at(manifold, x, y), end = exp_at(manifold, x, v);
      CHECK(distance(manifold, y, end) < 1e-12);
      CHECK(worst(log_at(manifold, x, end), v) < 1e-12);
      CHECK(worst(tangent_at(manifold, x, v), v) < 1e-12);
      CHECK(length_of(manifold, v) == Approx(distance(manifold, x, y)).epsilon(1e-12));
      CHECK(off_manifold(manifold, end) < 1e-14);
      // Close points, whose logarithm must not cancel.
      Numbers small = v;
      for (double& one : small) one *= 1e-7;
      CHECK(worst(log_at(manifold, x, exp_at(manifold, x, small)), small) < 1e-15);
    }
  }
}

TEST_CASE("manifold: the speed of a geodesic is constant") {
  for (const Manifold& manifold : some_manifolds()) {
    INFO(manifold.words());
    const Numbers x = some_point(manifold, 3, 0), y = some_point(manifold, 4, 0);
    Numbers v = log_at(manifold, x, y);
    const double length = length_of(manifold, v);
    Numbers before = x;
    for (int k = 1; k <= 10; ++k) {
      Numbers part = v;
      for (double& one : part) one *= k / 10.;
      const Numbers now = exp_at(manifold, x, part);
      CHECK(distance(manifold, before, now) == Approx(length / 10).epsilon(1e-12));
      before = now;
    }
  }
}

TEST_CASE("manifold: volumes are those of the closed forms") {
  CHECK(sphere(3).log_volume() == Approx(2.5310242469).epsilon(1e-10));
  CHECK(sphere(2).log_volume() == Approx(std::log(2 * std::numbers::pi)).epsilon(1e-14));
  CHECK(sphere(4).log_volume() ==
        Approx(std::log(2 * std::numbers::pi * std::numbers::pi)).epsilon(1e-14));
  CHECK(torus(2).log_volume() == Approx(3.6757541328).epsilon(1e-10));
  CHECK(rotations().log_volume() == Approx(4.3689013134).epsilon(1e-10));
  CHECK(std::isinf(euclidean(2).log_volume()));
  CHECK(product_manifold().intrinsic_dim() == 2 + 2 + 1 + 3);
  CHECK(product_manifold().words() == "sphere in R^3 x torus of 2 angles x R^1 x rotations");
  CHECK_FALSE(product_manifold().compact());
}

TEST_CASE("manifold: a quaternion and its negative are one rotation, and lengths are its angles") {
  const Numbers one{1, 0, 0, 0},
      quarter{std::cos(std::numbers::pi / 4), std::sin(std::numbers::pi / 4), 0, 0};
  Numbers negative = quarter;
  for (double& v : negative) v = -v;
  CHECK(distance(rotations(), one, quarter) == Approx(std::numbers::pi / 2).epsilon(1e-14));
  CHECK(distance(rotations(), one, negative) == Approx(std::numbers::pi / 2).epsilon(1e-14));
  CHECK(worst(log_at(rotations(), one, quarter), log_at(rotations(), one, negative)) < 1e-15);
}

TEST_CASE("manifold: antipodal points are an error, and opposite angles have a stated choice") {
  CHECK_THROWS_WITH(log_at(sphere(3), Numbers{0, 0.6, 0.8}, Numbers{0, -0.6, -0.8}),
                    "[manifold] two points of a sphere are antipodal, and many geodesics of equal "
                    "length join them; move one of them");
  CHECK_THROWS_WITH(log_at(rotations(), Numbers{1, 0, 0, 0}, Numbers{0, 1, 0, 0}),
                    "[manifold] two rotations differ by half a turn, and two geodesics of equal "
                    "length join them; move one of them");
  CHECK(log_at(torus(1), Numbers{0}, Numbers{-std::numbers::pi}) == Numbers{-std::numbers::pi});
  CHECK(log_at(torus(1), Numbers{-std::numbers::pi}, Numbers{0}) == Numbers{-std::numbers::pi});
  CHECK(distance(sphere(2), Numbers{1, 0}, Numbers{-1, 0}) == Approx(std::numbers::pi));
  CHECK(wrapped_angle(std::numbers::pi) == -std::numbers::pi);
  CHECK(wrapped_angle(7) == Approx(7 - 2 * std::numbers::pi));
}

TEST_CASE("manifold: rows are projected to the closest point") {
  Numbers x{3, 0, 4, 7, -4, 12, 0, 2, 0, 0};
  project_row(product_manifold(), x.data());
  CHECK(worst(x, {0.6, 0, 0.8, 7 - 2 * std::numbers::pi, 2 * std::numbers::pi - 4, 12, 0, 1, 0,
                  0}) < 1e-15);
  float angle = 3.14159274f;  // above pi
  project_row(torus(1), &angle);
  CHECK(angle < 0);
  CHECK(off_manifold(sphere(2), Numbers{3, 4}) == 4);
  CHECK(off_manifold(torus(2), Numbers{0, 4}) == Approx(4 - std::numbers::pi));
}

TEST_CASE("manifold: factors that do not exist are refused") {
  CHECK_THROWS_WITH(Manifold({}), "[manifold] there are no factors; give at least one");
  CHECK_THROWS_WITH(sphere(1), "[manifold] a sphere has 1 coordinate; give at least 2");
  CHECK_THROWS_WITH(torus(0), "[manifold] a factor torus has 0 coordinates; give at least 1");
  CHECK_THROWS_WITH(Manifold({{Geometry::rotation, 3}}),
                    "[manifold] a rotation has 3 coordinates; a unit quaternion has 4");
  CHECK_THROWS_WITH(exp_at(sphere(3), Numbers{1, 0}, Numbers{0, 1}),
                    "[exp] a row of 2 numbers for a manifold of 3 coordinates; give that many");
}

}  // namespace pushforward
