// Tests correctors, which redraw tokens at random during sampling: their rates are finite, and the
// probabilities of redrawing a token agree with the integrals of the rates.
#include "flow/discrete/corrector.h"

#include <cmath>
#include <string>
#include <utility>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

const Corrector kEveryCorrector[] = {{Corrector::Kind::none, 0},
                                     {Corrector::Kind::constant, 3},
                                     {Corrector::Kind::bump, 2},
                                     {Corrector::Kind::balanced, 1.5},
                                     {Corrector::Kind::remask, 10}};

}  // namespace

TEST_CASE("a corrector's rate is finite at all times, and 0 where its formula diverges") {
  for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(3), cosine_kappa()}) {
    for (const Corrector& c : kEveryCorrector) {
      CAPTURE(kappa.name(), name_of(c.kind));
      for (double t : {0., 1e-12, 0.5, 1 - 1e-12, 1.}) {
        CHECK(std::isfinite(c.eta(kappa, t)));
        CHECK(c.eta(kappa, t) >= 0);
      }
      for (double from : {0., 0.3, 0.9}) {
        const double p = c.redraw(kappa, from, 1);
        CHECK(p >= 0);
        CHECK(p <= 1);
      }
    }
    const double t = 0.4, k = kappa(t);
    CHECK(Corrector{Corrector::Kind::balanced, 2}.eta(kappa, t) ==
          Approx(2 * kappa.slope(t) / (k * (1 - k))));
    CHECK(Corrector{Corrector::Kind::balanced, 2}.eta(kappa, 0) == 0);
    CHECK(Corrector{Corrector::Kind::balanced, 2}.redraw(kappa, 0, 0.1) == 1);
  }
}

TEST_CASE("no token is redrawn at scale 0 or in a step of length 0, also at the path's ends") {
  constexpr std::pair<double, double> kSteps[] = {{0, 0.1}, {0.9, 1}, {0, 1},    {0.25, 0.75},
                                                  {0, 0},   {1, 1},   {0.5, 0.5}};
  for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(0.5), polynomial_kappa(3),
                             sine_squared_kappa(), cosine_kappa()}) {
    for (Corrector c : kEveryCorrector) {
      for (const double scale : {c.scale, 0.}) {
        c.scale = scale;
        for (const auto& [from, to] : kSteps) {
          CAPTURE(kappa.name(), name_of(c.kind), scale, from, to);
          const double p = c.redraw(kappa, from, to);
          const bool none = c.kind == Corrector::Kind::none || scale == 0 || from == to;
          if (none) {
            CHECK(p == 0);
            CHECK(!std::signbit(p));
          } else {
            CHECK(p > 0);
            CHECK(p <= 1);
          }
        }
        for (const double t : {0., 0.5, 1.}) CHECK((scale > 0 || c.eta(kappa, t) == 0));
      }
    }
  }
}

TEST_CASE("the probability of redrawing a token is that given by the integral of the rate") {
  for (const Kappa& kappa :
       {linear_kappa(), polynomial_kappa(2), sine_squared_kappa(), cosine_kappa()}) {
    for (const Corrector& c : kEveryCorrector) {
      CAPTURE(kappa.name(), name_of(c.kind));
      const double from = 0.2, to = 0.7;
      constexpr int n = 1000;
      double integral = 0;  // Simpson's rule
      for (int i = 0; i <= n; ++i) {
        const double w = i == 0 || i == n ? 1 : i % 2 ? 4 : 2;
        integral += w * c.eta(kappa, from + (to - from) * i / n) * (to - from) / (3 * n);
      }
      CHECK(c.redraw(kappa, from, to) == Approx(1 - std::exp(-integral)).epsilon(1e-9));
      CHECK(c.redraw(kappa, from, from) == 0);
      // For a step as short as 2^-40, evaluating 1 - exp(-integral) directly would lose digits.
      const double h = 0x1p-40;
      CHECK(c.redraw(kappa, from, from + h) ==
            Approx(h * c.eta(kappa, from + h / 2)).epsilon(1e-3).margin(0));
    }
  }
}

TEST_CASE("every corrector refuses invalid scales and times outside of [0, 1]") {
  for (Corrector c : kEveryCorrector) {
    CAPTURE(name_of(c.kind));
    for (const char* t : {"-0.25", "1.5", "nan"}) {
      CHECK_THROWS_WITH(c.eta(linear_kappa(), std::stod(t)),
                        "[sample] the corrector's rate is asked for at t = " + std::string(t) +
                            "; times lie in [0, 1]");
    }
    for (const auto& [from, to] : {std::pair<const char*, const char*>{"0.5", "0.25"},
                                   {"-0.25", "0.5"},
                                   {"0.5", "1.5"},
                                   {"nan", "0.5"},
                                   {"0.5", "nan"}}) {
      CHECK_THROWS_WITH(c.redraw(linear_kappa(), std::stod(from), std::stod(to)),
                        "[sample] the corrector is asked about t = " + std::string(from) + " to " +
                            to + "; times rise and lie in [0, 1]");
    }
    for (const char* scale : {"-1", "nan", "inf"}) {
      c.scale = std::stod(scale);
      const std::string text = "[sample] the corrector's scale is " + std::string(scale) +
                               "; it must be 0 or more, and finite";
      CHECK_THROWS_WITH(c.check_valid(), text);
      CHECK_THROWS_WITH(c.eta(linear_kappa(), 0.5), text);
      CHECK_THROWS_WITH(c.redraw(linear_kappa(), 0.25, 0.5), text);
    }
  }
}

}  // namespace pushforward
