// Uses the exact posterior in place of a network. Compares samples with the exact distribution of
// the sampling scheme, and estimates of the bound on the likelihood with the exact bound.
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <string>

#include "autograd/ops.h"
#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/likelihood.h"
#include "flow/discrete/sampler.h"
#include "flow/path/time_grid.h"
#include "tests/flow/discrete/chain.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"
#include "tests/tools/sanitized.h"

namespace pushforward::inline PF_REAL {
namespace {

using namespace equations;

// Returns the p-value of the chi-square statistic of the counts. Cells with an expected count below
// 5 are merged.
double goodness_of_fit(const std::vector<int>& counts, const std::vector<double>& distribution,
                       int n) {
  double x = 0, rare = 0, rare_expected = 0;
  int cells = 0;
  const auto add = [&](double count, double expected) {
    x += (count - expected) * (count - expected) / expected;
    ++cells;
  };
  for (std::size_t i = 0; i < distribution.size(); ++i) {
    if (distribution[i] * n >= 5) {
      add(counts[i], distribution[i] * n);
    } else {
      if (distribution[i] < 1e-15) REQUIRE(counts[i] == 0);
      rare += counts[i], rare_expected += distribution[i] * n;
    }
  }
  if (rare_expected >= 5) add(rare, rare_expected);
  REQUIRE(cells > 1);
  return boost::math::cdf(
      boost::math::complement(boost::math::chi_squared_distribution<double>(cells - 1), x));
}

// Draws n samples and counts each sequence, in the order of TokenOracle::all_states.
std::vector<int> histogram(const SmallFlow& flow, const TokenSamplerOptions& options, int n,
                           std::uint64_t seed) {
  Workers workers(2);
  const int length = flow.length();
  TokenSampler sampler(oracle_posterior(std::make_shared<TokenOracle>(flow.oracle())), flow.path,
                       length, options, workers);
  std::vector<int> out(static_cast<std::size_t>(n) * length);
  if (flow.path.source == SourceKind::data) {
    TokenTable table = flow.source;
    if (flow.paired) table.weights = flow.data.weights;
    const TableDistribution source(table, flow.path.vocabulary);
    sampler.sample(seed, n, out.data(), &source);
  } else {
    sampler.sample(seed, n, out.data());
  }
  int states = 1;
  for (int l = 0; l < length; ++l) states *= flow.path.states();
  std::vector<int> counts(states, 0);
  for (std::size_t i = 0; i < out.size(); i += length) {
    int at = 0;
    for (int l = 0; l < length; ++l) at = at * flow.path.states() + out[i + l];
    ++counts[at];
  }
  return counts;
}

}  // namespace

TEST_CASE("samples have the exact distribution of their scheme, up to a million samples",
          "[long]") {
  struct Case {
    const char* flow;
    Scheme scheme;
    int steps;
    double end = 1;
    Kappa kappa = linear_kappa();
  };
  // Rounding is a thousand times smaller than what a million samples show, so float, in which it is
  // larger, stands for both precisions.
  constexpr int kSamples = kSanitized ? 50'000 : kDouble ? 200'000 : 1'000'000;
  using K = Corrector::Kind;
  using R = Remasking::Kind;
  const CtmcMethod kernel = CtmcMethod::kernel, euler = CtmcMethod::euler,
                   adaptive = CtmcMethod::adaptive;
  const Case cases[] = {
      {"mask, one token of 5", {kernel}, 3, 0.8},
      {"uniform, one token of 5", {kernel}, 3, 0.8},
      {"rows, one token of 3", {kernel}, 3, 0.8},
      {"mask, two of 3", {kernel}, 2},
      {"uniform, two of 3", {kernel}, 2},
      {"rows, two of 2", {kernel}, 2},
      {"paired, every row", {kernel}, 3},
      {"mask, two of 3", {kernel}, 2, 0.8, polynomial_kappa(0.5)},
      {"uniform, two of 3", {kernel}, 2, 0.8, sine_squared_kappa()},
      {"rows, two of 2", {kernel}, 3, 0.8, cosine_kappa()},
      {"mask, three of 2", {kernel, {K::balanced, 0.5}}, 3},
      {"uniform, three of 2", {kernel, {K::balanced, 0.5}}, 3, 0.8, polynomial_kappa(2)},
      {"mask, two of 3", {kernel, {K::remask, 2}}, 3, 0.8},
      {"mask, two of 3", {euler}, 3},
      {"uniform, two of 3", {euler}, 3},
      {"rows, two of 2", {euler}, 3, 0.8},
      {"uniform, one token of 5", {euler}, 3, 0.8, polynomial_kappa(2)},
      {"mask, two of 3", {euler, {K::constant, 3}}, 3, 0.8},
      {"uniform, two of 3", {euler, {K::bump, 3}}, 3},
      {"mask, three of 2", {adaptive}, 2, 0.8, cosine_kappa()},
      {"uniform, three of 2", {adaptive}, 2, 0.8},
      {"rows, two of 2", {adaptive}, 2, 0.8},
      {"mask, two of 3", {adaptive, {K::constant, 2}}, 2},
      {"uniform, two of 3", {adaptive, {K::bump, 2}}, 2, 0.8},
      {"mask, one token of 5", {kernel, {}, {R::cap, 0.3}}, 4, 0.8},
      {"mask, two of 3", {kernel, {}, {R::cap, 0.2}}, 3, 1, cosine_kappa()},
      {"mask, three of 2", {kernel, {}, {R::rescale, 0.5}}, 3, 0.8},
      {"mask, two of 3", {kernel, {}, {R::rescale, 1}}, 4},
      {"mask, two of 3", {kernel, {}, {R::loop, 0.3, 0.6, 2}}, 3},
      {"mask, three of 2", {kernel, {}, {R::loop, 0.5, 0.4, 3}}, 2, 0.8, polynomial_kappa(2)},
      {"metric, one token of 5", {kernel}, 3, 0.8},
      {"metric, two of 3", {kernel}, 2},
      {"metric, three of 2", {kernel}, 3, 0.8},
      {"metric, table", {kernel}, 3},
      {"metric, one token of 5", {euler}, 3, 0.8},
      {"metric, table", {euler}, 4},
      {"metric, two of 3", {adaptive}, 2, 0.8},
      {"three parts, one token of 5", {kernel}, 3, 0.8},
      {"three parts, two of 3", {kernel}, 2},
      {"three parts, rows", {kernel}, 3, 0.8},
      {"three parts, paired rows", {kernel}, 3},
      {"three parts, three of 2", {euler}, 3},
      {"three parts, two of 3", {adaptive}, 2, 0.8},
      {"uniform, two of 3", {kernel, {K::exchange, 0.4}}, 3, 0.8},
      {"uniform, three of 2", {kernel, {K::exchange, 1}}, 3},
      {"uniform, one token of 5", {euler, {K::exchange, 0.3}}, 3, 0.8},
      {"uniform, two of 3", {adaptive, {K::exchange, 0.4}}, 2, 0.8},
  };
  std::uint64_t seed = 40;
  for (const Case& c : cases) {
    const SmallFlow flow = flow_named(c.flow, c.kappa);
    TokenSamplerOptions options;
    options.method = c.scheme.method;
    options.corrector = c.scheme.corrector;
    options.remasking = c.scheme.remasking;
    options.steps = c.steps;
    options.end = c.end;
    options.chunk = 500;
    const std::vector<double> distribution =
        Chain(flow, c.scheme)
            .propagate(options.remasking.with_loop(
                chain_times(options.method, options.corrector, flow.path, options.times())));
    const double tail =
        goodness_of_fit(histogram(flow, options, kSamples, ++seed), distribution, kSamples);
    CAPTURE(c.kappa.name(), c.flow, int(c.scheme.method), name_of(c.scheme.corrector.kind), tail);
    CHECK(tail > 5e-6);
  }
}

// Shows that the comparison of samples with the exact distribution of a scheme can fail: it detects
// a wrong scheme and a wrong number of steps.
TEST_CASE("samples do not have the distribution of another scheme") {
  const SmallFlow flow = flow_named("uniform, two of 3", linear_kappa());
  TokenSamplerOptions options;
  options.steps = 2;
  options.chunk = 500;
  const int n = 60'000;
  const std::vector<int> counts = histogram(flow, options, n, 3);
  const Chain euler(flow, {CtmcMethod::euler, {}}), kernel(flow, {});
  CHECK(goodness_of_fit(counts, kernel.propagate(time_grid(2)), n) > 5e-6);
  CHECK(goodness_of_fit(counts, kernel.propagate(time_grid(3)), n) < 5e-6);
  CHECK(goodness_of_fit(counts, euler.propagate(time_grid(2)), n) < 5e-6);
}

namespace {

// A posterior that differs from the exact posterior p. Its logits are (1 - tilt) ln p + tilt sin(v)
// for token v.
struct Tilted {
  std::shared_ptr<const TokenOracle> oracle;
  double tilt;

