// Tests the losses, the bound and the term of the own token on three-part paths.
#include <cmath>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/likelihood.h"
#include "flow/discrete/loss.h"
#include "flow/discrete/own_token.h"
#include "flow/discrete/sampler.h"
#include "tests/flow/discrete/chain.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

using namespace equations;

constexpr double kThreePartDigits = sizeof(real) == 4 ? 2e-5 : 1e-10;

// Returns the generalised KL of one token for a posterior p, by the parts of the path and their slopes.
double three_part_loss(const TokenPath& path, double t, int x, int x1,
                       const std::vector<double>& p) {
  const double k = path.kappa(t), q = path.noise, slope = path.kappa.slope(t),
               leave = slope / (1 - k), data_slope = (1 + q) * std::pow(k, q) * slope;
  const double to_data = data_slope + leave * std::pow(k, 1 + q),
               to_any = (slope - data_slope + leave * (k - std::pow(k, 1 + q))) / path.vocabulary;
  double sum = 0;
  for (int y = 0; y < path.vocabulary; ++y) {
    if (y == x) continue;
    const double learnt = to_data * p[y] + to_any, given = to_data * (y == x1) + to_any;
    sum += learnt - given + given * std::log(given / learnt);
  }
  return sum;
}

}  // namespace

TEST_CASE("three parts: the generalised KL is the divergence of the rates, at its least 0") {
  for (const SmallFlow& flow : three_part_flows()) {
    const int v = flow.path.vocabulary;
    const real time = real(0.375);
    const double t = static_cast<double>(time);
    for (int x = 0; x < flow.path.states(); ++x) {
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
        CHECK(static_cast<double>(loss.item()) == Approx(three_part_loss(flow.path, t, x, x1, p))
                                                      .epsilon(kThreePartDigits)
                                                      .margin(kThreePartDigits));
        // The gradient in the logits agrees with differences of the formula.
        const Var slopes = grad(loss, leaf);
        for (int k = 0; k < v; ++k) {
          const auto moved = [&](double by) {
            std::vector<double> q(p);
            double sum = 0;
            q[k] *= std::exp(by);
            for (double one : q) sum += one;
            for (double& one : q) one /= sum;
            return three_part_loss(flow.path, t, x, x1, q);
          };
          CHECK(std::abs(static_cast<double>(slopes.values()[k]) -
                         (moved(1e-4) - moved(-1e-4)) / 2e-4) < (sizeof(real) == 4 ? 2e-5 : 1e-7));
        }
        std::vector<double> sure(v, 0.);
        sure[x1] = 1;
        CHECK(std::abs(three_part_loss(flow.path, t, x, x1, sure)) < 1e-12);
        CHECK(static_cast<double>(cross_entropy_loss(posterior, flow.path, sample).item()) ==
              Approx(-std::log(p[x1])).epsilon(kThreePartDigits));
      }
    }
  }
}

TEST_CASE("three parts: losses are finite at every time before 1") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 40, nullptr, 1.5};
  const Posterior others = [](std::span<const int> x, Var t) {
    return t.tape->full({t.shape().rows(), static_cast<int>(x.size()) / t.shape().rows(), 40},
                        real(0));
  };
  const std::vector<int> xt{0, 39, 40}, x1{39, 39, 0};
  for (const double t : {0., 1e-6, 0.5, 0.9, 0.999, 1 - 0x1p-20}) {
    Tape tape;
    const TokenSample sample{tape.input({1, 1}, {static_cast<real>(t)}), xt, x1, 3};
    const Posterior own = with_own_token(others, path);
    const double kl = static_cast<double>(generalised_kl_loss(own, path, sample).item());
    CAPTURE(t, kl);
    CHECK(std::isfinite(kl));
    CHECK(kl > -1e-3);
    CHECK(std::isfinite(static_cast<double>(cross_entropy_loss(own, path, sample).item())));
  }
  Tape tape;
  const TokenSample last{tape.input({1, 1}, {real(1)}), xt, x1, 3};
  CHECK_THROWS_WITH(
      generalised_kl_loss(others, path, last),
      "[token_loss] row 0 has t = 1, where tokens jump at an infinite rate; draw times "
      "from [0, 1)");
}

