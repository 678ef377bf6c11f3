// Compares the discrete oracle, which computes exact posteriors and rates, with sums over all pairs
// of a source and a data sequence, and with the Kolmogorov forward equation.
#include "flow/discrete/oracle.h"

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>

#include "flow/theory/tokens.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward {
namespace {

using namespace equations;

}  // namespace

TEST_CASE("the discrete oracle agrees with a sum over all pairs") {
  for (const Kappa& kappa : all_kappas()) {
    for (const SmallFlow& flow : small_flows(kappa)) {
      const TokenOracle oracle = flow.oracle();
      const int length = flow.data.length, v = flow.path.vocabulary, s = flow.path.states();
      const std::vector<int> states = oracle.all_states();
      const int n = static_cast<int>(states.size()) / length;
      for (double t : {0.05, 0.4, 0.75, 0.99}) {
        CAPTURE(kappa.name(), flow.name, t);
        double total = 0, worst = 0;
        const std::vector<double> marginal = oracle.marginal(t);
        for (int i = 0; i < n; ++i) {
          const int* x = states.data() + i * length;
          const std::span<const int> row{x, std::size_t(length)};
          double p = 0;
          std::vector<double> joint(length * v), others(length * s), by_position(length);
          for (const TokenPair& pair : flow.pairs()) {
            const double here = pair.weight * flow.sequence(t, x, pair);
            p += here;
            for (int l = 0; l < length; ++l) {
              joint[l * v + pair.x1[l]] += here;
              double rest = pair.weight;
              for (int j = 0; j < length; ++j)
                if (j != l) rest *= flow.token(t, x[j], j, pair);
              by_position[l] += rest;
              for (int to = 0; to < s; ++to)
                others[l * s + to] += rest * flow.token(t, to, l, pair);
            }
          }
          total += marginal[i];
          worst = std::max(worst, std::abs(marginal[i] - p));
          const double log_p = oracle.log_probability(t, row)[0];
          if (p == 0) {
            CHECK(log_p == -kInfinity);
            continue;
          }
          worst = std::max(worst, std::abs(log_p - std::log(p)));
          const std::vector<double> posterior = oracle.posterior(t, row),
                                    rates = oracle.rates(t, row),
                                    given = oracle.given_others(t, row);
          std::vector<double> r(oracle.rows());
          CHECK(oracle.rows_given(t, row, r) == log_p);
          for (int l = 0; l < length; ++l) {
            double sum = 0, left = 0;
            for (int to = 0; to < s; ++to) {
              const double rate = rates[l * s + to];
              sum += rate;
              if (to == x[l]) left = rate;
              // The rate is the mean of the conditional rate over the pairs (x0, x1) given the
              // state x.
              const double mean =
                  kappa.hazard(t) * ((to < v ? joint[l * v + to] / p : 0) - (to == x[l]));
              worst = std::max(worst, std::abs(rate - mean) / (1 + kappa.hazard(t)));
              if (to != x[l]) CHECK(rate >= 0);
              worst = std::max(worst,
                               std::abs(given[l * s + to] - others[l * s + to] / by_position[l]));
            }
            CHECK(left <= 0);
            CHECK(std::abs(sum) < 1e-12 * (1 + kappa.hazard(t)));
            for (int to = 0; to < v; ++to)
              worst = std::max(worst, std::abs(posterior[l * v + to] - joint[l * v + to] / p));
          }
        }
        CHECK(std::abs(total - 1) < 1e-13);
        CHECK(worst < 1e-12);
      }
    }
  }
}

TEST_CASE("at the ends of the path, the posterior is its limit from inside") {
  for (const SmallFlow& flow : small_flows(linear_kappa())) {
    const TokenOracle oracle = flow.oracle();
    const std::vector<int> states = oracle.all_states();
    for (std::size_t i = 0; i < states.size(); i += flow.data.length) {
      const std::span<const int> x{states.data() + i, std::size_t(flow.data.length)};
      if (oracle.log_probability(0.5, x)[0] == -kInfinity) continue;
      for (double end : {0., 1.}) {
        const std::vector<double> at = oracle.posterior(end, x),
                                  near = oracle.posterior(std::abs(end - 1e-9), x);
        CAPTURE(flow.name, end, i);
        for (std::size_t k = 0; k < at.size(); ++k) CHECK(std::abs(at[k] - near[k]) < 1e-7);
      }
    }
  }
}

