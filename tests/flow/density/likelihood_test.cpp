// Tests log-densities of flows: agreement with closed forms, unbiased estimates, the same results
// on any number of threads, and densities computed together with samples.
#include "flow/density/likelihood.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "flow/distributions/affine.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/log_density.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "tests/flow/fields.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
namespace {

LikelihoodOptions tight_likelihood() {
  LikelihoodOptions o;
  o.solver.rtol = o.solver.atol = kDouble ? 1e-10 : 1e-6;
  return o;
}

LikelihoodOptions fixed(const Tableau& t, int steps) {
  LikelihoodOptions o;
  o.solver.tableau = &t;
  o.solver.adaptive = false;
  o.steps = steps;
  return o;
}

DistributionPtr normal(int dim, double std = 1, double mean = 0) {
  return std::make_shared<GaussianSource>(dim, std, mean);
}

// Returns the field u = x A^T at all times.
Field linear_field(std::vector<real> a, int dim) {
  return [a = std::move(a), dim](Var x, Var) {
    return matmul(x, x.tape->input({dim, dim}, a), false, true);
  };
}

double worst_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

// Returns exp(A s) of a 3 x 3 matrix A by its power series.
std::vector<double> exponential(const std::vector<real>& a, double s) {
  std::vector<double> sum{1, 0, 0, 0, 1, 0, 0, 0, 1}, term = sum;
  for (int k = 1; k < 60; ++k) {
    std::vector<double> next(9, 0);
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        for (int l = 0; l < 3; ++l)
          next[3 * i + j] += term[3 * i + l] * static_cast<double>(a[3 * l + j]) * s / k;
    term = next;
    for (int i = 0; i < 9; ++i) sum[i] += term[i];
  }
  return sum;
}

const std::vector<real> kMatrix{real(0.3), real(-1.1), real(0.4), real(0.8), real(-0.2),
                                real(0.5), real(0.1),  real(0.7), real(-0.6)};

}  // namespace

TEST_CASE("Gaussian to Gaussian: log-density and latents are exact") {
  // The flow takes x0 to 2 + 0.5 x0, so p_1 is N(2, 0.25 I).
  Workers workers(2);
  const Tensor x = draw_rows(GaussianSource(2, 0.9, 1.7), sample_stream(3), 300);
  std::vector<double> exact(300), found(300);
  GaussianSource(2, 0.5, 2).log_density(300, x.data(), exact.data());
  Tensor x0({300, 2});
  for (DivergenceBy by : {DivergenceBy::exact, DivergenceBy::rademacher}) {
    LikelihoodOptions options = tight_likelihood();
    options.divergence.by = by;  // the estimates are exact too, because the Jacobian is diagonal
    Likelihood likelihood(gaussian_field(2, real(0.5)), normal(2), options, workers);
    const SampleCost cost = likelihood.log_density(300, x.data(), found.data(), x0.data());
    CHECK(worst_difference(found, exact) < (kDouble ? 1e-8 : 5e-4));
    for (int i = 0; i < 600; ++i)
      CHECK(std::abs(double(x0.data()[i]) - (double(x.data()[i]) - 2) / 0.5) <
            (kDouble ? 1e-8 : 1e-4));
    CHECK(cost.rows == 300);
    CHECK(cost.evaluations == 2 * 300 + 6 * (cost.steps + cost.rejected));
  }
}

TEST_CASE("a linear field's density is the one given by its matrix exponential") {
  Workers workers(2);
  const Tensor x = draw_rows(GaussianSource(3), sample_stream(1), 200);
  // The flow of u = x A^T moves x0 to x1 = exp(A) x0, so x0 = exp(-A) x1 and ln p1(x1) = ln p0(x0)
  // - tr A.
  const std::vector<double> back = exponential(kMatrix, -1);
  std::vector<double> exact(200);
  for (int r = 0; r < 200; ++r) {
    double square = 0;
    for (int i = 0; i < 3; ++i) {
      double v = 0;
      for (int j = 0; j < 3; ++j) v += back[3 * i + j] * static_cast<double>(x(r, j));
      square += v * v;
    }
    exact[r] = log_normal(square, 1, 3) + 0.5;
  }
  Likelihood adaptive(linear_field(kMatrix, 3), normal(3), tight_likelihood(), workers),
      steps(linear_field(kMatrix, 3), normal(3), fixed(kRk4, 200), workers);
  CHECK(worst_difference(adaptive.log_density(x), exact) < (kDouble ? 1e-8 : 1e-4));
  CHECK(worst_difference(steps.log_density(x), exact) < (kDouble ? 1e-8 : 1e-4));
}

