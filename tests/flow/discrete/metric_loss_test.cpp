// Tests the losses, the bound and the term of the own token on metric-induced paths.
#include <cmath>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/likelihood.h"
#include "flow/discrete/loss.h"
#include "flow/discrete/own_token.h"
#include "tests/flow/discrete/chain.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

using namespace equations;

constexpr double kMetricDigits = sizeof(real) == 4 ? 2e-5 : 1e-10;

// Returns the rate from x to y given x1 = v, as the formula has it.
double rate_to(const TokenMetric& metric, double t, int x, int y, int x1) {
  const double beta = metric.beta(t), nearer = metric.distance(x, x1) - metric.distance(y, x1);
  double sum = 0;
  for (int k = 0; k < metric.vocabulary(); ++k) sum += std::exp(-beta * metric.distance(k, x1));
  return nearer > 0 ? metric.slope(t) * nearer * std::exp(-beta * metric.distance(y, x1)) / sum : 0;
}

// Returns the generalised KL of one token for a posterior p.
double divergence(const TokenMetric& metric, double t, int x, int x1,
                  const std::vector<double>& p) {
  double sum = 0;
  for (int y = 0; y < metric.vocabulary(); ++y) {
    double learnt = 0;
    for (int v = 0; v < metric.vocabulary(); ++v) learnt += p[v] * rate_to(metric, t, x, y, v);
    const double given = rate_to(metric, t, x, y, x1);
    sum += learnt - given + (given > 0 ? given * std::log(given / learnt) : 0);
  }
  return sum;
}

}  // namespace

TEST_CASE("metric loss: the generalised KL is the divergence of the rates, at its least 0") {
  for (const SmallFlow& flow : metric_flows()) {
    const int v = flow.path.vocabulary;
    const TokenMetric& metric = *flow.path.metric;
    const real time = real(0.375);
    for (int x = 0; x < v; ++x) {
      for (int x1 = 0; x1 < v; ++x1) {
        Tape tape;
        std::vector<real> logits;
        std::vector<double> p;
        double total = 0;
        for (int k = 0; k < v; ++k) {
          logits.push_back(static_cast<real>(std::sin(1.7 * k + x)));
          p.push_back(std::exp(std::sin(1.7 * k + x)));
          total += p.back();
        }
        for (double& one : p) one /= total;
        const Var leaf = tape.input({1, 1, v}, logits);
        const Posterior posterior = [leaf](std::span<const int>, Var) { return leaf; };
        const std::vector<int> xt{x}, data{x1};
        const TokenSample sample{tape.input({1, 1}, {time}), xt, data, 1};
        const Var loss = generalised_kl_loss(posterior, flow.path, sample);
        const double t = static_cast<double>(time);
        CHECK(static_cast<double>(loss.item()) ==
              Approx(divergence(metric, t, x, x1, p)).epsilon(kMetricDigits).margin(kMetricDigits));
        // The gradient in the logits agrees with differences of the formula.
        const Var slopes = grad(loss, leaf);
        for (int k = 0; k < v; ++k) {
          const auto moved = [&](double by) {
            std::vector<double> q(p);
            double sum = 0;
            q[k] *= std::exp(by);
            for (double one : q) sum += one;
            for (double& one : q) one /= sum;
            return divergence(metric, t, x, x1, q);
          };
          CHECK(std::abs(static_cast<double>(slopes.values()[k]) -
                         (moved(1e-4) - moved(-1e-4)) / 2e-4) < (sizeof(real) == 4 ? 2e-5 : 1e-7));
        }
        std::vector<double> sure(v, 0.);
        sure[x1] = 1;
        CHECK(std::abs(divergence(metric, t, x, x1, sure)) < 1e-12);
      }
    }
  }
}

TEST_CASE("metric loss: it is finite at every time, also of levels far apart") {
  const TokenPath path{
      linear_kappa(), SourceKind::uniform, 40,
      std::make_shared<const TokenMetric>(TokenMetric::Distance::squared, 40, 0.3, 1.5)};
  const Posterior others = [](std::span<const int> x, Var t) {
    return t.tape->full({t.shape().rows(), static_cast<int>(x.size()) / t.shape().rows(), 40},
                        real(0));
  };
  const std::vector<int> xt{0, 39, 20}, x1{39, 0, 20};
  for (const double t : {0., 1e-6, 0.5, 0.9, 0.999, 1 - 0x1p-20}) {
    Tape tape;
    const TokenSample sample{tape.input({1, 1}, {static_cast<real>(t)}), xt, x1, 3};
    const double kl =
        static_cast<double>(generalised_kl_loss(with_own_token(others, path), path, sample).item());
    CAPTURE(t, kl);
    CHECK(std::isfinite(kl));
    CHECK(kl > -1e-3);
    CHECK(std::isfinite(static_cast<double>(
        cross_entropy_loss(with_own_token(others, path), path, sample).item())));
  }
}