TEST_CASE("marginal rates satisfy the Kolmogorov forward equation") {
  for (const Kappa& kappa : all_kappas()) {
    for (const SmallFlow& flow : small_flows(kappa)) {
      const TokenOracle oracle = flow.oracle();
      const int length = flow.data.length, s = flow.path.states();
      const std::vector<int> states = oracle.all_states();
      const int n = static_cast<int>(states.size()) / length;
      for (double t : {0.05, 0.4, 0.75, 0.95}) {
        const std::vector<double> p = oracle.marginal(t);
        // `slope` is dp_t / dt in closed form, by the product rule for each pair.
        std::vector<double> slope(n, 0.), flux(n, 0.), stirred(n, 0.);
        for (int i = 0; i < n; ++i) {
          const int* x = states.data() + i * length;
          for (const TokenPair& pair : flow.pairs()) {
            for (int l = 0; l < length; ++l) {
              double term = pair.weight * flow.token_slope(t, x[l], l, pair);
              for (int j = 0; j < length; ++j)
                if (j != l) term *= flow.token(t, x[j], j, pair);
              slope[i] += term;
            }
          }
          if (p[i] == 0) continue;
          const std::span<const int> row{x, std::size_t(length)};
          const std::vector<double> rates = oracle.rates(t, row),
                                    posterior = oracle.posterior(t, row);
          for (int l = 0; l < length; ++l) {
            for (int to = 0; to < s; ++to) {
              const int there = flow.moved(i, l, x[l], to);
              flux[there] += p[i] * rates[l * s + to];
              // The corrector draws x1 from the posterior and then draws the token anew from p_t(.
              // | x1).
              double anew = -(to == x[l]);
              for (int v = 0; v < flow.path.vocabulary && flow.source.tokens.empty(); ++v) {
                const std::vector<int> end(length, v);
                anew += posterior[l * flow.path.vocabulary + v] *
                        flow.token(t, to, l, {1, nullptr, end.data()});
              }
              stirred[there] += p[i] * anew;
            }
          }
        }
        for (int i = 0; i < n; ++i) {
          CAPTURE(kappa.name(), flow.name, t, i);
          CHECK(std::abs(flux[i] - slope[i]) < 1e-10);
          if (flow.source.tokens.empty()) CHECK(std::abs(stirred[i]) < 1e-10);
        }
      }
    }
  }
}

TEST_CASE("given a class, only rows of this class count") {
  SmallFlow flow = small_flows(linear_kappa())[3];
  const TokenOracle all = flow.oracle();
  TokenTable ones{3, {2, 0, 1, 2, 2, 0}, {}, {0.6, 0.4}};
  const TokenOracle of_class(flow.path, ones);
  const std::vector<int> x{3, 3, 0, 3, 3, 3, 2, 3, 3};
  const std::vector<double> a = all.posterior(0.3, x, 1), b = of_class.posterior(0.3, x),
                            log_a = all.log_probability(0.3, x, 1),
                            log_b = of_class.log_probability(0.3, x);
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == Approx(b[i]).margin(1e-15));
  for (std::size_t i = 0; i < log_a.size(); ++i) CHECK(log_a[i] == Approx(log_b[i]).margin(1e-14));
}