TEST_CASE("three parts: the term of the own token makes the posterior of one token exact") {
  for (const SmallFlow& flow : three_part_flows()) {
    if (flow.length() != 1 || flow.path.source != SourceKind::mask) continue;
    const int v = flow.path.vocabulary;
    const Posterior others = [&](std::span<const int> x, Var t) {
      std::span<real> out;
      const Var logits = t.tape->uninitialised({static_cast<int>(x.size()), 1, v}, out, "logits");
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<real>(std::log(flow.data.weights[i % static_cast<std::size_t>(v)]));
      return logits;
    };
    const Posterior exact = oracle_posterior(std::make_shared<TokenOracle>(flow.oracle()));
    std::vector<int> x(static_cast<std::size_t>(v) + 1);
    for (int k = 0; k <= v; ++k) x[static_cast<std::size_t>(k)] = k;
    for (const double t : {0., 0.25, 0.75, 1.}) {
      Tape tape;
      const Var times = tape.full({v + 1, 1}, static_cast<real>(t));
      const Var a = softmax(with_own_token(others, flow.path)(x, times)),
                b = softmax(exact(x, times));
      for (std::size_t i = 0; i < a.values().size(); ++i) {
        CAPTURE(t, i);
        CHECK(std::abs(static_cast<double>(a.values()[i] - b.values()[i])) < kThreePartDigits);
      }
    }
  }
}

TEST_CASE("three parts: the bound's estimate agrees with the integral, and is above -ln p1") {
  for (const char* name :
       {"three parts, one token of 5", "three parts, three of 2", "three parts, rows"}) {
    const SmallFlow flow = flow_named(name, linear_kappa());
    const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
    const int length = flow.length(), v = flow.path.vocabulary, which = 1;
    const int* x1 = flow.data.row(which).data();
    const std::vector<int> all = oracle->all_states();
    double probability = 0;
    for (const TokenPair& pair : flow.pairs())
      if (pair.x1 == x1) probability += pair.weight;
    // The midpoint rule in v, with 1 - t = (1 - v)^2, where the integrand is smooth.
    double exact = 0;
    constexpr int parts = 2000;
    for (int k = 0; k < parts; ++k) {
      const double left = (k + 0.5) / parts, t = 1 - left * left, width = 2 * left / parts;
      for (std::size_t at = 0; at < all.size(); at += length) {
        const std::span<const int> xt{all.data() + at, static_cast<std::size_t>(length)};
        double here = 0;
        for (const TokenPair& pair : flow.pairs())
          if (pair.x1 == x1) here += pair.weight / probability * flow.sequence(t, xt.data(), pair);
        if (here < 1e-30) continue;
        const std::vector<double> p = oracle->posterior(t, xt);
        for (int l = 0; l < length; ++l)
          exact += width * here *
                   three_part_loss(flow.path, t, xt[l], x1[l],
                                   {p.begin() + l * v, p.begin() + (l + 1) * v});
      }
    }
    std::vector<int> rows;
    constexpr int n = 1500;
    for (int k = 0; k < n; ++k) rows.insert(rows.end(), x1, x1 + length);
    std::vector<double> out(n), error(n);
    Workers workers(1);
    TokenDistributionPtr source;
    ElboOptions options;
    options.times = 16;
    options.seed = 4;
    if (flow.path.source == SourceKind::data) {
      source = std::make_shared<TableDistribution>(flow.source, v);
      options.source = source.get();
    }
    negative_elbo(oracle_posterior(oracle), flow.path, length, n, rows.data(), {}, options, workers,
                  out.data(), error.data());
    double mean = 0, spread = 0;
    for (const double nats : out) mean += nats / n;
    for (const double nats : out) spread += (nats - mean) * (nats - mean) / n;
    const double deviation = std::sqrt(spread / n);
    CAPTURE(name, mean, exact, deviation, -std::log(probability));
    CHECK(std::abs(mean - exact) < 4.5 * deviation + 1e-4);
    CHECK(deviation < 0.08);
    CHECK(exact > -std::log(probability) - 1e-6);
  }
}

TEST_CASE("three parts: a sampler refuses given tokens, orders and remasking") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 3, nullptr, 1};
  const Posterior even = [](std::span<const int> states, Var at) {
    return at.tape->full({at.shape()[0], static_cast<int>(states.size()) / at.shape()[0], 3}, 0);
  };
  Workers workers(1);
  std::vector<int> x(2);
  const std::vector<int> given{0, -1};
  TokenSamplerOptions options;
  CHECK_THROWS_WITH(
      TokenSampler(even, path, 2, options, workers).sample(0, 1, x.data(), nullptr, given),
      "[sample] tokens are given, but the path is not the mixture path from masks, so the posterior "
      "does not see which tokens are known; take it, or condition the rows of an oracle "
      "(rows_with)");
  CHECK_NOTHROW(TokenSampler(even, path, 2, options, workers).sample(0, 1, x.data()));
  options.order = UnmaskingOrder::entropy;
  CHECK_THROWS_WITH(TokenSampler(even, path, 2, options, workers),
                    "[sample] the order \"entropy\" is of masked tokens, but the path is not the "
                    "mixture path from masks; take it, or leave it out");
}

}  // namespace pushforward::inline PF_REAL
