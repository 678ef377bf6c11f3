// Tests subsets of points, which are different rows of the set in order, and errors for sets that
// cannot be compared.
#include "flow/measure/point_set.h"

#include <limits>
#include <string>

#include "flow/measure/coverage.h"
#include "flow/measure/discrepancy.h"
#include "flow/measure/wasserstein.h"
#include "tests/tools/refusals.h"

namespace pushforward {

TEST_CASE("a subsample has rows of the set, each at most once and in their order") {
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

namespace {

// Every measure of two sets, and its name in errors.
struct Measure {
  const char* name;
  void (*of)(PointSet a, PointSet b, Workers& workers);
  bool one_set = false;  // true if it measures only the set b
};
const std::vector<double> kOneBandwidth{1};
const Measure kMeasures[] = {
    {"here", [](PointSet a, PointSet b, Workers&) { check_comparable("here", a, b); }},
    {"wasserstein", [](PointSet a, PointSet b, Workers&) { wasserstein2(a, b); }},
    {"sliced wasserstein",
     [](PointSet a, PointSet b, Workers& w) { sliced_wasserstein2(a, b, 3, {}, w); }},
    {"gaussian moments", [](PointSet, PointSet b, Workers&) { gaussian_moments(b); }, true},
    {"mmd", [](PointSet a, PointSet b, Workers& w) { mmd2(a, b, kOneBandwidth, w); }},
    {"mmd", [](PointSet a, PointSet b, Workers& w) { biased_mmd2(a, b, kOneBandwidth, w); }},
    {"median distance", [](PointSet a, PointSet b, Workers&) { median_distance(a, b); }},
    {"median distance", [](PointSet a, PointSet b, Workers&) { usual_bandwidths(a, b); }},
    {"energy distance", [](PointSet a, PointSet b, Workers& w) { energy_distance(a, b, w); }},
    {"coverage", [](PointSet a, PointSet b, Workers& w) { measure_coverage(a, b, w, 1); }},
};

}  // namespace

TEST_CASE("every measure refuses sets that cannot be compared") {
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               inf = std::numeric_limits<double>::infinity();
  const std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7}, holed{0, 1, 2, 3, 4, nan, 6, 7},
      endless{-inf, 1, 2, 3, 4, 5, 6, 7};
  const PointSet good{4, 2, x.data()};
  const struct {
    PointSet a, b;
    std::string text;
    bool of_both = true;  // false: a measure of the set b alone gives the same error
  } wrong[] = {
      {good,
       {2, 4, x.data()},
       "one set has dimension 2 and the other 4; both must have the same dimension"},
      {{4, 0, x.data()}, {4, 0, x.data()}, "the points have no coordinates", false},
      {{0, 2, x.data()}, good, "sets of 0 and 4 points; both need at least one"},
      {good, {0, 2, x.data()}, "sets of 4 and 0 points; both need at least one"},
      {{4, 2, nullptr}, good, "a set has no memory"},
      {good, {4, 2, nullptr}, "a set has no memory", false},
      {{4, 2, holed.data()},
       good,
       "point 2, coordinate 1 of the first set is nan; points must be finite"},
      {good,
       {4, 2, holed.data()},
       "point 2, coordinate 1 of the second set is nan; points must be finite"},
      {{4, 2, endless.data()},
       good,
       "point 0, coordinate 0 of the first set is -inf; points must be finite"},
      {good,
       {4, 2, endless.data()},
       "point 0, coordinate 0 of the second set is -inf; points must be finite"},
  };
  Workers workers(1);
  for (const Measure& measure : kMeasures) {
    for (const auto& [a, b, text, of_both] : wrong) {
      CAPTURE(measure.name, text);
      if (measure.one_set && of_both) continue;
      CHECK_THROWS_WITH(measure.of(a, b, workers), "[" + std::string(measure.name) + "] " + text);
    }
    if (!measure.one_set) CHECK_NOTHROW(measure.of(good, {4, 2, x.data()}, workers));
  }
  // Measures of a single set refuse an empty set too.
  CHECK_THROWS_WITH(gaussian_moments({0, 2, x.data()}),
                    "[gaussian moments] sets of 0 and 0 points; both need at least one");
  CHECK_THROWS_WITH(
      gaussian_moments({4, 2, holed.data()}),
      "[gaussian moments] point 2, coordinate 1 of the first set is nan; points must be finite");
}

TEST_CASE("measures refuse invalid options") {
  Workers workers(1);
  std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7}, y{1, 2, 3, 4}, none;
  const std::vector<double> same(8, 1.), bad{1, 0};
  const PointSet four{4, 2, x.data()}, two{2, 2, y.data()}, one{1, 2, y.data()};
  check_refusals({
      {[&] { subsample(four, -1, {}); }, "[subsample] -1 points asked for; give 0 or more"},
      {[&] {
         subsample({-1, 2, x.data()}, 1, {});
       },
       "[subsample] a set of -1 points of dimension 2; give the memory of rows that there are"},
      {[&] {
         subsample({4, 2, nullptr}, 1, {});
       },
       "[subsample] a set of 4 points of dimension 2, without memory; "
       "give the memory of rows that there are"},
      {[&] { expected_coverage(5, 10, 5); },
       "[coverage] neighbour 5 among 5 true points and 10 samples; "
       "there must be more true points, and samples"},
      {[&] { expected_coverage(5, 10, 0); },
       "[coverage] neighbour 0 among 5 true points and 10 samples; "
       "there must be more true points, and samples"},
      {[&] { expected_coverage(6, 0, 5); },
       "[coverage] neighbour 5 among 6 true points and 0 samples; "
       "there must be more true points, and samples"},
      {[&] { measure_coverage(four, two, workers, 4); },
       "[coverage] neighbour 4 is asked for among 4 true points; give more points or a smaller k"},
      {[&] { measure_coverage(four, two, workers, 0); },
       "[coverage] neighbour 0 is asked for among 4 true points; give more points or a smaller k"},
      {[&] {
         median_distance({4, 2, same.data()}, {4, 2, same.data()});
       },
       "[median distance] more than half of the pairs of points coincide; "
       "give bandwidths of your own"},
      {[&] { mmd2(four, one, kOneBandwidth, workers); },
       "[mmd] sets of 4 and 1 points; both need at least two"},
      {[&] { mmd2(one, four, kOneBandwidth, workers); },
       "[mmd] sets of 1 and 4 points; both need at least two"},
      {[&] { wasserstein2(four, two); },
       "[wasserstein] the sets have 4 and 2 points; exact transport needs sets of equal size; "
       "subsample the larger one, or take the sliced distance"},
      {[&] { sliced_wasserstein2(four, two, 0, {}, workers); },
       "[sliced wasserstein] 0 directions; take at least one"},
      {[&] { wasserstein_sorting(x, none); },
       "[wasserstein] sets of 8 and 0 numbers; both need at least one"},
      {[&] { wasserstein_sorting(none, x); },
       "[wasserstein] sets of 0 and 8 numbers; both need at least one"},
      {[&] { wasserstein_sorting(x, y, 0.5); },
       "[wasserstein] the power is 0.5; it must be at least 1"},
      {[&] { wasserstein_sorting(x, y, std::numeric_limits<double>::infinity()); },
       "[wasserstein] the power is inf; it must be at least 1"},
  });
  CHECK(expected_coverage(6, 1, 5) > 0);
  CHECK(median_distance(one, two) > 0);  // one point in each set is enough
}

}  // namespace pushforward