// The bound -ELBO on -ln p1 is computed for the exact posterior, by a sum over all states xt and
// quadrature. Any kappa gives the same number, because t enters only by the hazard dkappa / (1 -
// kappa).
TEST_CASE("the discrete checkerboard's generalised KL has the known value") {
  const int side = 128;
  TokenTable board;
  board.length = 2;
  const auto on = [](int a, int b) { return (a / 32 + b / 32) % 2 == 0; };
  for (int a = 0; a < side; ++a)
    for (int b = 0; b < side; ++b)
      if (on(a, b)) board.tokens.insert(board.tokens.end(), {a, b});
  REQUIRE(board.rows() == 8192);

  // By symmetry, all data sequences x1 have the same bound, and the test takes x1 = (5, 70). The
  // states xt are grouped by which tokens equal those of x1, and by the colour of their square on
  // the checkerboard.
  struct Case {
    int a, b;
    double copies;  // the number of such states
  };
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    const TokenPath path{polynomial_kappa(2), kind, side};
    const TokenOracle oracle(path, board);
    const bool mask = kind == SourceKind::mask;
    const std::vector<Case> cases =
        mask ? std::vector<Case>{{5, 70, 1}, {5, side, 1}, {side, 70, 1}, {side, side, 1}}
             : std::vector<Case>{{5, 70, 1},    {5, 71, 63},    {5, 40, 64},
                                 {6, 70, 63},   {40, 70, 64},   {6, 71, 3969},
                                 {6, 40, 4032}, {40, 71, 4032}, {40, 41, 4096}};
    double copies = 0;
    for (const Case& one : cases) copies += one.copies;
    REQUIRE(copies == (mask ? 4 : side * side));
    std::vector<double> p(2 * side), work(oracle.scratch());
    const auto loss = [&](double t) {
      const double kappa = path.kappa(t);
      double sum = 0;
      for (const Case& at : cases) {
        const int x1[] = {5, 70}, x[] = {at.a, at.b};
        double chance = at.copies, kl = 0;
        for (int l = 0; l < 2; ++l) {
          const double elsewhere = mask ? 1 - kappa : (1 - kappa) / side;
          chance *= x[l] != x1[l] ? elsewhere : mask ? kappa : kappa + elsewhere;
        }
        oracle.posterior(t, x, p, work);
        for (int l = 0; l < 2; ++l) {
          const double stays = x[l] < side ? p[l * side + x[l]] : 0;
          kl -= x[l] == x1[l] ? stays - 1 : stays + std::log(p[l * side + x1[l]]);
        }
        sum += chance * path.kappa.hazard(t) * kl;
      }
      return sum / 2;
    };
    boost::math::quadrature::tanh_sinh<double> quadrature(8);
    const auto until = [&](double end) {
      return quadrature.integrate([&](double t) { return t < 1 ? loss(t) : 0; }, 0., end, 1e-8);
    };
    const double total = until(1), trained = until(0.999) / 0.999;
    CAPTURE(total, trained);
    if (mask) {
      CHECK(std::abs(total - std::log(8192.) / 2) < 1e-6);  // -ln p1 / 2: the bound is tight
    } else {
      CHECK(std::abs(total - 5.4384505) < 1e-6);
      CHECK(std::abs(trained - 5.425) < 3e-3);  // mean training loss for times up to 0.999
    }
  }
}

TEST_CASE("if no row is consistent with a state, the posterior is that of the nearest rows") {
  // The state (0, 0, mask) differs from the first and the second row of `data` in one token, and
  // from the third row in two.
  const TokenTable data{3, {0, 1, 1, 2, 0, 1, 1, 1, 2}, {}, {0.5, 0.25, 0.25}};
  const TokenOracle masked({linear_kappa(), SourceKind::mask, 3}, data);
  const std::vector<int> x{0, 0, 3};
  CHECK(masked.log_probability(0.5, x)[0] == -kInfinity);
  CHECK(masked.posterior(0.5, x) == std::vector<double>{1, 0, 0, 1, 0, 0, 0, 1, 0});
  std::vector<double> r(3);
  CHECK(masked.rows_given(0.5, x, r) == -kInfinity);
  CHECK(std::abs(r[0] - 2. / 3) + std::abs(r[1] - 1. / 3) + r[2] < 1e-15);
  // With the source (2, 2, 2), the state (0, 0, 2) differs from each row of the data in the same
  // tokens as (0, 0, mask) does. Its last token is explained by the source.
  const TokenOracle coupled({linear_kappa(), SourceKind::data, 3}, TokenTable{3, {2, 2, 2}, {}, {}},
                            data, false);
  CHECK(coupled.log_probability(0.25, std::vector{0, 0, 0})[0] == -kInfinity);
  CHECK(coupled.rows_given(0.25, std::vector{0, 0, 2}, r) == -kInfinity);
  CHECK(std::abs(r[0] - 2. / 3) + std::abs(r[1] - 1. / 3) + r[2] < 1e-6);
  // The probabilities of the rows are the limit of those for a source with a little uniform noise.
  // They are compared with Bayes' rule for a share of noise of 1e-7.
  double total = 0;
  std::vector<double> noisy;
  for (int k = 0; k < 3; ++k) {
    double p = data.weights[k];
    for (int l = 0; l < 2; ++l) p *= 0.5 * (data.row(k)[l] == x[l]) + 0.5 * 1e-7 / 3;
    noisy.push_back(p);
    total += p;
  }
  masked.rows_given(0.5, x, r);
  for (int k = 0; k < 3; ++k) CHECK(std::abs(r[k] - noisy[k] / total) < 1e-6);
}

