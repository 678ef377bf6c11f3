// Tests samples of discrete flows: their distribution where it is known, their reproducibility,
// given tokens, and their cost.
#include "flow/discrete/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/flow/discrete/posteriors.h"
#include "tests/tools/catch.h"
#include "tests/tools/statistics.h"

namespace pushforward::inline PF_REAL {
namespace {

const std::vector<std::vector<double>> kTokenSamplerDistributions{{0.5, 0.2, 0.3}, {0.1, 0.6, 0.3}};

TokenPath make_path(SourceKind kind, const Kappa& kappa = linear_kappa()) {
  return {kappa, kind, 3};
}

// Counts how often each of the nine sequences of two tokens occurs.
std::vector<double> histogram(const std::vector<int>& x) {
  std::vector<double> counts(9);
  for (std::size_t i = 0; i < x.size(); i += 2) ++counts[x[i] * 3 + x[i + 1]];
  return counts;
}

std::vector<double> expected(int n) {
  std::vector<double> counts;
  for (double a : kTokenSamplerDistributions[0])
    for (double b : kTokenSamplerDistributions[1]) counts.push_back(n * a * b);
  return counts;
}

// Returns a posterior that depends on all tokens of a row. With it, tests notice mixed-up rows.
Posterior entangled(int length, int vocabulary) {
  return [length, vocabulary](std::span<const int> x, Var t, Labels labels) {
    const int rows = t.shape().rows();
    std::span<real> out;
    const Var logits = t.tape->uninitialised({rows, length, vocabulary}, out, "logits");
    for (int r = 0; r < rows; ++r) {
      double sum = labels.empty() ? 0 : labels[r];
      for (int l = 0; l < length; ++l) sum += (l + 1) * x[r * length + l];
      for (int l = 0; l < length; ++l)
        for (int y = 0; y < vocabulary; ++y)
          out[(r * length + l) * vocabulary + y] =
              static_cast<real>(std::sin(sum + 3 * y + l + double(t.values()[r])));
    }
    return logits;
  };
}

std::vector<int> sampled(TokenSampler& sampler, int n, int length, std::uint64_t seed = 1) {
  std::vector<int> x(static_cast<std::size_t>(n) * length);
  sampler.sample(seed, n, x.data());
  return x;
}

}  // namespace

TEST_CASE("independent tokens are sampled exactly by the kernel, also with a corrector") {
  constexpr int n = 20000;
  Workers workers(1);
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    for (const Corrector& corrector : {Corrector{}, Corrector{Corrector::Kind::balanced, 1},
                                       Corrector{Corrector::Kind::remask, 4}}) {
      const TokenPath path = make_path(kind, cosine_kappa());
      TokenSamplerOptions options;
      options.steps = 5;
      options.corrector = corrector;
      TokenSampler sampler(independent_posterior(path, kTokenSamplerDistributions), path, 2,
                           options, workers);
      CAPTURE(int(kind), name_of(corrector.kind));
      CHECK(plausible(chi_square_tail(histogram(sampled(sampler, n, 2)), expected(n))));
    }
  }
}

TEST_CASE("a chain that stops early has the path's marginal") {
  constexpr int n = 20000;
  Workers workers(1);
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    const TokenPath path = make_path(kind, polynomial_kappa(2));
    TokenSamplerOptions options;
    options.grid = {0, 0.3, 0.5, 0.7};
    options.corrector = {Corrector::Kind::constant, 2};
    TokenSampler sampler(independent_posterior(path, kTokenSamplerDistributions), path, 2, options,
                         workers);
    std::vector<double> counts(path.states()), wanted;
    for (int x : sampled(sampler, n, 2)) ++counts[x];
    for (int y = 0; y < path.states(); ++y) {
      const double data =
          y < 3 ? (kTokenSamplerDistributions[0][y] + kTokenSamplerDistributions[1][y]) / 2 : 0;
      wanted.push_back(2 * n * (0.49 * data + 0.51 * path.source_probability(y)));
    }
    CAPTURE(int(kind));
    CHECK(plausible(chi_square_tail(counts, wanted)));
  }
}

