// Tests the law (the distribution) of a path of tokens at one time, chains that begin from this
// law, and the law of rows with given tokens.
#include "flow/discrete/path_law.h"

#include <cmath>
#include <memory>

#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/sampler.h"
#include "tests/tools/catch.h"
#include "tests/tools/sanitized.h"
#include "tests/tools/statistics.h"

namespace pushforward::inline PF_REAL {
namespace {

// kRows has five rows of two tokens out of 3, with labels and weights.
const TokenTable kRows{
    2, {0, 0, 0, 1, 1, 2, 2, 2, 2, 0}, {0, 0, 1, 1, 1}, {0.1, 0.3, 0.2, 0.25, 0.15}};
const TokenTable kSource{2, {1, 1, 0, 2, 2, 1, 0, 0, 1, 2}, {}, kRows.weights};

// Counts how often each state occurs among rows of two tokens.
std::vector<double> counts(const std::vector<int>& x, int states) {
  std::vector<double> n(static_cast<std::size_t>(states) * states, 0.);
  for (std::size_t k = 0; k + 1 < x.size(); k += 2) n[std::size_t(x[k]) * states + x[k + 1]] += 1;
  return n;
}

// Returns whether counts are plausible for these probabilities. No state of probability 0 may
// occur.
bool fits(const std::vector<double>& found, const std::vector<double>& p, double n) {
  std::vector<double> some, expected;
  for (std::size_t k = 0; k < p.size(); ++k) {
    if (p[k] < 1e-12 && found[k] > 0) return false;
    if (p[k] < 1e-12) continue;
    some.push_back(found[k]);
    expected.push_back(n * p[k]);
  }
  return some.size() < 2 || chi_square_tail(some, expected) > 5e-5;
}

TokenOracle oracle_of(const TokenPath& path, const TokenTable& rows, bool paired) {
  return path.source == SourceKind::data ? TokenOracle(path, kSource, rows, paired)
                                         : TokenOracle(path, rows);
}

}  // namespace

TEST_CASE("states of the law of a path of tokens have its distribution, also given a label") {
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform, SourceKind::data}) {
    for (const Kappa& kappa : {linear_kappa(), cosine_kappa()}) {
      const TokenPath path{kappa, kind, 3};
      TokenDistributionPtr source;
      if (kind == SourceKind::data) source = TableDistribution(kSource, 3);
      for (const bool paired : {false, true}) {
        if (paired && !source) continue;
        for (int label : {-1, 1}) {
          CAPTURE(int(kind), kappa.name(), paired, label);
          std::function<int(int)> label_of;
          if (label >= 0) label_of = [label](int) { return label; };
          const TokenPathLaw law(path, 0.6, TableDistribution(kRows, 3), source, paired, label_of);
          CHECK(law.vocabulary() == path.states());
          constexpr int n = 20'000;
          const std::vector<int> x = draw_rows(law, sample_stream(5), n);
          CHECK(fits(counts(x, path.states()), oracle_of(path, kRows, paired).marginal(0.6, label),
                     n));
        }
      }
    }
  }
}

TEST_CASE("a chain that begins after t = 0 has the data's distribution at its end") {
  Workers workers(2);
  // For one token, the sampling scheme `kernel` is exact for any number of steps.
  const TokenTable table{1, {0, 1, 2}, {}, {0.2, 0.5, 0.3}};
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform}) {
    for (double begin : {0.3, 0.9}) {
      const TokenPath path{cosine_kappa(), kind, 3};
      const auto oracle = std::make_shared<const TokenOracle>(path, table);
      TokenSamplerOptions options;
      options.steps = 3;
      options.begin = begin;
      constexpr int n = 20'000;
      std::vector<int> x(n);
      CHECK_THROWS_WITH(
          TokenSampler(oracle_posterior(oracle), path, 1, options, workers).sample(1, n, x.data()),
          Contains("and no law to start from is given; set start to the law of the "
                   "path there (TokenPathLaw), or begin at t = 0"));
      options.start =
          std::make_shared<const TokenPathLaw>(path, begin, TableDistribution(table, 3));
      TokenSampler(oracle_posterior(oracle), path, 1, options, workers).sample(1, n, x.data());
      std::vector<double> found(3);
      for (int token : x) found[std::size_t(token)] += 1;
      CAPTURE(int(kind), begin);
      CHECK(chi_square_tail(found, {0.2 * n, 0.5 * n, 0.3 * n}) > 5e-5);
    }
  }
}

TEST_CASE("a last step to t = 1 replaces all masks that are left") {
  Workers workers(1);
  const TokenPath path{linear_kappa(), SourceKind::mask, 3};
  TokenSamplerOptions options;
  options.grid = {0, 0.5, 0.8};
  const Posterior posterior = oracle_posterior(std::make_shared<const TokenOracle>(path, kRows));
  std::vector<int> x(2000), y(2000);
  TokenSampler(posterior, path, 2, options, workers).sample(2, 1000, x.data());
  CHECK(std::abs(double(std::count(x.begin(), x.end(), 3)) - 400) < 60);  // 20 % are masks
  options.grid.push_back(1);
  TokenSampler(posterior, path, 2, options, workers).sample(2, 1000, y.data());
  CHECK(std::count(y.begin(), y.end(), 3) == 0);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK((x[i] == 3 || x[i] == y[i]));
}