TEST_CASE("every result of the discrete oracle is returned or written to an array of its size") {
  const TokenOracle oracle({linear_kappa(), SourceKind::mask, 3},
                           TokenTable{2, {0, 1, 1, 2, 0, 2}, {}, {}});
  const std::vector<int> x{3, 1, 0, 3};
  std::vector<double> out(12);
  oracle.posterior(0.5, x, out);
  CHECK(out == oracle.posterior(0.5, x));
  out.resize(16);
  oracle.rates(0.5, x, out);
  CHECK(out == oracle.rates(0.5, x));
  oracle.given_others(0.5, x, out);
  CHECK(out == oracle.given_others(0.5, x));
  oracle.marginal(0.5, out);
  CHECK(out == oracle.marginal(0.5));
  out.resize(2);
  oracle.log_probability(0.5, x, out);
  CHECK(out == oracle.log_probability(0.5, x));
  out.resize(3);
  oracle.rows_given(0.5, std::span(x).first(2), out);
  CHECK(out == oracle.rows_given(0.5, std::span(x).first(2)));
  std::vector<int> all(32);
  oracle.all_states(all);
  CHECK(all == oracle.all_states());
  const auto room = [](int given, int wanted) {
    return "[token oracle] room for " + std::to_string(given) + " numbers of an answer of " +
           std::to_string(wanted) + "; give a span of its size";
  };
  out.resize(5);
  CHECK_THROWS_WITH(oracle.posterior(0.5, x, out), room(5, 12));
  CHECK_THROWS_WITH(oracle.rates(0.5, x, out), room(5, 16));
  CHECK_THROWS_WITH(oracle.given_others(0.5, x, out), room(5, 16));
  CHECK_THROWS_WITH(oracle.marginal(0.5, out), room(5, 16));
  CHECK_THROWS_WITH(oracle.log_probability(0.5, x, out), room(5, 2));
  CHECK_THROWS_WITH(oracle.rows_given(0.5, std::span(x).first(2), out), room(5, 3));
  all.resize(5);
  CHECK_THROWS_WITH(oracle.all_states(all), room(5, 32));
}

TEST_CASE("the discrete oracle refuses what it cannot answer, with the reason") {
  const TokenTable rows{3, {0, 1, 1, 2, 0, 1}, {}, {}};
  const TokenPath mask{linear_kappa(), SourceKind::mask, 3},
      uniform{linear_kappa(), SourceKind::uniform, 3}, coupled{linear_kappa(), SourceKind::data, 3};
  const TokenOracle oracle(mask, rows);
  using Catch::Contains;
  // If a state has no masked token, its posterior is the state itself, even if no row of the data
  // equals it.
  CHECK(oracle.posterior(0.5, std::vector{0, 0, 1}) ==
        std::vector<double>{1, 0, 0, 1, 0, 0, 0, 1, 0});
  CHECK_THROWS_WITH(oracle.posterior(0.5, std::vector{0, 0}), Contains("give whole rows"));
  CHECK_THROWS_WITH(oracle.posterior(0.5, std::vector{0, 4, 0}),
                    Contains("position 1 is in state 4, but there are 4 states: 0 to 3"));
  CHECK_THROWS_WITH(oracle.posterior(0.5, std::vector{0, 3, 3}, 1),
                    Contains("label 1 is asked for, but the set has no labels"));
  CHECK_THROWS_WITH(oracle.posterior(1.5, std::vector{0, 3, 3}),
                    Contains("times must be in [0, 1]"));
  CHECK_THROWS_WITH(oracle.rates(1, std::vector{0, 3, 3}), Contains("infinite rate"));
  CHECK_THROWS_WITH(oracle.posterior(0.5, std::vector{0, 3, 3}, -2),
                    Contains("label -2 is asked for; labels count from 0"));
  CHECK_THROWS_WITH(TokenOracle({.vocabulary = 3}, rows),
                    Contains("[token path] the source is not given"));
  CHECK_THROWS_WITH(TokenOracle(uniform, TokenTable{3, {0, 1, 3}, {}, {}}),
                    Contains("row 0, position 2 of the data is token 3, but the vocabulary has 3"));
  CHECK_THROWS_WITH(TokenOracle(uniform, TokenTable{3, {0, 1, 2}, {}, {0.9}}),
                    Contains("add up to 0.9"));
  CHECK_THROWS_WITH(TokenOracle(uniform, TokenTable{3, {}, {}, {}}), Contains("at least one"));
  CHECK_THROWS_WITH(TokenOracle(coupled, rows), Contains("give the source's table as well"));
  CHECK_THROWS_WITH(TokenOracle(coupled, TokenTable{3, {0, 0, 0}, {}, {}}, rows, true),
                    Contains("paired tables must have equal sizes"));
  CHECK_THROWS_WITH(TokenOracle(uniform, rows, rows, true), Contains("make its source `data`"));
  CHECK_THROWS_WITH(TokenOracle(mask, TokenTable{30, std::vector<int>(30), {}, {}}).all_states(),
                    Contains("more than 1048576"));
}

}  // namespace pushforward