TEST_CASE("with kappa = t and a mask source, the adaptive method is exact and unmasks all tokens") {
  constexpr int n = 20000;
  Workers workers(1);
  for (CtmcMethod method : {CtmcMethod::adaptive, CtmcMethod::euler, CtmcMethod::kernel}) {
    const TokenPath path = make_path(SourceKind::mask);
    TokenSamplerOptions options;
    options.method = method;
    options.steps = 4;
    TokenSampler sampler(independent_posterior(path, kTokenSamplerDistributions), path, 2, options,
                         workers);
    const std::vector<int> x = sampled(sampler, n, 2);
    CHECK(std::ranges::all_of(x, [](int token) { return token >= 0 && token < 3; }));
    CHECK(plausible(chi_square_tail(histogram(x), expected(n))));
  }
}

TEST_CASE(
    "token samples have the same bits on any number of threads and for any number of samples") {
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform, SourceKind::data}) {
    const TokenPath path{cosine_kappa(), kind, 5};
    TokenSamplerOptions options;
    options.steps = 7;
    if (kind != SourceKind::data) options.corrector = {Corrector::Kind::balanced, 0.5};
    options.label_of = [](int sample) { return sample % 3; };
    const UniformTokens rows(6, 5);
    const TokenDistribution* source = kind == SourceKind::data ? &rows : nullptr;
    std::vector<int> first;
    for (int threads : {1, 2, 4}) {
      Workers workers(threads);
      TokenSampler sampler(entangled(6, 5), path, 6, options, workers, 3);
      std::vector<int> x(1000 * 6), few(100 * 6), states(3 * x.size());
      sampler.sample(8, 1000, x.data(), source, {}, states.data());
      sampler.sample(8, 100, few.data(), source);
      CHECK(std::equal(few.begin(), few.end(), x.begin()));
      CHECK(std::equal(x.begin(), x.end(), states.begin() + 2 * x.size()));
      x.insert(x.end(), states.begin(), states.end());
      if (first.empty()) first = x;
      CHECK(x == first);
      sampler.sample(9, 100, few.data(), source);
      CHECK(!std::equal(few.begin(), few.end(), x.begin()));
    }
  }
}

TEST_CASE("given tokens are kept, whatever the corrector") {
  Workers workers(1);
  for (Corrector::Kind kind : {Corrector::Kind::none, Corrector::Kind::constant}) {
    const TokenPath path{linear_kappa(), SourceKind::mask, 5};
    TokenSamplerOptions options;
    options.steps = 6;
    options.corrector = {kind, 5};
    TokenSampler sampler(entangled(4, 5), path, 4, options, workers, 7);
    const std::vector<int> given{-1, 3, 0, -1};
    std::vector<int> x(50 * 4), states(7 * 50 * 4);
    sampler.sample(1, 50, x.data(), nullptr, given, states.data());
    int others = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (given[i % 4] >= 0)
        CHECK(states[i] == given[i % 4]);
      else
        others += states[i] != states[i % 4];
    }
    CHECK(others > 100);
  }
  // If all tokens are given, the network is never evaluated.
  const TokenPath path{linear_kappa(), SourceKind::mask, 5};
  TokenSampler sampler(entangled(2, 5), path, 2, {}, workers);
  std::vector<int> x(6);
  const SampleCost cost = sampler.sample(1, 3, x.data(), nullptr, std::vector<int>{4, 1});
  CHECK(x == std::vector<int>{4, 1, 4, 1, 4, 1});
  CHECK(cost.evaluations == 0);
  CHECK(cost.steps == 3 * 64);
}

