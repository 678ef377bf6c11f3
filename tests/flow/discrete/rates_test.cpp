// Compares the rates of single tokens with published numbers and with the derivative of the
// marginals.
#include "flow/discrete/rates.h"

#include <cmath>
#include <vector>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

std::vector<double> softmax(std::vector<double> logits) {
  double sum = 0;
  for (double& l : logits) sum += l = std::exp(l);
  for (double& l : logits) l /= sum;
  return logits;
}

// For one token whose data value x1 has the distribution p, marginal returns p_t(y), the
// probability of state y at time t. posterior returns p(x1 | y), by Bayes' rule.
double marginal(const TokenPath& path, const std::vector<double>& p, double t, int y) {
  const double k = path.kappa(t);
  return (y < path.vocabulary ? k * p[y] : 0) + (1 - k) * path.source_probability(y);
}
std::vector<double> posterior(const TokenPath& path, const std::vector<double>& p, double t,
                              int y) {
  const double k = path.kappa(t);
  std::vector<double> out(p.size());
  for (int v = 0; v < path.vocabulary; ++v)
    out[v] = p[v] * (k * (v == y) + (1 - k) * path.source_probability(y)) / marginal(path, p, t, y);
  return out;
}

}  // namespace

TEST_CASE("the forward rate computed from logits has the known numbers") {
  const TokenPath path{polynomial_kappa(3), SourceKind::uniform, 3};
  std::vector<double> u(3);
  forward_rates(path, 0.8, softmax({1, 2, 0.5}), 2, u);
  CHECK(u[0] == Approx(0.9097333677).epsilon(1e-9));
  CHECK(u[1] == Approx(2.472911682).epsilon(1e-9));
  CHECK(u[2] == Approx(-3.38264505).epsilon(1e-9));
}

TEST_CASE("the forward rate given x1 is R* of Campbell et al.") {
  const TokenPath uniform{linear_kappa(), SourceKind::uniform, 3},
      mask{linear_kappa(), SourceKind::mask, 3};
  std::vector<double> u(3), m(4);
  forward_rates(uniform, 0.4, std::vector<double>{0, 0, 1}, 0, u);
  // The rate R* from state x to state y is ReLU(dp_t(y) - dp_t(x)) / (S p_t(x)), where p_t(y) = t
  // [y = x1] + (1 - t) / 3, dp_t is its derivative in t, and S = 3 states.
  for (int y = 1; y < 3; ++y) {
    const double dy = (y == 2) - 1. / 3, dx = -1. / 3;
    CHECK(u[y] == Approx(std::max(0., dy - dx) / (3 * 0.6 / 3)).epsilon(1e-14));
  }
  CHECK(u[2] == Approx(1.666666667).epsilon(1e-9));
  forward_rates(mask, 0.4, std::vector<double>{0, 0, 1}, 3, m);
  CHECK(m[2] == Approx(1.666666667).epsilon(1e-9));
  CHECK(m[3] == -m[2]);
}

TEST_CASE("a corrector's rates have the known numbers, with a uniform and with a mask source") {
  const std::vector<double> three{0, 0, 0, 1};
  const TokenPath uniform{linear_kappa(), SourceKind::uniform, 4};
  std::vector<double> u(4), c(4);
  forward_rates(uniform, 0.4, three, 0, u);
  corrector_rates(uniform, {Corrector::Kind::balanced, 1}, 0.4, three, 0, c);
  const double wanted[] = {-5.208333333, 0.625, 0.625, 3.958333333};
  for (int y = 0; y < 4; ++y) CHECK(u[y] + c[y] == Approx(wanted[y]).epsilon(1e-9));
  // In a step dt, the sampler of Campbell et al. unmasks a token with probability dt (1 + noise t)
  // / (1 - t), and masks a token with probability dt noise. Here noise is the strength of the
  // corrector `remask`.
  const TokenPath mask{linear_kappa(), SourceKind::mask, 4};
  const Corrector remask{Corrector::Kind::remask, 10};
  std::vector<double> um(5), cm(5);
  forward_rates(mask, 0.3, three, 4, um);
  corrector_rates(mask, remask, 0.3, three, 4, cm);
  CHECK(0.01 * (um[3] + cm[3]) == Approx(0.05714285714).epsilon(1e-9));
  forward_rates(mask, 0.3, three, 3, um);
  corrector_rates(mask, remask, 0.3, three, 3, cm);
  CHECK(0.01 * (um[4] + cm[4]) == Approx(0.1).epsilon(1e-9));
}

