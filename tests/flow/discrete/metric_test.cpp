// Tests the metric-induced path of tokens: its numbers, rates, steps, posterior and errors.
#include "flow/discrete/metric.h"

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
using Distance = TokenMetric::Distance;

std::shared_ptr<const TokenMetric> shared(TokenMetric metric) {
  return std::make_shared<const TokenMetric>(std::move(metric));
}

TokenPath metric_path(TokenMetric metric) {
  const int vocabulary = metric.vocabulary();
  return {linear_kappa(), SourceKind::uniform, vocabulary, shared(std::move(metric))};
}

std::vector<TokenMetric> metrics() {
  return {TokenMetric(Distance::absolute, 4, 2, 1), TokenMetric(Distance::squared, 5, 0.3, 2),
          TokenMetric(Distance::squared, 6, 1.5, 0.6),
          TokenMetric({0, 1, 3, 0.5, 0, 1, 2, 0.7, 0}, 1.5, 1.2)};
}

}  // namespace

TEST_CASE("metric path: five states at squared distance have the known probabilities") {
  const TokenMetric metric(Distance::squared, 5, 1, 1);
  const std::array<double, 5> known{.0320821011, .2370564450, .4617229077, .2370564450,
                                    .0320821011};
  std::vector<double> p(5);
  metric.distribution(metric.beta(0.4), 2, p);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(std::abs(p[i] - known[i]) < 1e-10);
    CHECK(metric.log_probability(metric.beta(0.4), static_cast<int>(i), 2) ==
          Approx(std::log(known[i])).epsilon(1e-8));
  }
}

TEST_CASE("metric path: beta, its slope and its inverse fit each other, and the ends are exact") {
  for (const TokenMetric& metric : metrics()) {
    CHECK(metric.beta(0) == 0);
    CHECK(metric.beta(1) == INFINITY);
    CHECK(metric.time(0) == 0);
    CHECK(metric.time(INFINITY) == 1);
    CHECK(metric.beta(0.5) == Approx(metric.c()));
    for (double t : {0.05, 0.3, 0.6, 0.95}) {
      CHECK(metric.slope(t) ==
            Approx((metric.beta(t + 1e-5) - metric.beta(t - 1e-5)) / 2e-5).epsilon(1e-6));
      CHECK(metric.time(metric.beta(t)) == Approx(t).epsilon(1e-12));
    }
    std::vector<double> p(static_cast<std::size_t>(metric.vocabulary()));
    metric.distribution(0, 1, p);
    for (double one : p) CHECK(one == Approx(1. / metric.vocabulary()).epsilon(1e-14));
    metric.distribution(INFINITY, 1, p);
    for (std::size_t x = 0; x < p.size(); ++x) CHECK(p[x] == (x == 1 ? 1. : 0.));
    CHECK(metric.log_probability(INFINITY, 1, 1) == 0);
    CHECK(metric.log_probability(INFINITY, 0, 1) == -INFINITY);
    for (double u : {0., 0.3, 0.999}) CHECK(metric.draw(INFINITY, 1, u) == 1);
  }
}

TEST_CASE("metric path: sums and probabilities of all tokens at once are those of each") {
  for (const TokenMetric& metric : metrics()) {
    const auto v = static_cast<std::size_t>(metric.vocabulary());
    for (double beta : {0., 0.4, 30., double(INFINITY)}) {
      std::vector<double> z(v), p(v * v), row(v);
      metric.normalisers(beta, z);
      metric.distributions(beta, p);
      for (std::size_t x1 = 0; x1 < v; ++x1) {
        CHECK(z[x1] == Approx(metric.normaliser(beta, static_cast<int>(x1))).epsilon(1e-13));
        metric.distribution(beta, static_cast<int>(x1), row);
        for (std::size_t x = 0; x < v; ++x) CHECK(p[x1 * v + x] == Approx(row[x]).epsilon(1e-13));
      }
    }
  }
}

TEST_CASE("metric path: a token is drawn in proportion to its probability") {
  for (const TokenMetric& metric : metrics()) {
    constexpr int n = 100'000;
    const auto v = static_cast<std::size_t>(metric.vocabulary());
    std::vector<double> p(v), share(v, 0.);
    metric.distribution(metric.beta(0.45), 2, p);
    for (int k = 0; k < n; ++k)
      share[static_cast<std::size_t>(metric.draw(metric.beta(0.45), 2, (k + 0.5) / n))] += 1. / n;
    for (std::size_t x = 0; x < v; ++x) CHECK(std::abs(share[x] - p[x]) < 2. / n);
  }
}

