// Compares the bound on the likelihood of token sequences with the integral that it estimates, and
// with ln p1 where the bound is tight.
#include "flow/discrete/likelihood.h"

#include <cmath>

#include "flow/discrete/exact_posterior.h"
#include "tests/flow/discrete/posteriors.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

const std::vector<std::vector<double>> kTokenLikelihoodDistributions{{0.5, 0.2, 0.3},
                                                                     {0.1, 0.6, 0.3}};

struct Estimate {
  double mean = 0, error = 0;
};

// Returns the mean of n estimates for one sequence, and its standard error.
Estimate estimate(const Posterior& p, const TokenPath& path, std::vector<int> x1, int n,
                  const TokenDistribution* source = nullptr) {
  std::vector<int> rows;
  for (int k = 0; k < n; ++k) rows.insert(rows.end(), x1.begin(), x1.end());
  std::vector<double> out(n);
  ElboOptions options;
  options.source = source;
  options.times = 16;
  options.seed = 4;
  Workers workers(1);
  negative_elbo(p, path, static_cast<int>(x1.size()), n, rows.data(), {}, options, workers,
                out.data());
  Estimate e;
  for (double nats : out) e.mean += nats / n;
  for (double nats : out) e.error += (nats - e.mean) * (nats - e.mean) / n;
  e.error = std::sqrt(e.error / n);
  return e;
}

// Returns the bound on -ln p1 of one token x1: the integral over t of its expected generalised KL
// loss, for a posterior in closed form. It uses the midpoint rule in sqrt(1 - kappa).
double integral(const TokenPath& path, const std::vector<double>& distribution, int x1) {
  constexpr int n = 2000;
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    const double left = (i + 0.5) / n, k = 1 - left * left;
    for (int x = 0; x < path.states(); ++x) {
      const double p_x = k * (x == x1) + (1 - k) * path.source_probability(x);
      std::vector<double> p(3);
      double total = 0;
      for (int y = 0; y < 3; ++y)
        total += p[y] = distribution[y] * (k * (x == y) + (1 - k) * path.source_probability(x));
      const double here = x < 3 ? p[x] / total : 0;
      if (path.unmasked(x)) continue;
      sum += p_x * 2 / left / n * (x == x1 ? 1 - here : -here - std::log(p[x1] / total));
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("with a mask and the exact posterior, the bound is -ln p1") {
  for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(3), cosine_kappa()}) {
    const TokenPath path{kappa, SourceKind::mask, 3};
    const Estimate e =
        estimate(independent_posterior(path, kTokenLikelihoodDistributions), path, {1, 0}, 2000);
    const double exact = -std::log(0.2 * 0.1);
    CAPTURE(kappa.name(), e.mean, e.error);
    CHECK(std::abs(e.mean - exact) < 4.5 * e.error);
    CHECK(e.error < 0.05);
  }
}

TEST_CASE("with a uniform source, the bound is the integral of the generalised KL") {
  for (const Kappa& kappa : {linear_kappa(), cosine_kappa()}) {
    const TokenPath path{kappa, SourceKind::uniform, 3};
    const Estimate e =
        estimate(independent_posterior(path, kTokenLikelihoodDistributions), path, {1, 0}, 2000);
    const double exact = integral(path, kTokenLikelihoodDistributions[0], 1) +
                         integral(path, kTokenLikelihoodDistributions[1], 0);
    CAPTURE(kappa.name(), e.mean, e.error, exact);
    CHECK(std::abs(e.mean - exact) < 4.5 * e.error);
    CHECK(exact > -std::log(0.2 * 0.1));
    CHECK(e.error < 0.05);
    // Rows drawn from UniformTokens are the same source as SourceKind::uniform.
    const UniformTokens rows(2, 3);
    const TokenPath data{kappa, SourceKind::data, 3};
    const Estimate same = estimate(independent_posterior(path, kTokenLikelihoodDistributions), data,
                                   {1, 0}, 2000, &rows);
    CHECK(std::abs(same.mean - exact) < 4.5 * same.error);
  }
}

TEST_CASE("with many times, the bound agrees with the quadrature of this test") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 3};
  CHECK(integral(path, kTokenLikelihoodDistributions[0], 1) ==
        Approx(-std::log(0.2)).epsilon(1e-6));
}

TEST_CASE("the bound of a sequence has the same bits on any number of threads, also with labels") {
  const TokenPath path{linear_kappa(), SourceKind::uniform, 3};
  const Posterior p = independent_posterior(path, kTokenLikelihoodDistributions);
  std::vector<int> x1, labels;
  for (int k = 0; k < 100; ++k) {
    x1.push_back(k % 3);
    x1.push_back(k / 3 % 3);
    labels.push_back(k % 2);
  }
  std::vector<double> first;
  for (int threads : {1, 2, 4}) {
    Workers workers(threads);
    std::vector<double> out(100), none(100);
    negative_elbo(p, path, 2, 100, x1.data(), labels, {}, workers, out.data());
    negative_elbo(p, path, 2, 100, x1.data(), {}, {}, workers, none.data());
    if (first.empty()) first = out;
    CHECK(out == first);
    for (int k = 0; k < 100; ++k) CHECK((out[k] == none[k]) == (labels[k] == 0));
  }
}