TEST_CASE("simple fields have hand-computed densities") {
  Workers workers(1);
  // The equation dx/dt = 0.7 x is solved back from x1 = 1.5 by ten Euler steps.
  Likelihood growth([](Var x, Var) { return scale(x, real(0.7)); }, normal(1), fixed(kEuler, 10),
                    workers);
  const real x1 = real(1.5);
  real x0 = 0;
  double log_p = 0;
  growth.log_density(1, &x1, &log_p, &x0);
  CHECK(double(x0) == Approx(0.7259734608).epsilon(kDouble ? 1e-9 : 1e-6));
  CHECK(log_p == Approx(-1.882457266).epsilon(kDouble ? 1e-9 : 1e-6));
  // A constant velocity has divergence 0, so ln p1(0, 0) = ln p0(-1, -1).
  Likelihood drift([](Var x, Var) { return x.tape->full(x.shape(), 1); }, normal(2), {}, workers);
  const std::vector<double> at_origin = drift.log_density(Tensor({1, 2}));
  CHECK(at_origin[0] + kLn2Pi == Approx(-1).epsilon(kDouble ? 1e-9 : 1e-5));
}

TEST_CASE("the density of samples is computed in the same pass as the samples") {
  Workers workers(2);
  const RandomField net(2, 5);
  const DistributionPtr source = normal(2);
  constexpr int n = 300;
  for (bool adaptive : {true, false}) {
    LikelihoodOptions options = adaptive ? tight_likelihood() : fixed(kDopri5, 60);
    SamplerOptions plain;
    plain.solver = options.solver;
    plain.steps = options.steps;
    Likelihood likelihood(std::cref(net), source, options, workers);
    Sampler sampler(std::cref(net), 2, plain, workers);
    Tensor x({n, 2});
    std::vector<double> log_p(n);
    likelihood.sample(4, n, x.data(), log_p.data());
    const Tensor expected = sampler.sample(*source, 4, n);
    for (int i = 0; i < 2 * n; ++i)
      CHECK(std::abs(x.data()[i] - expected.data()[i]) < real(kDouble ? 1e-8 : 1e-4));
    CHECK(worst_difference(likelihood.log_density(x), log_p) < (kDouble ? 1e-7 : 2e-3));
    // If fewer samples are drawn, they have the same bits as the first of many.
    Tensor few({10, 2});
    std::vector<double> few_p(10);
    likelihood.sample(4, 10, few.data(), few_p.data());
    CHECK(std::equal(few.data(), few.data() + 20, x.data()));
    CHECK(std::equal(few_p.begin(), few_p.end(), log_p.begin()));
  }
}

TEST_CASE("the density of a flow integrates to one") {
  Workers workers(2);
  const RandomField net(2, 5);
  Likelihood likelihood(std::cref(net), normal(2), {}, workers);
  constexpr int cells = 80;
  constexpr double half = 10, h = 2 * half / cells;
  Tensor x({cells * cells, 2});
  for (int k = 0; k < cells * cells; ++k) {
    x(k, 0) = static_cast<real>((k % cells + 0.5) * h - half);
    x(k, 1) = static_cast<real>((k / cells + 0.5) * h - half);
  }
  double mass = 0;
  for (double l : likelihood.log_density(x)) mass += std::exp(l) * h * h;
  CHECK(mass == Approx(1).epsilon(1e-3));
}