TEST_CASE("forward rates, backward rates and corrector rates change the marginal as they should") {
  const std::vector<double> p{0.5, 0.2, 0.3};
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(2), cosine_kappa()}) {
      const TokenPath path{kappa, kind, 3};
      const Corrector balanced{Corrector::Kind::balanced, 1};
      const int s = path.states();
      for (double t : {0.1, 0.5, 0.9}) {
        CAPTURE(int(kind), kappa.name(), t);
        std::vector<double> forward(s), backward(s), still(s), f(s), b(s), c(s);
        for (int x = 0; x < s; ++x) {
          const std::vector<double> given = posterior(path, p, t, x);
          forward_rates(path, t, given, x, f);
          backward_rates(path, t, x, b);
          corrector_rates(path, balanced, t, given, x, c);
          double sum = 0;
          for (int y = 0; y < s; ++y) {
            const double weight = marginal(path, p, t, x);
            forward[y] += weight * f[y];
            backward[y] += weight * b[y];
            still[y] += weight * c[y];
            sum += f[y];
            if (y != x) CHECK(f[y] >= 0);
            CHECK(f[y] + b[y] == Approx(c[y]).epsilon(1e-12).margin(1e-12));
          }
          CHECK(std::abs(sum) < 1e-13 * std::abs(f[x]) + 1e-15);
        }
        // For data with the distribution p, the derivative is dp_t / dt = dkappa / dt (p - source).
        for (int y = 0; y < s; ++y) {
          const double d = kappa.slope(t) * ((y < 3 ? p[y] : 0) - path.source_probability(y));
          CHECK(forward[y] == Approx(d).epsilon(1e-12).margin(1e-12));
          CHECK(backward[y] == Approx(-d).epsilon(1e-12).margin(1e-12));
          CHECK(std::abs(still[y]) < 1e-12);
        }
      }
    }
  }
}

TEST_CASE("an unmasked token has no forward rate, and infinite rates are refused") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 2};
  std::vector<double> u(3);
  forward_rates(path, 0.5, std::vector<double>{0.5, 0.5}, 1, u);
  CHECK(u == std::vector<double>{0, 0, 0});
  CHECK_THROWS_WITH(
      forward_rates(path, 1, std::vector<double>{0.5, 0.5}, 2, u),
      "[rates] tokens jump at an infinite rate at t = 1; take a time a little inside of the path");
  CHECK_THROWS_WITH(
      backward_rates(path, 0, 1, u),
      "[rates] tokens jump at an infinite rate at t = 0; take a time a little inside of the path");
  CHECK_THROWS_WITH(backward_rates({linear_kappa(), SourceKind::data, 3}, 0.5, 1, u),
                    "[rates] p_0 of a source of rows has no closed form; "
                    "backward rates and correctors need a mask or a uniform source");
}

TEST_CASE("rates are returned as a vector or written to a row, and arguments are checked") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 2};
  const Corrector corrector{Corrector::Kind::bump, 1};
  const std::vector<double> p{0.25, 0.75}, logits{2, 3};
  std::vector<double> u(3), shorter(2);
  forward_rates(path, 0.5, p, 2, u);
  CHECK(forward_rates(path, 0.5, p, 2) == u);
  backward_rates(path, 0.5, 1, u);
  CHECK(backward_rates(path, 0.5, 1) == u);
  corrector_rates(path, corrector, 0.5, p, 2, u);
  CHECK(corrector_rates(path, corrector, 0.5, p, 2) == u);
  CHECK_THROWS_WITH(forward_rates(path, 0.5, p, 2, shorter),
                    "[rates] state 2 and a row of 2 rates; the path has 3 states");
  CHECK_THROWS_WITH(backward_rates(path, 0.5, 9),
                    "[rates] state 9 and a row of 3 rates; the path has 3 states");
  CHECK_THROWS_WITH(forward_rates(path, 0.5, u, 2),
                    "[rates] a posterior of 3 probabilities for 2 tokens");
  CHECK_THROWS_WITH(forward_rates(path, 0.5, std::vector<double>{-0.5, 1.5}, 2),
                    "[rates] the posterior of token 0 is -0.5; probabilities are 0 or more");
  CHECK_THROWS_WITH(corrector_rates(path, corrector, 0.5, logits, 2),
                    "[rates] the posterior adds up to 5; probabilities add up to 1 "
                    "(are these logits?)");
  // The rates of an unmasked token do not depend on the posterior, so the posterior is not checked.
  CHECK(forward_rates(path, 0.5, logits, 1) == std::vector<double>(3, 0));
  CHECK_THROWS_WITH(forward_rates({.vocabulary = 2}, 0.5, p, 1),
                    Contains("[token path] the source is not given"));
}

}  // namespace pushforward