TEST_CASE("a trajectory goes from the source to the data, and masks only disappear") {
  Workers workers(1);
  const TokenPath path = make_path(SourceKind::mask);
  TokenSamplerOptions options;
  options.steps = 10;
  TokenSampler sampler(independent_posterior(path, kTokenSamplerDistributions), path, 2, options,
                       workers, 6);
  constexpr int n = 4000;
  std::vector<int> x(2 * n), states(6 * 2 * n);
  sampler.sample(3, n, x.data(), nullptr, {}, states.data());
  const std::vector<double> times = sampler.save_times();
  CHECK(times == std::vector<double>{0, 0.2, 0.4, 0.6, 0.8, 1});
  for (int s = 0; s < 6; ++s) {
    const auto at = [&](int i) { return states[s * 2 * n + i]; };
    int masks = 0;
    for (int i = 0; i < 2 * n; ++i) {
      masks += at(i) == 3;
      if (at(i) != 3) CHECK(at(i) == x[i]);
    }
    const double wanted = 2 * n * (1 - times[s]);
    CHECK(std::abs(masks - wanted) <= 5 * std::sqrt(wanted * times[s]));
  }
}

TEST_CASE("evaluations are counted, and there are none once all tokens are unmasked") {
  Workers workers(1);
  const TokenPath path = make_path(SourceKind::mask);
  int calls = 0;
  const Posterior exact = independent_posterior(path, kTokenSamplerDistributions);
  const Posterior counted = [&](std::span<const int> x, Var t) {
    ++calls;
    return exact(x, t);
  };
  TokenSamplerOptions options;
  options.steps = 400;
  options.chunk = 1;
  TokenSampler sampler(counted, path, 2, options, workers);
  std::vector<int> x(200);
  const SampleCost cost = sampler.sample(5, 100, x.data());
  CHECK(cost.rows == 100);
  CHECK(cost.evaluations == calls);
  CHECK(cost.steps == 100 * 400);
  CHECK(cost.min_evaluations < cost.max_evaluations);
  CHECK(cost.max_evaluations <= 400);
  // Each token is unmasked at a time that is uniform on [0, 1]. The last of two tokens is unmasked
  // at 2/3 on average, so evaluations are needed in 2/3 of the steps.
  CHECK(cost.mean() == Approx(400 * 2. / 3).epsilon(0.15));
  // With a uniform source, every step needs an evaluation.
  const TokenPath uniform = make_path(SourceKind::uniform);
  TokenSampler all(independent_posterior(uniform, kTokenSamplerDistributions), uniform, 2, options,
                   workers);
  CHECK(all.sample(5, 100, x.data()).evaluations == 100 * 400);
}

TEST_CASE("a temperature of 0 and a small top_p choose the most likely tokens") {
  Workers workers(1);
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    const TokenPath path = make_path(kind);
    // The posterior p does not depend on the state xt.
    const Posterior p = [](std::span<const int>, Var t) {
      const int rows = t.shape().rows();
      std::span<real> out;
      const Var v = t.tape->uninitialised({rows, 2, 3}, out, "logits");
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<real>(i % 3 == (i / 3 % 2 ? 1u : 0u));
      return v;
    };
    TokenSamplerOptions cold, narrow;
    cold.temperature = 0;
    narrow.top_p = 0.2;
    for (const TokenSamplerOptions& options : {cold, narrow}) {
      TokenSampler sampler(p, path, 2, options, workers);
      const std::vector<int> x = sampled(sampler, 40, 2);
      for (int r = 0; r < 40; ++r) CHECK((x[2 * r] == 0 && x[2 * r + 1] == 1));
    }
  }
}