TEST_CASE("Hutchinson's estimate is unbiased") {
  Workers workers(2);
  const std::vector<real> matrix = kMatrix;
  constexpr int n = 4000;
  Tensor x({n, 3});
  for (int r = 0; r < n; ++r) x(r, 0) = 1, x(r, 1) = real(0.5), x(r, 2) = real(-0.3);
  Likelihood exact(linear_field(matrix, 3), normal(3), {}, workers);
  const double expected = exact.log_density(x)[0];
  const auto spread = [&](DivergenceBy by, int probes, std::uint64_t seed) {
    LikelihoodOptions options;
    options.divergence = {by, probes, seed};
    Likelihood likelihood(linear_field(matrix, 3), normal(3), options, workers);
    const std::vector<double> found = likelihood.log_density(x);
    double mean = 0, square = 0;
    for (double l : found) mean += (l - expected) / n;
    for (double l : found) square += std::pow(l - expected - mean, 2) / n;
    CHECK(std::abs(mean) < 4.5 * std::sqrt(square / n) + 1e-4);
    return square;
  };
  // For a probe e, the variance of e^T A e is 2 (|S|^2 - |diag S|^2) with Rademacher probes and 2
  // |S|^2 with normal probes, where S is the symmetric part of A (Avron and Toledo 2011).
  double all = 0, diagonal = 0;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      const double s =
          (static_cast<double>(matrix[3 * i + j]) + static_cast<double>(matrix[3 * j + i])) / 2;
      all += s * s;
      diagonal += i == j ? s * s : 0;
    }
  }
  CHECK(spread(DivergenceBy::rademacher, 1, 0) == Approx(2 * (all - diagonal)).epsilon(0.1));
  CHECK(spread(DivergenceBy::gaussian, 1, 1) == Approx(2 * all).epsilon(0.15));
  CHECK(spread(DivergenceBy::gaussian, 4, 2) == Approx(2 * all / 4).epsilon(0.15));
}

TEST_CASE("requesting the standard error of an estimate does not change the estimate") {
  Workers workers(2);
  constexpr int n = 3000, probes = 5;
  Tensor x({n, 3});
  for (int r = 0; r < n; ++r) x(r, 0) = 1, x(r, 1) = real(0.5), x(r, 2) = real(-0.3);
  for (LikelihoodOptions options : {LikelihoodOptions{}, fixed(kHeun, 20)}) {
    options.divergence = {DivergenceBy::gaussian, probes, 3};
    Likelihood plain(linear_field(kMatrix, 3), normal(3), options, workers);
    options.probe_errors = true;
    Likelihood likelihood(linear_field(kMatrix, 3), normal(3), options, workers);
    std::vector<double> found(n), errors(n);
    likelihood.log_density(n, x.data(), found.data(), nullptr, errors.data());
    CHECK(found == plain.log_density(x));
    double mean = 0, square = 0, said = 0;
    for (const double l : found) mean += l / n;
    for (const double l : found) square += std::pow(l - mean, 2) / n;
    for (const double e : errors) said += e * e / n;
    CHECK(said == Approx(square).epsilon(0.1));
    // Requesting the error estimate does not change drawn samples either.
    Tensor drawn({40, 3}), again({40, 3});
    std::vector<double> log_p(40), same(40);
    likelihood.sample(4, 40, drawn.data(), log_p.data(), errors.data());
    plain.sample(4, 40, again.data(), same.data());
    CHECK(log_p == same);
    CHECK(std::equal(drawn.data(), drawn.data() + 120, again.data()));
    for (int k = 0; k < 40; ++k) CHECK(errors[k] > 0);
  }
  LikelihoodOptions options;
  options.probe_errors = true;
  double log_p = 0, error = -1;
  Likelihood(linear_field(kMatrix, 3), normal(3), options, workers)
      .log_density(1, x.data(), &log_p, nullptr, &error);
  CHECK(error == 0);
  options.divergence = {DivergenceBy::rademacher, 1, 3};
  Likelihood(linear_field(kMatrix, 3), normal(3), options, workers)
      .log_density(1, x.data(), &log_p, nullptr, &error);
  CHECK(std::isnan(error));
}

TEST_CASE("densities have the same bits on any number of threads, and rows are independent") {
  const RandomField net(2, 5);
  const Tensor x = draw_rows(GaussianSource(2, 2), sample_stream(8), 1000);
  for (LikelihoodOptions options : {LikelihoodOptions{}, fixed(kHeun, 20)}) {
    for (DivergenceBy by :
         {DivergenceBy::exact, DivergenceBy::rademacher, DivergenceBy::gaussian}) {
      options.divergence.by = by;
      Workers one(1), two(2), four(4);
      Likelihood a(std::cref(net), normal(2), options, one),
          b(std::cref(net), normal(2), options, two), c(std::cref(net), normal(2), options, four);
      const std::vector<double> found = a.log_density(x);
      CHECK(b.log_density(x) == found);
      CHECK(c.log_density(x) == found);
      CHECK(b.log_density(x) == found);
      // A part of the rows has the bits of the whole.
      std::vector<double> rest(1000 - 384);
      a.log_density(1000 - 384, x.data() + 384 * 2, rest.data(), nullptr, nullptr, 384);
      CHECK(std::equal(rest.begin(), rest.end(), found.begin() + 384));
      // The probes of a row depend on its number and not on the other rows.
      Tensor some({200, 2});
      std::copy_n(x.data(), 400, some.data());
      std::fill_n(some.data(), 100, real(0.1));  // changes the rows before
      const std::vector<double> part = a.log_density(some);
      for (int r = 50; r < 200; ++r) CHECK(std::abs(part[r] - found[r]) < (kDouble ? 1e-8 : 1e-3));
    }
  }
}

