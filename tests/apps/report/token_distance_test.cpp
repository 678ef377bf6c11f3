// Compares the total variation with hand-computed values and with that of a dense histogram.
#include "apps/report/token_distance.h"

#include <cmath>
#include <vector>

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("total variation of sequences has hand-computed values") {
  const std::vector<int> a{0, 1, 0, 1, 2, 2, 1, 0}, b{0, 1, 3, 3};
  // The shares of the four sequences are (1/2, 1/4, 1/4, 0) in a and (1/2, 0, 0, 1/2) in b.
  CHECK(total_variation(a, b, 2) == Approx(0.5));
  CHECK(total_variation(a, a, 2) == 0);
  CHECK(total_variation(b, a, 2) == total_variation(a, b, 2));
  CHECK(total_variation(std::vector<int>{0, 0}, b, 2) == 1);
  CHECK(std::isnan(total_variation({}, b, 2)));
  CHECK_THROWS_WITH(total_variation(a, b, 3), Contains("whole sequences"));
}

TEST_CASE("total variation of pairs is that of a dense histogram") {
  constexpr int V = 7, n = 500, m = 300;
  std::vector<int> a, b;
  unsigned state = 1;
  const auto next = [&] { return int((state = state * 1664525u + 1013904223u) >> 20) % V; };
  for (int i = 0; i < 2 * n; ++i) a.push_back(next());
  for (int i = 0; i < 2 * m; ++i) b.push_back(next() / 2);
  double counts[2][V * V] = {};
  for (int i = 0; i < n; ++i) counts[0][a[2 * i] * V + a[2 * i + 1]] += 1.0 / n;
  for (int i = 0; i < m; ++i) counts[1][b[2 * i] * V + b[2 * i + 1]] += 1.0 / m;
  double sum = 0;
  for (int k = 0; k < V * V; ++k) sum += std::abs(counts[0][k] - counts[1][k]) / 2;
  CHECK(total_variation(a, b, 2) == Approx(sum).epsilon(1e-12));
}
