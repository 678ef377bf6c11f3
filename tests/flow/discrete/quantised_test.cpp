// Tests that a quantised distribution has the rows of the continuous distribution, as numbers of
// levels.
#include "flow/discrete/quantised.h"

#include <cmath>

#include "flow/distributions/array.h"
#include "flow/distributions/toy.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {

TEST_CASE("a quantised distribution has the continuous distribution's rows and labels") {
  const auto checkerboard = std::make_shared<Toy>("8gaussians");
  const QuantisedDistribution distribution(checkerboard, {32, -4, 4});
  CHECK(distribution.length() == 2);
  CHECK(distribution.vocabulary() == 32);
  CHECK(distribution.classes() == checkerboard->classes());
  const Stream stream{1, Purpose::data, 2};
  std::vector<int> labels, labels_of;
  constexpr int n = 5000;  // more rows than the implementation draws at once
  const std::vector<int> rows = draw_rows(distribution, stream, n, &labels);
  const Tensor x = draw_rows(*checkerboard, stream, n, &labels_of);
  CHECK(labels == labels_of);
  for (int r = 0; r < n; ++r)
    for (int j = 0; j < 2; ++j) CHECK(rows[2 * r + j] == distribution.levels().of(double(x(r, j))));
  std::vector<int> part(20);
  distribution.draw(stream, 3000, 10, part.data());
  CHECK(std::equal(part.begin(), part.end(), rows.begin() + 6000));
}

TEST_CASE("invalid levels are refused") {
  const auto points = std::make_shared<ArrayData>(Tensor({1, 2}, std::vector<real>{0, 1}));
  CHECK_THROWS_WITH(QuantisedDistribution(points, {0, -1, 1}),
                    "[quantize] 0 levels from -1 to 1; give at least one, low below high");
  CHECK_THROWS_WITH(QuantisedDistribution(points, {4, 1, 1}),
                    "[quantize] 4 levels from 1 to 1; give at least one, low below high");
}

}  // namespace pushforward::inline PF_REAL