TEST_CASE("a scaled source and other times give the closed form") {
  Workers workers(2);
  const Tensor x = draw_rows(GaussianSource(2, 3), sample_stream(2), 100);
  std::vector<double> exact(100), found(100);
  Tensor latents({100, 2});
  // The field u = 0.7 x moves N(0, 3^2 I) at time 1/4 to N(0, (3 e^0.35)^2 I) at time 3/4.
  GaussianSource(2, 3 * std::exp(0.35)).log_density(100, x.data(), exact.data());
  LikelihoodOptions options = tight_likelihood();
  options.begin = 0.25;
  options.end = 0.75;
  options.source_scale = 3;
  Likelihood likelihood([](Var at, Var) { return scale(at, real(0.7)); }, normal(2), options,
                        workers);
  likelihood.log_density(100, x.data(), found.data(), latents.data());
  CHECK(worst_difference(found, exact) < (kDouble ? 1e-8 : 1e-4));
  for (int i = 0; i < 200; ++i)
    CHECK(std::abs(double(latents.data()[i]) - double(x.data()[i]) / (3 * std::exp(0.35))) < 1e-5);
  // Likelihood::sample also starts from the source scaled by 3, N(0, 3^2 I).
  Tensor y({100, 2});
  likelihood.sample(2, 100, y.data(), found.data());
  const Tensor x0 = draw_rows(GaussianSource(2), sample_stream(2), 100);
  for (int i = 0; i < 200; ++i)
    CHECK(std::abs(double(y.data()[i]) - double(x0.data()[i]) * 3 * std::exp(0.35)) < 1e-4);
  GaussianSource(2, 3 * std::exp(0.35)).log_density(100, y.data(), exact.data());
  CHECK(worst_difference(found, exact) < (kDouble ? 1e-8 : 1e-4));
}

TEST_CASE("the density given a label is that of the field with this label") {
  Workers workers(2);
  constexpr int n = 300;
  // A row with label c has velocity c, so p_1 is N(c, 1).
  const Field field = [](Var x, Var, Labels labels) {
    std::span<real> u;
    const Var v = x.tape->uninitialised(x.shape(), u);
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = static_cast<real>(labels[i]);
    return v;
  };
  LikelihoodOptions options;
  options.label_of = [](int row) { return row % 3; };
  Likelihood likelihood(field, normal(1), options, workers);
  Tensor x({n, 1});
  std::vector<double> log_p(n);
  likelihood.sample(1, n, x.data(), log_p.data());
  const std::vector<double> back = likelihood.log_density(x);
  const Tensor x0 = draw_rows(GaussianSource(1), sample_stream(1), n);
  for (int r = 0; r < n; ++r) {
    CHECK(std::abs(double(x(r, 0)) - double(x0(r, 0)) - r % 3) < 1e-5);
    CHECK(log_p[r] == Approx(log_normal(std::pow(double(x0(r, 0)), 2), 1, 1)).epsilon(1e-5));
    CHECK(back[r] == Approx(log_p[r]).epsilon(1e-4));
  }
}

TEST_CASE("if a flow ends at scaled data, the density is that of the unscaled data") {
  // The field 0 does not change N(0, 1). The flow ends at the data scaled by 2, so the unscaled
  // data is N(0, 1/4).
  Workers workers(1);
  LikelihoodOptions options = fixed(kEuler, 1);
  options.data_scale = 2;
  Likelihood likelihood([](Var x, Var) { return x.tape->full(x.shape(), 0); }, normal(2), options,
                        workers);
  const Tensor x({1, 2}, std::vector<real>{real(0.5), real(-0.25)});
  CHECK(likelihood.log_density(x)[0] == Approx(log_normal(0.3125, 0.5, 2)).epsilon(1e-6));
  Tensor drawn({5, 2});
  std::vector<double> log_p(5);
  likelihood.sample(1, 5, drawn.data(), log_p.data());
  CHECK(worst_difference(likelihood.log_density(drawn), log_p) < 1e-5);
  options.data_scale = 0;
  CHECK_THROWS_WITH(Likelihood([](Var a, Var) { return a; }, normal(2), options, workers),
                    "[likelihood] data_scale is 0; it must be positive and finite");
}