TEST_CASE("metric path: tokens only move nearer to x1, and the rates given x1 solve for p_t") {
  for (const TokenMetric& metric : metrics()) {
    const TokenPath path = metric_path(metric);
    const int v = metric.vocabulary();
    for (int x1 = 0; x1 < v; ++x1) {
      std::vector<double> sure(static_cast<std::size_t>(v), 0.), p(sure), before(sure), after(sure);
      sure[static_cast<std::size_t>(x1)] = 1;
      for (double t : {0.2, 0.5, 0.8}) {
        metric.distribution(metric.beta(t), x1, p);
        metric.distribution(metric.beta(t - 1e-5), x1, before);
        metric.distribution(metric.beta(t + 1e-5), x1, after);
        std::vector<double> change(static_cast<std::size_t>(v), 0.);
        for (int x = 0; x < v; ++x) {
          const std::vector<double> u = forward_rates(path, t, sure, x);
          CHECK(std::abs(std::accumulate(u.begin(), u.end(), 0.)) < 1e-12);
          CHECK(-u[static_cast<std::size_t>(x)] ==
                Approx(metric.slope(t) * metric.exit_rate(metric.beta(t), x, x1)));
          CHECK(metric.exit_rate(metric.beta(t), x, x1) <=
                metric.max_exit_rate(metric.beta(t)) * (1 + 1e-12));
          for (int y = 0; y < v; ++y) {
            const auto at = static_cast<std::size_t>(y);
            if (y != x) CHECK((u[at] > 0) == (metric.distance(y, x1) < metric.distance(x, x1)));
            change[at] += p[static_cast<std::size_t>(x)] * u[at];
          }
        }
        for (std::size_t y = 0; y < p.size(); ++y)
          CHECK(std::abs(change[y] - (after[y] - before[y]) / 2e-5) < 1e-7);
      }
    }
  }
}

