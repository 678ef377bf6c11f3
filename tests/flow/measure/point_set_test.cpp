// Tests subsets of points, which have different rows of the set in order, and errors for sets that
// cannot be compared.
#include "flow/measure/point_set.h"

#include <limits>

#include "tests/tools/catch.h"

namespace pushforward {

TEST_CASE("a subsample has rows of the set, each at most once, in their order") {
  std::vector<double> x;
  for (int k = 0; k < 100; ++k) x.insert(x.end(), {double(k), -double(k)});
  const PointSet all{100, 2, x.data()};
  const auto some = subsample(all, 30, {1, Purpose::user, 0});
  REQUIRE(some.size() == 60);
  for (int k = 0; k < 30; ++k) {
    CHECK(some[2 * k + 1] == -some[2 * k]);
    if (k > 0) CHECK(some[2 * k] > some[2 * k - 2]);
  }
  CHECK(some == subsample(all, 30, {1, Purpose::user, 0}));
  CHECK(some != subsample(all, 30, {2, Purpose::user, 0}));
  CHECK(subsample(all, 100, {}) == x);
  CHECK(subsample(all, 1000, {}) == x);
  CHECK_THROWS_WITH(subsample(all, -1, {}), Contains("[subsample] -1 points asked for"));
}

TEST_CASE("sets that can't be compared") {
  std::vector<double> x(12, 1.), y = x;
  CHECK_NOTHROW(check_comparable("here", {6, 2, x.data()}, {3, 2, y.data()}));
  CHECK_THROWS_WITH(check_comparable("here", {6, 2, x.data()}, {4, 3, y.data()}),
                    Contains("[here] one set has dimension 2 and the other 3"));
  CHECK_THROWS_WITH(check_comparable("here", {6, 2, x.data()}, {0, 2, y.data()}),
                    Contains("sets of 6 and 0 points; both need at least one"));
  CHECK_THROWS_WITH(check_comparable("here", {6, 0, x.data()}, {6, 0, y.data()}),
                    Contains("no coordinates"));
  y[7] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(check_comparable("here", {6, 2, x.data()}, {6, 2, y.data()}),
                    Contains("point 3, coordinate 1 of the second set is nan"));
}

}  // namespace pushforward