  std::vector<double> distribution(double t, std::span<const int> x) const {
    std::vector<double> p = oracle->posterior(t, x);
    const int v = oracle->path().vocabulary;
    for (std::size_t l = 0; l < p.size(); l += v) {
      double total = 0;
      for (int k = 0; k < v; ++k) {
        p[l + k] = std::pow(p[l + k], 1 - tilt) * std::exp(tilt * std::sin(k));
        total += p[l + k];
      }
      for (int k = 0; k < v; ++k) p[l + k] /= total;
    }
    return p;
  }
  Posterior on_tape() const {
    return [exact = oracle_posterior(oracle), tilt = tilt](std::span<const int> x, Var t) {
      const Var logits = exact(x, t);
      std::span<real> push;
      const Var bias = t.tape->uninitialised(logits.shape(), push, "tilt");
      const std::size_t v = static_cast<std::size_t>(logits.shape()[2]);
      for (std::size_t i = 0; i < push.size(); ++i)
        push[i] = static_cast<real>(tilt * std::sin(static_cast<double>(i % v)));
      return scale(logits, 1 - tilt) + bias;
    };
  }
};

// Returns the bound on -ln p1 of the data sequence in `pair` for the posterior p. It is the
// integral over t of the expected generalised KL loss of p, computed by a sum over all states xt
// and quadrature.
double exact_bound(const SmallFlow& flow, const Tilted& p, const TokenPair& pair) {
  const std::vector<int> all = p.oracle->all_states();
  const int length = flow.length(), v = flow.path.vocabulary;
  const auto loss = [&](double t, double to_end) {
    if (to_end == 0 || t == 0) return 0.;
    double mean = 0;
    for (std::size_t at = 0; at < all.size(); at += length) {
      const std::span<const int> x{all.data() + at, static_cast<std::size_t>(length)};
      const double here = flow.sequence(t, x.data(), pair);
      if (here == 0) continue;
      const std::vector<double> distribution = p.distribution(t, x);
      for (int l = 0; l < length; ++l) {
        if (flow.path.unmasked(x[l])) continue;
        const double stays = x[l] < v ? distribution[l * v + x[l]] : 0;
        mean += here * (x[l] == pair.x1[l] ? 1 - stays
                                           : -stays - std::log(distribution[l * v + pair.x1[l]]));
      }
    }
    return mean * flow.path.kappa.hazard(t);
  };
  boost::math::quadrature::tanh_sinh<double> quadrature(10);
  return quadrature.integrate([&](double t, double) { return t < 1 ? loss(t, 1 - t) : 0.; }, 0., 1.,
                              1e-9);
}

}  // namespace

TEST_CASE("the estimated bound agrees with the bound summed over all states") {
  for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(2)}) {
    for (const char* name : {"mask, one token of 5", "uniform, one token of 5", "mask, two of 3",
                             "uniform, two of 3", "mask, three of 2", "uniform, three of 2"}) {
      const SmallFlow flow = flow_named(name, kappa);
      const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
      const int length = flow.length();
      const TokenPair pair = flow.pairs()[2];
      for (double tilt : {0., 0.3}) {
        const Tilted p{oracle, tilt};
        const double exact = exact_bound(flow, p, pair);
        // The exact bound is compared with the mean of many estimates of the bound for one
        // sequence.
        const int n = 6000;
        std::vector<int> x1;
        for (int i = 0; i < n; ++i) x1.insert(x1.end(), pair.x1, pair.x1 + length);
        std::vector<double> estimates(n);
        Workers workers(2);
        ElboOptions options;
        options.times = 4;
        options.chunk = 250;
        options.seed = 11;
        negative_elbo(p.on_tape(), flow.path, length, n, x1.data(), {}, options, workers,
                      estimates.data());
        double mean = 0, square = 0;
        for (double one : estimates) mean += one / n, square += one * one / n;
        const double error = std::sqrt((square - mean * mean) / n);
        const double log_p = std::log(pair.weight);
        CAPTURE(kappa.name(), name, tilt, exact, mean, error, log_p);
        CHECK(std::abs(mean - exact) < 4.57 * error + 1e-5);
        CHECK(error < 0.02 * exact);
        if (tilt != 0) continue;
        // With a mask source, the bound of the exact posterior equals -ln p1. With a uniform source
        // it is larger, even for one token, because a state does not show which tokens have
        // changed.
        if (flow.path.source == SourceKind::mask)
          CHECK(exact == Approx(-log_p).epsilon(1e-7));
        else
          CHECK(exact > -log_p + 0.01);
      }
    }
  }
}

TEST_CASE("the exact posterior has the least mean generalised KL over the data") {
  for (const char* name : {"mask, two of 3", "uniform, two of 3", "uniform, one token of 5"}) {
    const SmallFlow flow = flow_named(name, linear_kappa());
    const auto oracle = std::make_shared<TokenOracle>(flow.oracle());
    const auto mean = [&](double tilt) {
      double sum = 0;
      for (const TokenPair& pair : flow.pairs())
        sum += pair.weight * exact_bound(flow, {oracle, tilt}, pair);
      return sum;
    };
    double entropy = 0;
    for (const TokenPair& pair : flow.pairs()) entropy -= pair.weight * std::log(pair.weight);
    const double min_loss = mean(0);
    CAPTURE(name, min_loss, entropy);
    CHECK(min_loss > entropy - 1e-8);
    for (double tilt : {-0.05, 0.05}) CHECK(mean(tilt) > min_loss + 1e-5);
  }
}

}  // namespace pushforward::inline PF_REAL