TEST_CASE("metric path: a step's distribution agrees with the scheme's formula") {
  for (const TokenMetric& metric : metrics()) {
    const TokenPath path = metric_path(metric);
    const int v = metric.vocabulary();
    for (CtmcMethod method : {CtmcMethod::kernel, CtmcMethod::euler, CtmcMethod::adaptive}) {
      for (const auto& [from, to] : {std::pair{0.3, 0.31}, {0.7, 0.702}, {0.9, 1.}}) {
        const TokenStep step(path, method, {}, from, to);
        for (int x = 0; x < v; ++x) {
          for (int x1 = 0; x1 < v; ++x1) {
            const std::vector<double> p = step.distribution(x, x1),
                                      q = token_distribution(path, {method, {}}, from, to, x, x1);
            for (std::size_t y = 0; y < p.size(); ++y) CHECK(std::abs(p[y] - q[y]) < 1e-13);
            // The state that is neither x nor x1 is drawn in proportion to these probabilities.
            const TokenMove move = step.move(x, x1);
            if (move.resampled < 1e-12) continue;
            constexpr int n = 20'000;
            std::vector<double> share(p.size(), 0.);
            for (int k = 0; k < n; ++k)
              share[static_cast<std::size_t>(step.other_state(x, x1, (k + 0.5) / n))] += 1. / n;
            for (int y = 0; y < v; ++y) {
              const auto at = static_cast<std::size_t>(y);
              const double wanted = y == x || y == x1 ? 0 : p[at] / move.resampled;
              CHECK(std::abs(share[at] - wanted) < 3. / n);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("metric path: one token by the kernel has the data's law for any number of steps") {
  const SmallFlow flow = flow_named("metric, one token of 5", linear_kappa());
  const Chain chain(flow, {});
  for (int steps : {1, 2, 3, 10, 64}) {
    for (double end : {0.7, 1.}) {
      const std::vector<double> got = chain.propagate(time_grid(steps, 0, end));
      CAPTURE(steps, end);
      CHECK(total_variation(got, chain.oracle().marginal(end)) < 1e-13);
    }
  }
}

TEST_CASE("metric path: the law of dependent tokens is right to first order in the step") {
  struct Case {
    const char* flow;
    CtmcMethod method;
  };
  for (const Case& c :
       {Case{"metric, two of 3", CtmcMethod::kernel}, Case{"metric, table", CtmcMethod::kernel},
        Case{"metric, two of 3", CtmcMethod::euler},
        Case{"metric, one token of 5", CtmcMethod::euler}}) {
    const SmallFlow flow = flow_named(c.flow, linear_kappa());
    const Chain chain(flow, {c.method, {}});
    const std::vector<double> exact = chain.oracle().marginal(0.7);
    std::vector<double> distance;
    for (int steps : {64, 128, 256})
      distance.push_back(total_variation(chain.propagate(time_grid(steps, 0, 0.7)), exact));
    CAPTURE(c.flow, distance[0], distance[1], distance[2]);
    CHECK(distance[2] < 3e-3);
    CHECK(std::abs(std::log2(distance[1] / distance[2]) - 1) < 0.1);
  }
}

TEST_CASE("metric path: adaptive steps are short enough for every jump") {
  const TokenPath path = metric_path(TokenMetric(Distance::squared, 6, 1, 1));
  const std::vector<double> times =
      chain_times(CtmcMethod::adaptive, {}, path, time_grid(2, 0, 0.9));
  REQUIRE(times.size() > 3);
  for (std::size_t k = 0; k + 1 < times.size(); ++k) {
    const double beta = path.metric->beta(times[k]);
    CHECK((times[k + 1] - times[k]) * path.metric->slope(times[k]) *
              path.metric->max_exit_rate(beta) <
          1 + 1e-12);
  }
}

TEST_CASE("metric path: the oracle agrees with Bayes' rule, also for one class and at the ends") {
  for (SmallFlow flow : metric_flows()) {
    if (flow.data.labels.empty())
      for (int k = 0; k < flow.data.rows(); ++k) flow.data.labels.push_back(k % 2);
    const TokenOracle oracle = flow.oracle();
    const int length = flow.length(), v = flow.path.vocabulary;
    const std::vector<int> all = oracle.all_states();
    const std::vector<TokenPair> pairs = flow.pairs();
    for (double t : {0.15, 0.5, 0.85}) {
      for (int label : {-1, 1}) {
        double whole = 0;
        for (std::size_t k = 0; k < pairs.size(); ++k)
          if (label < 0 || flow.data.labels[k] == label) whole += pairs[k].weight;
        const std::vector<double> p = oracle.posterior(t, all, label),
                                  law = oracle.marginal(t, label),
                                  others = oracle.given_others(t, all, label);
        for (std::size_t at = 0; at < all.size(); at += length) {
          std::vector<double> sum(static_cast<std::size_t>(length) * v, 0.), left(sum);
          double total = 0;
          for (std::size_t k = 0; k < pairs.size(); ++k) {
            if (label >= 0 && flow.data.labels[k] != label) continue;
            const double together =
                pairs[k].weight / whole * flow.sequence(t, all.data() + at, pairs[k]);
            total += together;
            for (int l = 0; l < length; ++l) {
              sum[l * v + pairs[k].x1[l]] += together;
              const double without = together / flow.token(t, all[at + l], l, pairs[k]);
              for (int y = 0; y < v; ++y)
                left[l * v + y] += without * flow.token(t, y, l, pairs[k]);
            }
          }
          CHECK(law[at / length] == Approx(total).epsilon(1e-11));
          for (int l = 0; l < length; ++l) {
            double among = 0;
            for (int y = 0; y < v; ++y) among += left[l * v + y];
            for (int y = 0; y < v; ++y) {
              CHECK(std::abs(p[at * v + l * v + y] - sum[l * v + y] / total) < 1e-12);
              CHECK(std::abs(others[at * v + l * v + y] - left[l * v + y] / among) < 1e-12);
            }
          }
        }
      }
    }
    // At t = 0 the state says nothing about x1, and at t = 1 it is x1 if it is a row of the data.
    const std::vector<double> first = oracle.marginal(0);
    for (double one : first) CHECK(one == Approx(1. / static_cast<double>(first.size())));
    const std::vector<double> last = oracle.marginal(1);
    CHECK(std::accumulate(last.begin(), last.end(), 0.) == Approx(1));
    for (int k = 0; k < flow.data.rows(); ++k) {
      const std::vector<double> sure = oracle.posterior(1, flow.data.row(k));
      for (int l = 0; l < length; ++l) CHECK(sure[l * v + flow.data.row(k)[l]] == 1);
    }
  }
}

TEST_CASE("metric path: states of the path's law have its probabilities") {
  const SmallFlow flow = flow_named("metric, two of 3", linear_kappa());
  const double t = 0.4;
  const TokenPathLaw law(flow.path, t, TableDistribution(flow.data, 3));
  constexpr int n = 60'000;
  const std::vector<int> rows = draw_rows(law, {7, Purpose::noise, 0}, n);
  const std::vector<double> exact = flow.oracle().marginal(t);
  std::vector<double> share(exact.size(), 0.);
  for (int k = 0; k < n; ++k) share[rows[2 * k] * 3 + rows[2 * k + 1]] += 1. / n;
  for (std::size_t i = 0; i < exact.size(); ++i)
    CHECK(std::abs(share[i] - exact[i]) < 4.5 * std::sqrt(exact[i] / n));
}

TEST_CASE("metric path: errors name what does not fit") {
  CHECK_THROWS_WITH(TokenMetric(Distance::table, 3, 1, 1),
                    "[token metric] the distance is a table, but none is given; give the table, or "
                    "take absolute or squared");
  CHECK_THROWS_WITH(TokenMetric(Distance::absolute, 0, 1, 1),
                    "[token metric] the vocabulary has 0 tokens; it must have at least one");
  CHECK_THROWS_WITH(
      TokenMetric(Distance::absolute, 3, 0, 1),
      "[token metric] c is 0 and a is 1; beta = c (t / (1 - t))^a needs positive and finite ones");
  CHECK_THROWS_WITH(TokenMetric({0, 1, 1}, 1, 1),
                    "[token metric] the table has 3 distances, which is no square; give a row of V "
                    "for each of V tokens");
  CHECK_THROWS_WITH(TokenMetric({0, 1, 0, 0}, 1, 1),
                    "[token metric] row 1, column 0 of the table is 0; a token has the distance 0 "
                    "from itself and a positive one from every other");
  const TokenMetric metric(Distance::squared, 3, 1, 0.5);
  CHECK_THROWS_WITH(metric.beta(1.5),
                    "[token metric] t is 1.5; times of a discrete flow lie in [0, 1]");
  CHECK_THROWS_WITH(metric.time(-1), "[token metric] beta is -1; it rises from 0 at t = 0");
  std::vector<double> few(1), three(3);
  CHECK_THROWS_WITH(metric.normalisers(1, few),
                    "[token metric] room for 1 sums of 3 tokens; give a span of their number");
  CHECK_THROWS_WITH(
      metric.distribution(1, 0, few),
      "[token metric] room for 1 probabilities of 3 tokens; give a span of their number");
  CHECK_THROWS_WITH(metric.distributions(1, few),
                    "[token metric] room for 1 probabilities of 3 tokens given each; give a span "
                    "of their square");
  CHECK_THROWS_WITH(metric.rates(1, 0, few, three),
                    "[token metric] a posterior of 1 probabilities and room for 3 rates of 3 "
                    "tokens; give spans of their number");
  TokenPath path = metric_path(metric);
  path.source = SourceKind::mask;
  CHECK_THROWS_WITH(path.check_valid(),
                    "[token path] a metric-induced path begins at uniform tokens, but the source "
                    "is mask; set it to uniform");
  path = metric_path(metric);
  path.vocabulary = 4;
  CHECK_THROWS_WITH(path.check_valid(),
                    "[token path] the metric has distances of 3 tokens and the vocabulary has 4; "
                    "both must be equal");
  path = metric_path(metric);
  path.kappa = cosine_kappa();
  CHECK_THROWS_WITH(path.check_valid(),
                    "[token path] kappa is cosine, but a metric-induced path has no kappa; leave "
                    "it out");
  path = metric_path(metric);
  CHECK_THROWS_WITH(TokenStep(path, CtmcMethod::kernel, {Corrector::Kind::constant, 1}, 0.1, 0.2),
                    Contains("correctors are those of the mixture path, but the path is "
                             "metric-induced; leave the corrector out"));
  CHECK_THROWS_WITH(TokenStep(path, CtmcMethod::euler, {}, 0, 0.2),
                    "[sample] tokens jump at an infinite rate at t = 0; begin a little later, or "
                    "take the kernel");
  CHECK_THROWS_WITH(chain_times(CtmcMethod::euler, {}, path, time_grid(2)),
                    "[sample] the metric-induced path jumps at an infinite rate at t = 0; begin a "
                    "little later, or take the kernel");
  CHECK_THROWS_WITH(backward_rates(path, 0.5, 0),
                    "[rates] backward rates and correctors are those of the mixture path; leave "
                    "the metric and the noise out");
  std::vector<int> x(2);
  CHECK_THROWS_WITH(draw_between(path, 0.5, {0, Purpose::noise, 0}, 0, x, x),
                    "[token path] a metric-induced path has no kappa; draw with draw_at");
}

}  // namespace pushforward