TEST_CASE("conditioned rows give the exact law of the other tokens, for every source and kappa") {
  Workers workers(2);
  CHECK(rows_with(kRows, std::vector<int>{0, -1}) == std::vector<int>{0, 1});
  CHECK(rows_with(kRows, std::vector<int>{-1, 2}) == std::vector<int>{2, 3});
  CHECK(rows_with(kRows, std::vector<int>{1, 1}).empty());
  const TokenTable some = select_rows(kRows, std::vector<int>{1, 2});
  CHECK(some.tokens == std::vector<int>{0, 1, 1, 2});
  CHECK(some.labels == std::vector<int>{0, 1});
  CHECK(some.weights[0] == Approx(0.6));
  CHECK_THROWS_WITH(rows_with(kRows, std::vector<int>{1}),
                    "[tokens] 1 given tokens for rows of 2; give one per position, and -1 for any "
                    "token");
  CHECK_THROWS_WITH(select_rows(kRows, std::vector<int>{5}), "[tokens] row 5 of a table of 5");
  // With one free token, any number of steps is exact if the source draws each token by itself,
  // because the given token is certain.
  for (SourceKind kind : {SourceKind::mask, SourceKind::uniform, SourceKind::data}) {
    for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(3), sine_squared_kappa()}) {
      for (const bool paired : {false, true}) {
        if (paired && kind != SourceKind::data) continue;
        const TokenPath path{kappa, kind, 3};
        const std::vector<int> rows = rows_with(kRows, std::vector<int>{2, -1});
        const TokenTable table = select_rows(kRows, rows),
                         from = paired ? select_rows(kSource, rows) : kSource;
        const auto oracle = std::make_shared<const TokenOracle>(
            kind == SourceKind::data ? TokenOracle(path, from, table, paired)
                                     : TokenOracle(path, table));
        TokenDistributionPtr source;
        if (kind == SourceKind::data) source = TableDistribution(from, 3);
        TokenSamplerOptions options;
        options.steps = kind == SourceKind::data ? 200 : 5;
        const int n = kSanitized && kind == SourceKind::data ? 2000 : 8000;
        std::vector<int> x(std::size_t(2 * n));
        TokenSampler(oracle_posterior(oracle), path, 2, options, workers)
            .sample(3, n, x.data(), source.get());
        std::vector<double> found = counts(x, 3);
        CAPTURE(int(kind), kappa.name(), paired);
        double right = 0;
        for (int v = 0; v < 3; ++v) right += found[std::size_t(6 + v)];
        CHECK(right == n);
        CHECK(found[7] == 0);  // no row is (2, 1)
        // Of the rows that begin with the token 2, (2, 2) has weight 0.25 and (2, 0) has 0.15, so
        // (2, 2) has probability 0.625. The first-order error of the scheme is below 0.005, and four
        // standard errors of the share are 0.022 among 8,000 samples.
        CHECK(std::abs(found[8] / n - 0.625) < 0.005 + 4 * std::sqrt(0.625 * 0.375 / n));
      }
    }
  }
}

TEST_CASE("given tokens are refused if the posterior does not take them into account") {
  Workers workers(1);
  for (SourceKind kind : {SourceKind::uniform, SourceKind::data}) {
    const TokenPath path{linear_kappa(), kind, 3};
    const auto oracle = std::make_shared<const TokenOracle>(oracle_of(path, kRows, false));
    const TableDistribution source(kSource, 3);
    TokenSampler sampler(oracle_posterior(oracle), path, 2, {}, workers);
    std::vector<int> x(20);
    const TokenDistribution* from = kind == SourceKind::data ? &source : nullptr;
    CHECK_THROWS_WITH(
        sampler.sample(0, 10, x.data(), from, std::vector<int>{0, -1}),
        "[sample] tokens are given, but the path is not the mixture path from masks, so the "
        "posterior does not see which tokens are known; take it, or condition the rows of an oracle "
        "(rows_with)");
    sampler.sample(0, 10, x.data(), from, std::vector<int>{-1, -1});  // no token is given
  }
  const TokenPath path{linear_kappa(), SourceKind::mask, 3};
  TokenSamplerOptions options;
  options.begin = 0.5;
  options.start = std::make_shared<const TokenPathLaw>(path, 0.5, TableDistribution(kRows, 3));
  TokenSampler sampler(oracle_posterior(std::make_shared<const TokenOracle>(path, kRows)), path, 2,
                       options, workers);
  std::vector<int> x(20);
  CHECK_THROWS_WITH(sampler.sample(0, 10, x.data(), nullptr, std::vector<int>{0, -1}),
                    Contains("tokens are given, but the chain begins at t = 0.5"));
}

}  // namespace pushforward::inline PF_REAL