TEST_CASE("the standard error of a bound is its spread over seeds, or a little more") {
  for (const SourceKind source : {SourceKind::mask, SourceKind::uniform}) {
    const TokenPath path{linear_kappa(), source, 3};
    const Posterior p = independent_posterior(path, kTokenLikelihoodDistributions);
    Workers workers(1);
    std::vector<int> rows;
    for (int k = 0; k < 4000; ++k) rows.insert(rows.end(), {2, 0});
    std::vector<double> out(4000), error(4000), plain(4000);
    negative_elbo(p, path, 2, 4000, rows.data(), {}, {.times = 24}, workers, out.data(),
                  error.data());
    negative_elbo(p, path, 2, 4000, rows.data(), {}, {.times = 24}, workers, plain.data());
    CHECK(plain == out);
    double mean = 0, spread = 0, said = 0;
    for (const double nats : out) mean += nats / 4000;
    for (const double nats : out) spread += (nats - mean) * (nats - mean) / 4000;
    for (const double e : error) said += e * e / 4000;
    CAPTURE(spread, said);
    CHECK(said > 0.9 * spread);
    CHECK(said < 1.5 * spread);
    negative_elbo(p, path, 2, 1, rows.data(), {}, {.times = 1}, workers, out.data(), error.data());
    CHECK(std::isnan(error[0]));
  }
}

TEST_CASE("bits per token and perplexity are computed from nats") {
  CHECK(bits_per_token(std::log(2.) * 30, 10) == Approx(3));
  CHECK(perplexity(std::log(5.) * 30, 30) == Approx(5));
}

TEST_CASE("the errors of invalid bounds say what is wrong") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 3};
  Workers workers(1);
  std::vector<double> out(2);
  const std::vector<int> x1{0, 1, 2, 3};
  CHECK_THROWS_WITH(negative_elbo(independent_posterior(path, kTokenLikelihoodDistributions), path,
                                  2, 2, x1.data(), {}, {}, workers, out.data()),
                    "[elbo] sequence 1, position 1 is token 3, and the vocabulary has 3, 0 to 2");
  const Posterior unsure = [](std::span<const int>, Var t) {
    return t.tape->full({t.shape().rows(), 2, 3}, std::numeric_limits<real>::quiet_NaN());
  };
  CHECK_THROWS_WITH(
      negative_elbo(unsure, path, 2, 1, x1.data(), {}, {}, workers, out.data()),
      "[elbo] the bound of sequence 0 is not a number: the posterior's logits are not finite");
  CHECK_THROWS_WITH(negative_elbo({}, path, 2, 1, x1.data(), {}, {}, workers, out.data()),
                    "[elbo] no posterior is given");
  CHECK_THROWS_WITH(
      negative_elbo(unsure, {.vocabulary = 3}, 2, 1, x1.data(), {}, {}, workers, out.data()),
      Contains("[token path] the source is not given"));
  const UniformTokens longer(3, 3);
  CHECK_THROWS_WITH(negative_elbo(unsure, {linear_kappa(), SourceKind::data, 3}, 2, 1, x1.data(),
                                  {}, {.source = &longer}, workers, out.data()),
                    "[elbo] the source has 3 tokens out of 3 and the sequences 2 out of 3");
  CHECK_THROWS_WITH(bits_per_token(1, 0),
                    "[bits per token] there are 0 tokens; there must be some");
  CHECK_THROWS_WITH(perplexity(1, 0), "[perplexity] there are 0 tokens; there must be some");
}

TEST_CASE("a sequence with probability 0 has an infinite bound, its neighbours have not") {
  const TokenPath path{linear_kappa(), SourceKind::mask, 3};
  Workers workers(1);
  std::vector<double> out(2);
  const std::vector<int> x1{0, 1, 1, 0};
  const TokenTable rows{2, {1, 0, 2, 0}, {}, {}};
  for (const Posterior& p : {independent_posterior(path, {{0.5, 0.5, 0}, {1, 0, 0}}),
                             oracle_posterior(std::make_shared<const TokenOracle>(path, rows))}) {
    negative_elbo(p, path, 2, 2, x1.data(), {}, {}, workers, out.data());
    CHECK(out[0] == std::numeric_limits<double>::infinity());
    CHECK((out[1] > 0 && out[1] < 5));
  }
}

}  // namespace pushforward::inline PF_REAL