TEST_CASE("the error of a posterior that is not finite names sample, position and time") {
  Workers workers(2);
  const TokenPath path = make_path(SourceKind::uniform);
  const Posterior exact = independent_posterior(path, kTokenSamplerDistributions);
  const Posterior bad = [&](std::span<const int>, Var t) {
    std::span<real> out;
    const Var v = t.tape->uninitialised({t.shape().rows(), 2, 3}, out, "logits");
    std::ranges::fill(out, real(0));
    if (t.values()[0] > real(0.4)) out[3 * 2 * 2 + 3] = std::numeric_limits<real>::quiet_NaN();
    return v;
  };
  TokenSamplerOptions options;
  options.steps = 2;
  TokenSampler sampler(bad, path, 2, options, workers);
  std::vector<int> x(20);
  try {
    sampler.sample(1, 10, x.data());
    FAIL("nothing was thrown");
  } catch (const IntegrationFailure& e) {
    CHECK(e.sample == 2);
    CHECK(e.step == 1);
    CHECK(e.t == 0.5);
    CHECK_THAT(
        e.what(),
        Contains(
            "[sample] step 1, at t=0.500000: the posterior of position 1 is not finite (sample 2)"));
  }
}

TEST_CASE("sampling tokens can be interrupted") {
  Workers workers(1);
  const TokenPath path = make_path(SourceKind::mask);
  int asked = 0;
  TokenSamplerOptions options;
  options.interrupted = [&] { return ++asked == 3; };
  TokenSampler sampler(independent_posterior(path, kTokenSamplerDistributions), path, 2, options,
                       workers);
  std::vector<int> x(20);
  CHECK_THROWS_AS(sampler.sample(1, 10, x.data()), SamplingInterrupted);
  CHECK(asked == 3);
}

TEST_CASE("the errors of invalid sampling requests say what is wrong") {
  Workers workers(1);
  const TokenPath path = make_path(SourceKind::mask), data = make_path(SourceKind::data);
  const Posterior p = independent_posterior(path, kTokenSamplerDistributions);
  TokenSampler sampler(p, path, 2, {}, workers), rows(p, data, 2, {}, workers);
  std::vector<int> x(20);
  const UniformTokens source(2, 3), longer(3, 3);
  CHECK_THROWS_WITH(
      sampler.sample(1, 10, x.data(), nullptr, std::vector<int>{1}),
      "[sample] 1 given tokens for sequences of 2; give one per position, and -1 for a free one");
  CHECK_THROWS_WITH(sampler.sample(1, 10, x.data(), nullptr, std::vector<int>{1, 3}),
                    "[sample] position 1 is given as token 3, "
                    "and the vocabulary has 3, 0 to 2; -1 leaves a position free");
  CHECK_THROWS_WITH(
      sampler.sample(1, 10, x.data(), &source),
      "[sample] a distribution of source rows is given, but the path begins at mask or uniform tokens");
  CHECK_THROWS_WITH(rows.sample(1, 10, x.data()),
                    "[sample] the path begins at rows of a distribution, but none is given");
  CHECK_THROWS_WITH(rows.sample(1, 10, x.data(), &longer),
                    "[sample] the source has 3 tokens out of 3 and the path 2 out of 3");
  CHECK_THROWS_WITH(
      sampler.sample(1, 10, x.data(), nullptr, {}, x.data()),
      "[sample] a trajectory is requested, but the sampler was made with saves = 0; set saves to the number of points");
  TokenSampler wrong(p, path, 3, {}, workers);
  CHECK_THROWS_WITH(wrong.sample(1, 1, x.data()),
                    "[sample] the posterior gave (32, 2, 3) "
                    "for 32 sequences of 3 tokens out of 3; its logits are (32, 3, 3)");
  TokenSamplerOptions none;
  none.chunk = 0;
  CHECK_THROWS_WITH(TokenSampler(p, path, 2, none, workers),
                    "[sample] chunks of 0 sequences; give at least one");
  CHECK_THROWS_WITH(TokenSampler(p, {}, 2, {}, workers),
                    "[sample] a posterior, a positive length and a positive vocabulary are needed, "
                    "but they are given, 2 and 0");
  CHECK_THROWS_WITH(TokenSampler(p, {.vocabulary = 3}, 2, {}, workers),
                    Contains("[token path] the source is not given"));
}

}  // namespace pushforward::inline PF_REAL
