// Tests the distances to closest points: hand-computed cases, and that threads change nothing.
#include "flow/measure/closest.h"

#include <cmath>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

PointSet closest_points(const std::vector<double>& x, int dim) {
  return {static_cast<int>(x.size()) / dim, dim, x.data()};
}

}  // namespace

TEST_CASE("distances to the closest point have hand-computed values") {
  Workers workers(1);
  // sklearn.neighbors.NearestNeighbors gives 1, 1 and the root of 2 too.
  const std::vector<double> points{0, 0, 1, 2, 3, 3}, others{0, 1, 2, 2, 5, 5};
  const std::vector<double> found =
      closest_distances(closest_points(points, 2), closest_points(others, 2), workers);
  REQUIRE(found.size() == 3);
  CHECK(found[0] == Approx(1));
  CHECK(found[1] == Approx(1));
  CHECK(found[2] == Approx(std::sqrt(2.)));
  // Among 0, 1, 1, 4 and 10 on a line, the closest other points are at 1, 0, 0, 3 and 6.
  const std::vector<double> line{0, 1, 1, 4, 10};
  CHECK(closest_among(closest_points(line, 1), workers) == std::vector<double>{1, 0, 0, 3, 6});
}

TEST_CASE("closest distances do not depend on threads, and refuse sets that cannot be compared") {
  Workers one(1), three(3);
  std::vector<double> x, y;
  for (int k = 0; k < 150; ++k) x.push_back(std::sin(3. * k)), y.push_back(std::cos(2. * k));
  CHECK(closest_distances(closest_points(x, 3), closest_points(y, 3), one) ==
        closest_distances(closest_points(x, 3), closest_points(y, 3), three));
  CHECK_THROWS_WITH(closest_distances(closest_points(x, 3), closest_points(y, 2), one),
                    Contains("one set has dimension 3 and the other 2"));
  CHECK_THROWS_WITH(closest_among(closest_points({1, 2}, 2), one),
                    Contains("[closest] one point has no other point; give at least two"));
}

}  // namespace pushforward