TEST_CASE(
    "metric loss: the term of the own token makes the posterior of independent tokens exact") {
  for (const SmallFlow& flow : metric_flows()) {
    if (flow.length() != 1) continue;
    const int v = flow.path.vocabulary;
    const Posterior others = [&](std::span<const int> x, Var t) {
      std::span<real> out;
      const Var logits = t.tape->uninitialised({static_cast<int>(x.size()), 1, v}, out, "logits");
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<real>(std::log(flow.data.weights[i % static_cast<std::size_t>(v)]));
      return logits;
    };
    const Posterior exact = oracle_posterior(std::make_shared<TokenOracle>(flow.oracle()));
    std::vector<int> x(static_cast<std::size_t>(v));
    for (int k = 0; k < v; ++k) x[static_cast<std::size_t>(k)] = k;
    for (const double t : {0., 0.25, 0.75}) {
      Tape tape;
      const Var times = tape.full({v, 1}, static_cast<real>(t));
      const Var a = softmax(with_own_token(others, flow.path)(x, times)),
                b = softmax(exact(x, times));
      for (std::size_t i = 0; i < a.values().size(); ++i)
        CHECK(std::abs(static_cast<double>(a.values()[i] - b.values()[i])) < kMetricDigits);
    }
  }
}

TEST_CASE("metric bound: the estimate agrees with the integral over beta, and is above -ln p1") {
  for (const char* name : {"metric, one token of 5", "metric, two of 3", "metric, three of 2"}) {
    const SmallFlow flow = flow_named(name, linear_kappa());
    const TokenMetric& metric = *flow.path.metric;
    const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
    const int length = flow.length(), v = flow.path.vocabulary, which = 1;
    const TokenPair pair = flow.pairs()[which];
    const std::vector<int> all = oracle->all_states();
    // The midpoint rule in ln beta.
    double exact = 0;
    constexpr int parts = 600;
    for (int k = 0; k < parts; ++k) {
      const double log_beta = -16 + 21. * (k + 0.5) / parts, beta = std::exp(log_beta),
                   t = metric.time(beta), width = beta * 21 / parts;
      for (std::size_t at = 0; at < all.size(); at += length) {
        const std::span<const int> xt{all.data() + at, static_cast<std::size_t>(length)};
        const double here = flow.sequence(t, xt.data(), pair);
        if (here < 1e-30) continue;
        const std::vector<double> p = oracle->posterior(t, xt);
        for (int l = 0; l < length; ++l)
          exact += width * here *
                   divergence(metric, t, xt[l], pair.x1[l],
                              {p.begin() + l * v, p.begin() + (l + 1) * v}) /
                   metric.slope(t);
      }
    }
    std::vector<int> rows;
    constexpr int n = 1500;
    for (int k = 0; k < n; ++k) rows.insert(rows.end(), pair.x1, pair.x1 + length);
    std::vector<double> out(n), error(n);
    Workers workers(1);
    negative_elbo(oracle_posterior(oracle), flow.path, length, n, rows.data(), {},
                  {.times = 16, .seed = 4}, workers, out.data(), error.data());
    double mean = 0, spread = 0;
    for (const double nats : out) mean += nats / n;
    for (const double nats : out) spread += (nats - mean) * (nats - mean) / n;
    const double deviation = std::sqrt(spread / n);
    CAPTURE(name, mean, exact, deviation, -std::log(pair.weight));
    CHECK(std::abs(mean - exact) < 4.5 * deviation + 1e-4);
    CHECK(deviation < 0.08);
    CHECK(exact > -std::log(pair.weight) - 1e-6);
  }
}

TEST_CASE(
    "metric bound: a sequence that the posterior excludes has a bound that grows without end") {
  const SmallFlow flow = flow_named("metric, four rows", linear_kappa());
  const std::vector<int> outside{2, 0, 2, 0, 1, 1};  // the second sequence is a row of the data
  std::vector<double> out(2);
  Workers workers(1);
  negative_elbo(oracle_posterior(std::make_shared<TokenOracle>(flow.oracle())), flow.path, 3, 2,
                outside.data(), {}, {.times = 64}, workers, out.data());
  CHECK(out[0] > 30);
  CHECK(std::isfinite(out[1]));
}

TEST_CASE("metric loss: losses that need kappa or finite rates are refused") {
  const TokenPath path{
      linear_kappa(), SourceKind::uniform, 3,
      std::make_shared<const TokenMetric>(TokenMetric::Distance::squared, 3, 1, 0.5)};
  const Posterior none = [](std::span<const int>, Var t) {
    return t.tape->full({1, 1, 3}, real(0));
  };
  const std::vector<int> one{1};
  Tape tape;
  const TokenSample start{tape.input({1, 1}, {real(0)}), one, one, 1};
  CHECK_THROWS_WITH(generalised_kl_loss(none, path, start),
                    "[token_loss] row 0 has t = 0, where tokens jump at an infinite rate; draw "
                    "times from [0, 1), and above 0 if a < 1");
  CHECK_THROWS_WITH(cross_entropy_loss(none, path, start, TokenWeight::hazard),
                    "[token_loss] the weight of the cross-entropy is the hazard of kappa, but the "
                    "path is metric-induced and has no kappa; take the weight none, or "
                    "generalised_kl_loss");
}

}  // namespace pushforward::inline PF_REAL
