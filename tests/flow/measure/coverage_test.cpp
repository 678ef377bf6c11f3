// Tests density and coverage: a hand-computed case, their distribution for samples of the true
// distribution, and that they detect other samples.
#include "flow/measure/coverage.h"

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

std::vector<double> coverage_normals(int n, int dim, std::uint32_t step, double scale = 1) {
  const Stream stream{41, Purpose::user, step};
  std::vector<double> x(static_cast<std::size_t>(n) * dim);
  for (std::size_t k = 0; k < x.size(); ++k)
    x[k] = scale * stream.normal(static_cast<std::uint32_t>(k));
  return x;
}

PointSet coverage_points(const std::vector<double>& x, int dim) {
  return {static_cast<int>(x.size()) / dim, dim, x.data()};
}

}  // namespace

TEST_CASE("density and coverage of five points on a line have hand-computed values") {
  Workers workers(1);
  // Each true point has a ball whose radius is the distance to its nearest neighbour. For 0, 1, 3,
  // 7 and 20 the radii are 1, 1, 2, 4 and 13.
  const std::vector<double> truth{0, 1, 3, 7, 20}, samples{0.5, 2, 100};
  const Coverage c =
      measure_coverage(coverage_points(truth, 1), coverage_points(samples, 1), workers, 1);
  // The sample 0.5 is in the balls of 0 and 1, the sample 2 in those of 1 (at the edge) and 3, and
  // the sample 100 in none. With 3 samples, the density is 4 / 3.
  CHECK(c.density == Approx(4. / 3));
  CHECK(c.coverage == Approx(3. / 5));
  // With the distance to the second neighbour as radius, the radii are 3, 2, 3, 6 and 17.
  const Coverage two =
      measure_coverage(coverage_points(truth, 1), coverage_points(samples, 1), workers, 2);
  CHECK(two.density == Approx((3 + 4) / (2. * 3)));
  CHECK(two.coverage == Approx(4. / 5));
}

TEST_CASE(
    "samples of the true distribution have the expected coverage, others have less, on any number of threads") {
  Workers one(1), three(3);
  for (const int samples : {1000, 400}) {
    const auto x = coverage_normals(1000, 2, 1), y = coverage_normals(samples, 2, 2);
    const Coverage c = measure_coverage(coverage_points(x, 2), coverage_points(y, 2), one);
    CAPTURE(samples, c.coverage, c.density);
    CHECK(c.coverage == Approx(expected_coverage(1000, samples)).margin(0.03));
    CHECK(c.density == Approx(1).margin(0.08));
    const Coverage again = measure_coverage(coverage_points(x, 2), coverage_points(y, 2), three);
    CHECK(again.coverage == c.coverage);
    CHECK(again.density == c.density);
  }
  CHECK(expected_coverage(1000, 1000) == Approx(1 - 1. / 32).margin(0.001));
  const auto x = coverage_normals(1000, 2, 1), narrow = coverage_normals(1000, 2, 2, 0.3),
             wide = coverage_normals(1000, 2, 2, 3);
  const Coverage crowd = measure_coverage(coverage_points(x, 2), coverage_points(narrow, 2), one);
  CHECK(crowd.coverage < 0.6);
  CHECK(measure_coverage(coverage_points(x, 2), coverage_points(wide, 2), one).density < 0.6);
}

TEST_CASE("copies of a point have one ball, and count as often as they occur") {
  Workers workers(1);
  const std::vector<double> once{0, 1, 3, 7, 20}, samples{0.5, 2, 100},
      copied{7, 0, 1, 0, 3, 7, 7, 20, 0, 1};  // 0 three times, 1 twice, 7 three times
  const Coverage c =
      measure_coverage(coverage_points(copied, 1), coverage_points(samples, 1), workers, 1);
  CHECK(
      c.density ==
      measure_coverage(coverage_points(once, 1), coverage_points(samples, 1), workers, 1).density);
  CHECK(c.coverage == Approx(0.6));  // 0, 1 and 3 are covered, with their copies 6 of 10 points
  CHECK(count_distinct(coverage_points(copied, 1)) == 5);
  CHECK(count_distinct(coverage_points(once, 1)) == 5);
  CHECK_THROWS_WITH(
      measure_coverage(coverage_points(copied, 1), coverage_points(samples, 1), workers, 5),
      Contains("neighbour 5 is asked for among 5 true points that are distinct"));
  // If every true point occurs eight times, one sample at each of the points is enough to cover
  // all.
  const auto x = coverage_normals(200, 2, 3);
  std::vector<double> many;
  for (int k = 0; k < 8; ++k) many.insert(many.end(), x.begin(), x.end());
  CHECK(measure_coverage(coverage_points(many, 2), coverage_points(x, 2), workers).coverage == 1);
}

TEST_CASE("a number of neighbours that is too large is refused") {
  Workers workers(1);
  const auto x = coverage_normals(5, 2, 1);
  CHECK_THROWS_WITH(measure_coverage(coverage_points(x, 2), coverage_points(x, 2), workers),
                    Contains("[coverage] neighbour 5 is asked for among 5 true points"));
  CHECK_THROWS_WITH(measure_coverage(coverage_points(x, 2), coverage_points(x, 2), workers, 0),
                    Contains("neighbour 0"));
  CHECK_THROWS_WITH(measure_coverage(coverage_points(x, 2), {1, 1, x.data()}, workers, 1),
                    Contains("one set has dimension 2 and the other 1"));
}

}  // namespace pushforward
