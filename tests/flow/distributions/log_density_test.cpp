// Tests sums of exponentials that would overflow or underflow in a plain sum.
#include "flow/distributions/log_density.h"

#include "tests/tools/catch.h"

using namespace pushforward;

TEST_CASE("a sum of exponentials is accurate in any order and for any size") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  LogSum up, down, far, none;
  for (int k = 0; k < 50; ++k) up.add(k - 25), down.add(24 - k);
  const double expected = 24 + std::log((1 - std::exp(-50)) / (1 - std::exp(-1)));
  CHECK(up.value() == Approx(expected).epsilon(1e-14));
  CHECK(down.value() == Approx(expected).epsilon(1e-14));
  for (double a : {-inf, -1e6, -inf, -1e6}) far.add(a);
  CHECK(far.value() == Approx(-1e6 + std::log(2)).epsilon(1e-14));
  CHECK(none.value() == -inf);
  none.add(-inf);
  CHECK(none.value() == -inf);
}

TEST_CASE("the normal log-density has its formula") {
  CHECK(log_normal(2.25, 1.5, 1) == Approx(-0.5 - std::log(1.5 * std::sqrt(2 * std::acos(-1)))));
  CHECK(log_normal(0, 2, 3) == Approx(-3 * std::log(2) - 1.5 * kLn2Pi));
}
