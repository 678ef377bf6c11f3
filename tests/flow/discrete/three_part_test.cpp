// Tests the three-part path of tokens, and the corrector `exchange`: their numbers, rates, steps,
// posteriors and errors.
#include <array>
#include <cmath>
#include <numeric>

#include "flow/discrete/path_law.h"
#include "flow/discrete/rates.h"
#include "flow/path/time_grid.h"
#include "tests/flow/discrete/chain.h"
#include "tests/tools/catch.h"

namespace pushforward {
namespace {

using namespace equations;

TokenPath three_parts(double noise, SourceKind source = SourceKind::mask, int vocabulary = 4,
                      Kappa kappa = linear_kappa()) {
  return {kappa, source, vocabulary, nullptr, noise};
}

std::vector<double> sure_of(int token, int vocabulary) {
  std::vector<double> p(static_cast<std::size_t>(vocabulary), 0.);
  p[static_cast<std::size_t>(token)] = 1;
  return p;
}

}  // namespace

TEST_CASE("three parts: the path has the known probabilities, and states are drawn with them") {
  // At t = 0.4 with noise 1: 0.16 data, 0.24 uniform, 0.6 mask.
  const TokenPath path = three_parts(1);
  const PathParts parts = path.parts(0.4);
  CHECK(parts.data == Approx(0.16).epsilon(1e-14));
  CHECK(parts.uniform == Approx(0.24).epsilon(1e-14));
  CHECK(parts.source == Approx(0.6).epsilon(1e-14));
  CHECK(path.to_data(0.4) == Approx(0.4 * (2 - 0.4)).epsilon(1e-14));
  for (const TokenPath& p : {three_parts(0.3), three_parts(4, SourceKind::data, 3, cosine_kappa()),
                             three_parts(0), three_parts(2.5)}) {
    for (double t : {0., 1e-9, 0.3, 0.8, 1 - 1e-9, 1.}) {
      const PathParts at = p.parts(t);
      CAPTURE(p.noise, t);
      CHECK(at.data >= 0);
      CHECK(at.uniform >= 0);
      CHECK(at.data + at.uniform + at.source == Approx(1).epsilon(1e-14));
      CHECK(p.to_data(t) >= 0);
      CHECK(p.to_data(t) <= 1);
    }
    CHECK(p.parts(0).source == 1);
    CHECK(p.parts(1).data == 1);
  }
  // Near t = 1 the uniform part is noise times 1 - kappa.
  CHECK(three_parts(2).parts(1 - 1e-10).uniform == Approx(2e-10).epsilon(1e-6));
  CHECK(three_parts(0).parts(0.3).uniform == 0);

  constexpr int n = 60'000;
  std::array<double, 5> share{};
  for (int k = 0; k < n; ++k) {
    const int x1 = 2;
    int x = 0;
    draw_at(path, 0.4, {3, Purpose::token_path, 0}, static_cast<std::uint32_t>(k), {&x1, 1},
            {&x, 1});
    share[static_cast<std::size_t>(x)] += 1. / n;
  }
  const std::array<double, 5> known{0.06, 0.06, 0.22, 0.06, 0.6};
  for (std::size_t x = 0; x < 5; ++x)
    CHECK(std::abs(share[x] - known[x]) < 4.5 * std::sqrt(known[x] / n));
}

TEST_CASE("three parts: forward rates are those of the oracle") {
  for (const SmallFlow& flow : three_part_flows()) {
    const TokenOracle oracle = flow.oracle();
    const int length = flow.length(), v = flow.path.vocabulary, states = flow.path.states();
    const std::vector<int> all = oracle.all_states();
    for (double t : {0.2, 0.7}) {
      const std::vector<double> p = oracle.posterior(t, all), u = oracle.rates(t, all);
      for (std::size_t i = 0; i < all.size(); ++i) {
        const std::vector<double> row = forward_rates(
            flow.path, t, std::span(p).subspan(i * v, static_cast<std::size_t>(v)), all[i]);
        CHECK(std::abs(std::accumulate(row.begin(), row.end(), 0.)) < 1e-12);
        for (int y = 0; y < states; ++y) {
          CHECK(row[y] == Approx(u[i * states + y]).epsilon(1e-12).margin(1e-14));
          if (y != all[i]) CHECK(row[y] >= 0);
        }
      }
    }
    CHECK(length > 0);
  }
}

TEST_CASE("three parts: a step's distribution agrees with the scheme's formula") {
  for (const SmallFlow& flow : three_part_flows()) {
    const TokenPath& path = flow.path;
    const int v = path.vocabulary, states = path.states();
    for (CtmcMethod method : {CtmcMethod::kernel, CtmcMethod::euler, CtmcMethod::adaptive}) {
      for (const auto& [from, to] : {std::pair{0.3, 0.4}, {0.7, 0.702}, {0.9, 1.}}) {
        const TokenStep step(path, method, {}, from, to);
        for (int x = 0; x < states; ++x) {
          for (int x1 = 0; x1 < v; ++x1) {
            const std::vector<double> p = step.distribution(x, x1),
                                      q = token_distribution(path, {method, {}}, from, to, x, x1);
            for (std::size_t y = 0; y < p.size(); ++y) CHECK(std::abs(p[y] - q[y]) < 1e-13);
            const TokenMove move = step.move(x, x1);
            CHECK(move.stay >= 1 - step.max_probability() - 1e-13);
            if (move.resampled < 1e-12) continue;
            constexpr int n = 20'000;
            std::vector<double> share(p.size(), 0.);
            for (int k = 0; k < n; ++k)
              share[static_cast<std::size_t>(step.other_state(x, x1, (k + 0.5) / n))] += 1. / n;
            for (int y = 0; y < states; ++y) {
              const auto at = static_cast<std::size_t>(y);
              const double moved = p[at] - (y == x ? move.stay : 0) - (y == x1 ? move.to_x1 : 0);
              CHECK(std::abs(share[at] - moved / move.resampled) < 3. / n);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("three parts: one token by the kernel has the data's law for any number of steps") {
  const SmallFlow flow = flow_named("three parts, one token of 5", linear_kappa());
  const Chain chain(flow, {});
  for (int steps : {1, 2, 3, 10, 64}) {
    for (double end : {0.7, 1.}) {
      const std::vector<double> got = chain.propagate(time_grid(steps, 0, end));
      CAPTURE(steps, end);
      CHECK(total_variation(got, chain.oracle().marginal(end)) < 1e-13);
    }
  }
}

TEST_CASE("three parts: the law of dependent tokens is right to first order in the step") {
  struct Case {
    const char* flow;
    CtmcMethod method;
  };
  for (const Case& c : {Case{"three parts, two of 3", CtmcMethod::kernel},
                        Case{"three parts, rows", CtmcMethod::kernel},
                        Case{"three parts, two of 3", CtmcMethod::euler}}) {
    const SmallFlow flow = flow_named(c.flow, linear_kappa());
    const Chain chain(flow, {c.method, {}});
    const std::vector<double> exact = chain.oracle().marginal(0.7);
    std::vector<double> distance;
    for (int steps : {64, 128, 256})
      distance.push_back(total_variation(chain.propagate(time_grid(steps, 0, 0.7)), exact));
    CAPTURE(c.flow, distance[0], distance[1], distance[2]);
    CHECK(distance[2] < 5e-3);
    CHECK(std::abs(std::log2(distance[1] / distance[2]) - 1) < 0.1);
  }
}

TEST_CASE("three parts: the oracle agrees with Bayes' rule, also for one class and at the ends") {
  for (SmallFlow flow : three_part_flows()) {
    if (flow.data.labels.empty())
      for (int k = 0; k < flow.data.rows(); ++k) flow.data.labels.push_back(k % 2);
    const TokenOracle oracle = flow.oracle();
    const int length = flow.length(), v = flow.path.vocabulary, states = flow.path.states();
    const std::vector<int> all = oracle.all_states();
    const std::vector<TokenPair> pairs = flow.pairs();
    const auto label_of = [&](const TokenPair& pair) {
      return flow.data.labels[static_cast<std::size_t>(pair.x1 - flow.data.tokens.data()) / length];
    };
    for (double t : {0.15, 0.5, 0.85}) {
      for (int label : {-1, 1}) {
        double whole = 0;
        for (const TokenPair& pair : pairs)
          if (label < 0 || label_of(pair) == label) whole += pair.weight;
        const std::vector<double> p = oracle.posterior(t, all, label),
                                  law = oracle.marginal(t, label),
                                  others = oracle.given_others(t, all, label);
        for (std::size_t at = 0; at < all.size(); at += length) {
          std::vector<double> sum(static_cast<std::size_t>(length) * v, 0.),
              left(static_cast<std::size_t>(length) * states, 0.);
          double total = 0;
          for (const TokenPair& pair : pairs) {
            if (label >= 0 && label_of(pair) != label) continue;
            const double together = pair.weight / whole * flow.sequence(t, all.data() + at, pair);
            total += together;
            for (int l = 0; l < length; ++l) {
              sum[l * v + pair.x1[l]] += together;
              const double without = together / flow.token(t, all[at + l], l, pair);
              for (int y = 0; y < states; ++y)
                left[l * states + y] += without * flow.token(t, y, l, pair);
            }
          }
          CHECK(law[at / length] == Approx(total).epsilon(1e-11));
          for (int l = 0; l < length; ++l) {
            double among = 0;
            for (int y = 0; y < states; ++y) among += left[l * states + y];
            for (int y = 0; y < v; ++y)
              CHECK(std::abs(p[at * v + l * v + y] - sum[l * v + y] / total) < 1e-12);
            for (int y = 0; y < states; ++y)
              CHECK(std::abs(others[(at + l) * states + y] - left[l * states + y] / among) < 1e-12);
          }
        }
      }
    }
    // At the ends, the posterior is the limit from inside of the path.
    for (const auto& [end, inside] : {std::pair{0., 1e-9}, {1., 1 - 1e-9}}) {
      const std::vector<double> p = oracle.posterior(end, all), q = oracle.posterior(inside, all);
      // Powers of t such as t^0.5 vanish slowly.
      for (std::size_t i = 0; i < p.size(); ++i)
        if (flow.path.noise >= 1) CHECK(std::abs(p[i] - q[i]) < 1e-5);
      const std::vector<double> law = oracle.marginal(end);
      CHECK(std::accumulate(law.begin(), law.end(), 0.) == Approx(1));
    }
  }
}

TEST_CASE("three parts: states of the path's law have its probabilities") {
  const SmallFlow flow = flow_named("three parts, two of 3", linear_kappa());
  const double t = 0.6;
  const TokenPathLaw law(flow.path, t, TableDistribution(flow.data, 3));
  constexpr int n = 60'000;
  const std::vector<int> rows = draw_rows(law, {7, Purpose::noise, 0}, n);
  const std::vector<double> exact = flow.oracle().marginal(t);
  std::vector<double> share(exact.size(), 0.);
  for (int k = 0; k < n; ++k) share[rows[2 * k] * 4 + rows[2 * k + 1]] += 1. / n;
  for (std::size_t i = 0; i < exact.size(); ++i)
    CHECK(std::abs(share[i] - exact[i]) < 4.5 * std::sqrt(exact[i] / n));
}

TEST_CASE("exchange: rates given x1 are in balance and have the known numbers") {
  const TokenPath path{linear_kappa(), SourceKind::uniform, 4};
  const Corrector swaps{Corrector::Kind::exchange, 0.5};
  const double t = 0.4;
  // With eta = 0.5, the rate from x1 to another token is 0.5, and back (1 + 3 t) / (1 - t) as much.
  const std::vector<double> away = corrector_rates(path, swaps, t, sure_of(3, 4), 3),
                            back = corrector_rates(path, swaps, t, sure_of(3, 4), 1);
  for (int y = 0; y < 3; ++y) CHECK(away[y] == Approx(0.5).epsilon(1e-14));
  CHECK(away[3] == Approx(-1.5).epsilon(1e-14));
  CHECK(back[3] == Approx(0.5 * 2.2 / 0.6).epsilon(1e-14));
  CHECK(back[0] == 0);
  CHECK(back[2] == 0);
  const double there = t + (1 - t) / 4, elsewhere = (1 - t) / 4;
  CHECK(there * away[1] == Approx(elsewhere * back[3]).epsilon(1e-14));
  CHECK(swaps.redraw(linear_kappa(), 0.2, 0.6) == 0);
  CHECK(name_of(Corrector::Kind::exchange) == "exchange");
}

TEST_CASE("exchange: a step's distribution agrees with the scheme's formula") {
  for (const int v : {2, 3, 5}) {
    const TokenPath path{cosine_kappa(), SourceKind::uniform, v};
    for (const double scale : {0.2, 3.}) {
      const Corrector swaps{Corrector::Kind::exchange, scale};
      for (CtmcMethod method : {CtmcMethod::kernel, CtmcMethod::euler, CtmcMethod::adaptive}) {
        for (const auto& [from, to] : {std::pair{0., 0.02}, {0.4, 0.41}, {0.9, 1.}}) {
          const TokenStep step(path, method, swaps, from, to);
          for (int x = 0; x < v; ++x) {
            for (int x1 = 0; x1 < v; ++x1) {
              const std::vector<double> p = step.distribution(x, x1),
                                        q = token_distribution(path, {method, swaps}, from, to, x,
                                                               x1);
              for (std::size_t y = 0; y < p.size(); ++y) CHECK(std::abs(p[y] - q[y]) < 1e-13);
              const TokenMove move = step.move(x, x1);
              if (move.resampled < 1e-12) continue;
              constexpr int n = 6'000;
              std::vector<double> share(p.size(), 0.);
              for (int k = 0; k < n; ++k)
                share[static_cast<std::size_t>(step.other_state(x, x1, (k + 0.5) / n))] += 1. / n;
              for (int y = 0; y < v; ++y) {
                const double wanted =
                    y == x || y == x1 ? 0 : p[static_cast<std::size_t>(y)] / move.resampled;
                CHECK(std::abs(share[static_cast<std::size_t>(y)] - wanted) < 3. / n);
              }
            }
          }
        }
      }
    }
  }
  // One token keeps the data's law with any number of steps.
  const SmallFlow flow = flow_named("uniform, one token of 5", linear_kappa());
  const Chain chain(flow, {CtmcMethod::kernel, {Corrector::Kind::exchange, 2}});
  for (int steps : {1, 3, 10})
    CHECK(total_variation(chain.propagate(time_grid(steps, 0, 0.8)), chain.oracle().marginal(0.8)) <
          1e-12);
  // Adaptive steps are short enough for the rate of the corrector, too.
  const TokenPath path{linear_kappa(), SourceKind::uniform, 6};
  const std::vector<double> times =
      chain_times(CtmcMethod::adaptive, {Corrector::Kind::exchange, 1}, path, time_grid(2, 0, 0.9));
  for (std::size_t k = 0; k + 1 < times.size(); ++k)
    CHECK((times[k + 1] - times[k]) *
              (1 / (1 - times[k]) + 5 + exchange_ratio(linear_kappa(), 6, times[k])) <
          1 + 1e-12);
}

TEST_CASE("three parts and exchange: errors name what does not fit") {
  CHECK_THROWS_WITH(three_parts(-1).check_valid(),
                    "[token path] noise is -1; it must be 0 or more, and finite");
  CHECK_THROWS_WITH(
      three_parts(1, SourceKind::uniform).check_valid(),
      "[token path] the three-part path begins at masks or at rows, but the source is "
      "uniform, from which it is the mixture path; set noise to 0");
  CHECK_THROWS_WITH(three_parts(1).parts_at(1.5),
                    "[token path] kappa is 1.5; it is a probability, 0 to 1");
  const Corrector bump{Corrector::Kind::bump, 1}, swaps{Corrector::Kind::exchange, 1};
  CHECK_THROWS_WITH(TokenStep(three_parts(1), CtmcMethod::kernel, bump, 0.1, 0.2),
                    "[sample] correctors are those of the mixture path, but the path has three "
                    "parts; leave the corrector out");
  CHECK_THROWS_WITH(
      TokenStep(three_parts(1), {Remasking::Kind::cap, 0.5}, 0.1, 0.2),
      "[sample] the sampler remasks tokens, but the path is not the mixture path from "
      "masks; take it, or leave the remasking out");
  CHECK_THROWS_WITH(
      corrector_rates(three_parts(1), bump, 0.5, sure_of(0, 4), 1),
      "[rates] backward rates and correctors are those of the mixture path; leave the metric "
      "and the noise out");
  CHECK_THROWS_WITH(TokenStep(three_parts(0), CtmcMethod::kernel, swaps, 0.1, 0.2),
                    "[sample] the corrector exchange is of uniform tokens, but the source is the "
                    "mask; take another corrector");
  CHECK_THROWS_WITH(corrector_rates(three_parts(0), swaps, 0.5, sure_of(0, 4), 4),
                    "[rates] the corrector exchange is of uniform tokens; take another for a mask "
                    "source");
  TokenPath both = three_parts(1);
  both.metric = std::make_shared<const TokenMetric>(TokenMetric::Distance::absolute, 4, 1, 1);
  CHECK_THROWS_WITH(both.check_valid(),
                    "[token path] noise is of the three-part path, but the path is metric-induced; "
                    "leave one of them out");
  const TokenPath uniform{linear_kappa(), SourceKind::uniform, 4},
      two{linear_kappa(), SourceKind::uniform, 2};
  CHECK_THROWS_WITH(
      TokenStep(uniform, CtmcMethod::kernel, {Corrector::Kind::exchange, 1e308}, 0.25, 0.5),
      "[sample] the corrector exchange has an infinite rate at t = 0.5; end a little earlier, or take "
      "another corrector");
  CHECK_THROWS_WITH(TokenStep(two, CtmcMethod::kernel, swaps, 0.25, 0.5).other_state(0, 1, 0.5),
                    "[sample] there is no other token than 0 and 1 to move to");
  CHECK_THROWS_WITH(corrector_rates(uniform, swaps, 1, sure_of(0, 4), 0),
                    "[rates] tokens jump at an infinite rate at t = 1; take a time a little inside "
                    "of the path");
  CHECK_THROWS_WITH(TokenStep(three_parts(1, SourceKind::mask, 4, polynomial_kappa(0.5)),
                              CtmcMethod::euler, {}, 0, 0.2),
                    "[sample] tokens jump at an infinite rate at t = 0; begin a little later, or "
                    "take the kernel");
}

}  // namespace pushforward
