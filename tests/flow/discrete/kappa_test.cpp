// Compares the schedulers kappa(t), the probability that a token already has its data value, with
// their formulas in long double, also at times where a plain formula would lose digits.
#include "flow/discrete/kappa.h"

#include <cmath>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

using Long = long double;
const Long kLongPi = std::acos(Long(-1));

std::vector<Kappa> all() {
  return {linear_kappa(),        polynomial_kappa(2),  polynomial_kappa(3),
          polynomial_kappa(0.5), sine_squared_kappa(), cosine_kappa()};
}

// Returns 1 - kappa, computed from e = 1 - t without cancellation.
Long left(const Kappa& kappa, Long e) {
  switch (kappa.kind()) {
    case Kappa::Kind::linear: return e;
    case Kappa::Kind::polynomial: return -std::expm1(Long(kappa.power()) * std::log1p(-e));
    case Kappa::Kind::sine_squared: return std::pow(std::sin(kLongPi / 2 * e), Long(2));
    default: return std::sin(kLongPi / 2 * e);
  }
}

bool close(double got, Long wanted, double tolerance = 4e-15) {
  return std::abs(Long(got) - wanted) <= tolerance * std::abs(wanted);
}

}  // namespace

TEST_CASE("every kappa is exact at both ends") {
  for (const Kappa& kappa : all()) {
    CAPTURE(kappa.name(), kappa.power());
    CHECK(kappa(0) == 0);
    CHECK(kappa(1) == 1);
    CHECK(kappa.left(0) == 1);
    CHECK(kappa.left(1) == 0);
    CHECK(kappa.inverse(0) == 0);
    CHECK(kappa.inverse(1) == 1);
    CHECK(kappa.hazard(1) == INFINITY);
    CHECK(kappa.jump(0, 1) == 1);
    CHECK(kappa.jump(0.3, 1) == 1);
    CHECK(kappa.jump(1, 1) == 1);
    CHECK(kappa.jump(0.3, 0.3) == 0);
    CHECK(kappa.jump(0, 0) == 0);
    CHECK(kappa.jump(0, 0.3) == kappa(0.3));
  }
}

TEST_CASE("kappas agree with their formulas, and slopes with their derivatives") {
  for (double t : {1e-9, 0.01, 0.3, 0.5, 0.8, 0.99}) {
    CAPTURE(t);
    CHECK(linear_kappa()(t) == t);
    CHECK(close(polynomial_kappa(3)(t), Long(t) * t * t));
    CHECK(close(sine_squared_kappa()(t), std::pow(std::sin(kLongPi / 2 * t), Long(2))));
    CHECK(close(cosine_kappa()(t), 2 * std::pow(std::sin(kLongPi / 4 * t), Long(2))));
    for (const Kappa& kappa : all()) {
      CAPTURE(kappa.name(), kappa.power());
      const double h = 1e-6 * std::min(t, 1 - t);
      CHECK((kappa(t + h) - kappa(t - h)) / (2 * h) == Approx(kappa.slope(t)).epsilon(1e-7));
      CHECK(kappa.hazard(t) == Approx(kappa.slope(t) / (1 - kappa(t))).epsilon(1e-12));
      CHECK(kappa.left(t) == Approx(1 - kappa(t)).epsilon(1e-12));
      CHECK(kappa.inverse(kappa(t)) == Approx(t).epsilon(1e-13));
    }
  }
}

TEST_CASE("1 - kappa, hazards and jumps are accurate near the end") {
  for (const Kappa& kappa : all()) {
    for (int digits : {3, 8, 14}) {
      // The distance of these times from 1 is exact in double.
      const double e = std::ldexp(std::round(std::pow(10., -digits) * 0x1p52), -52), e2 = e / 2;
      const double from = 1 - e, to = 1 - std::ldexp(std::round(e2 * 0x1p52), -52);
      const Long at_from = left(kappa, e), at_to = left(kappa, 1 - Long(to));
      CAPTURE(kappa.name(), kappa.power(), digits);
      CHECK(close(kappa.left(from), at_from));
      CHECK(close(kappa.hazard(from), Long(kappa.slope(from)) / at_from));
      CHECK(close(kappa.jump(from, to), (at_from - at_to) / at_from, 1e-13));
      CHECK(kappa.jump(from, to) < 1);
    }
  }
}

TEST_CASE("short jumps are accurate, and several steps compose to one") {
  for (const Kappa& kappa : all()) {
    CAPTURE(kappa.name(), kappa.power());
    for (double t : {0.1, 0.4, 0.9}) {
      const double h = std::ldexp(1., -40);
      CHECK(kappa.jump(t, t + h) == Approx(h * kappa.hazard(t + h / 2)).epsilon(1e-10));
    }
    double stays = 1;
    for (int i = 0; i < 9; ++i) stays *= 1 - kappa.jump(i / 10., (i + 1) / 10.);
    CHECK(stays == Approx(kappa.left(0.9)).epsilon(1e-13));
  }
}