TEST_CASE("points outside the support of the source have density 0") {
  Workers workers(1);
  Likelihood likelihood([](Var x, Var) { return x.tape->full(x.shape(), 1); },
                        std::make_shared<UniformSource>(1, 0, 1), {}, workers);
  const std::vector<double> found =
      likelihood.log_density(Tensor({2, 1}, std::vector<real>{real(1.5), real(0.5)}));
  CHECK(std::abs(found[0]) < 1e-5);
  CHECK(found[1] < -1e300);
}

TEST_CASE("a row whose ln p cannot be computed does not change the others") {
  Workers workers(2);
  Likelihood all([](Var x, Var) { return scale(x, real(0.3)); }, normal(1), {}, workers);
  LikelihoodOptions options;
  options.solver.skips_failures = true;
  Likelihood some([](Var x, Var) { return scale(x, real(0.3)); }, normal(1), options, workers);
  Tensor x({300, 1});
  for (int k = 0; k < 300; ++k) x(k, 0) = real(0.01) * real(k);
  const std::vector<double> whole = all.log_density(x);
  x(140, 0) = x(7, 0) = std::numeric_limits<real>::infinity();
  const std::vector<double> found = some.log_density(x);
  for (int k = 0; k < 300; ++k) {
    if (k == 140 || k == 7)
      CHECK(std::isnan(found[k]));
    else
      CHECK(std::abs(found[k] - whole[k]) < 1e-6);
  }
  CHECK(some.failures().count == 2);
  CHECK(some.failures().first == 7);
  CHECK_THROWS_AS(all.log_density(x), IntegrationFailure);
}

TEST_CASE("a likelihood can be interrupted, and its errors say what is wrong") {
  const std::map<std::string, double> kNoNoise{{"noise", 0}};
  Workers workers(2);
  const RandomField net(2, 2);
  std::atomic<int> asked{0};
  LikelihoodOptions options = fixed(kEuler, 1000);
  options.interrupted = [&] { return ++asked > 50; };
  Likelihood stopped(std::cref(net), normal(2), options, workers);
  CHECK_THROWS_AS(stopped.log_density(Tensor({5000, 2})), SamplingInterrupted);
  CHECK(asked < 200);

  CHECK_THROWS_WITH(
      Likelihood(std::cref(net), std::make_shared<Toy>("moons", kNoNoise), {}, workers),
      "[likelihood] the source has no density in closed form, and every log-density "
      "starts from it; take a gaussian or uniform source, or one that is a mixture");
  options = {};
  options.begin = 1;
  CHECK_THROWS_WITH(Likelihood(std::cref(net), normal(2), options, workers),
                    "[likelihood] the source is at time 1 and data at 1; begin must be before end");
  options = {};
  options.source_scale = 0;
  CHECK_THROWS_WITH(Likelihood(std::cref(net), normal(2), options, workers),
                    "[likelihood] source_scale is 0; it must be positive and finite");
  options = {};
  options.divergence.probes = 0;
  CHECK_THROWS_WITH(Likelihood(std::cref(net), normal(2), options, workers),
                    "[divergence] 0 probes for an estimate; give at least 1");
  Likelihood likelihood(std::cref(net), normal(2), {}, workers);
  CHECK_THROWS_WITH(likelihood.log_density(Tensor({4, 3})),
                    "[likelihood] points of shape (4, 3) and a field of dimension 2; "
                    "points are (rows, dimension)");
  CHECK(likelihood.log_density(0, nullptr, nullptr).rows == 0);
  CHECK_THROWS_WITH(likelihood.log_density(-1, nullptr, nullptr),
                    "[likelihood] -1 rows asked for; give 0 or more");
  Likelihood narrow([](Var x, Var) { return sum_cols(x); }, normal(2), {}, workers);
  CHECK_THROWS_WITH(narrow.log_density(Tensor({3, 2})),
                    "[field] the velocity at points (3, 2) has shape (3, 1); "
                    "a field must return the shape of its points");
  // At 0 the field sqrt is finite but its derivative is infinite, so only the divergence fails.
  Likelihood steep([](Var x, Var) { return sqrt(x); }, normal(2), {}, workers);
  CHECK_THROWS_WITH(steep.log_density(Tensor({3, 2})),
                    Contains("the velocity is not finite at the start (sample 0)") &&
                        Contains("in the jvp of #2 sqrt"));
}

}  // namespace pushforward::inline PF_REAL