TEST_CASE("a jump from a time close to 0 has the probability kappa of its end time") {
  // For these cases kappa = t^power underflows at `from`, or (to / from)^power overflows.
  for (const auto& [power, from, to] : {std::tuple{2., 1e-200, 0.5},
                                        {2., 1e-200, 1e-3},
                                        {2., 5e-324, 0.75},
                                        {8., std::pow(64., -60), 0.5},
                                        {8., std::pow(64., -10), 0.9},
                                        {3., 1e-150, 1e-60},
                                        {2., 1e-200, 1e-150}}) {
    CAPTURE(power, from, to);
    CHECK(close(polynomial_kappa(power).jump(from, to), std::pow(Long(to), Long(power))));
  }
  CHECK(polynomial_kappa(2).jump(1e-200, 0.5) == 0.25);
  CHECK(polynomial_kappa(8).jump(std::pow(64., -60), 0.5) == 0x1p-8);
  // In the next two lines kappa underflows at both times.
  CHECK(polynomial_kappa(2).jump(1e-200, 2e-200) == 0);
  CHECK(polynomial_kappa(8).jump(std::pow(64., -60), std::pow(64., -59)) == 0);
  for (const Kappa& kappa : all()) CHECK(close(kappa.jump(1e-200, 0.5), kappa(0.5)));
}

TEST_CASE("jumps are accurate for any ratio of their times") {
  for (double power : {1. / 60, 0.5, 1., 2., 8.}) {
    for (double from : {std::pow(64., -60), 1e-30, 1e-3, 0.1, 0.4}) {
      for (double ratio : {1 + 0x1p-40, 1.5, 1.99, 2., 2.01, 2.4}) {
        const double to = from * ratio;
        const Long p = power, earlier = std::pow(Long(from), p);
        const Long gain = earlier * std::expm1(p * std::log1p((Long(to) - from) / from));
        if (gain < 1e-290L) continue;
        CAPTURE(power, from, ratio);
        CHECK(close(polynomial_kappa(power).jump(from, to), gain / (1 - earlier)));
      }
    }
  }
  // At these times kappa = t^(1/60) is 1/64 and 1/32.
  const Kappa root = polynomial_kappa(1. / 60);
  CHECK(root.jump(std::pow(64., -60), std::pow(32., -60)) == Approx(1. / 63).epsilon(1e-14));
}

TEST_CASE("the cosine kappa has the known numbers") {
  CHECK(cosine_kappa()(0.3) == Approx(0.1089934758).epsilon(1e-9));
  CHECK(cosine_kappa().hazard(0.3) == Approx(0.8003607045).epsilon(1e-9));
  CHECK(cosine_kappa().jump(0.3, 0.4) == Approx(0.09201900052).epsilon(1e-9));
}

TEST_CASE("every kappa refuses times, steps and values outside of [0, 1]") {
  for (const Kappa& kappa : all()) {
    CAPTURE(kappa.name(), kappa.power());
    for (const char* t : {"-0.25", "1.5", "nan"}) {
      const double at = std::stod(t);
      const std::string text =
          "[kappa] t is " + std::string(t) + "; times of a discrete flow lie in [0, 1]";
      CHECK_THROWS_WITH(kappa(at), text);
      CHECK_THROWS_WITH(kappa.left(at), text);
      CHECK_THROWS_WITH(kappa.slope(at), text);
      CHECK_THROWS_WITH(kappa.hazard(at), text);
      CHECK_THROWS_WITH(kappa.jump(at, 1), text);
      CHECK_THROWS_WITH(kappa.inverse(at), "[kappa] no time has kappa = " + std::string(t) +
                                               "; it rises from 0 at t = 0 to 1 at t = 1");
    }
    CHECK_THROWS_WITH(kappa.inverse(std::nextafter(1., 2.)),
                      Contains("[kappa] no time has kappa = 1"));
    for (const auto& [from, to] : {std::pair<const char*, const char*>{"0.5", "0.25"},
                                   {"0.5", "1.5"},
                                   {"0", "-0.25"},
                                   {"0.5", "nan"}}) {
      CHECK_THROWS_WITH(kappa.jump(std::stod(from), std::stod(to)),
                        "[kappa] a step goes from t = " + std::string(from) + " to " + to +
                            "; it must go forward, and no further than 1");
    }
  }
  for (const char* power : {"0", "-1", "nan", "inf"}) {
    CHECK_THROWS_WITH(polynomial_kappa(std::stod(power)),
                      "[kappa] the power of polynomial is " + std::string(power) +
                          "; kappa = t^power rises from 0 to 1 for positive powers only");
  }
  CHECK_THROWS_WITH(
      polynomial_kappa(5e-324).jump(1 - 0x1p-40, 1 - 0x1p-41),
      Contains("[kappa] 1 - kappa is 0 at t = 1 already, so the probability of a jump until ") &&
          Contains(" is undefined; take a greater power"));
}

}  // namespace pushforward
