// Tests the law (the distribution) of the points of a path at one time: its rows and its density
// against closed forms, flows that begin from it, and errors for invalid arguments.
#include "flow/train/path_law.h"

#include <cmath>
#include <vector>

#include "flow/coupling/ot.h"
#include "flow/density/likelihood.h"
#include "flow/distributions/array.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/oracle/exact_field.h"
#include "flow/solve/sampler.h"
#include "flow/solve/time_range.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"
#include "tests/tools/statistics.h"

namespace pushforward::inline PF_REAL {
namespace {

// Two Gaussians on the line, with shares 0.3 and 0.7.
const Mixture kTwo{1, {0.3, 0.7}, {-2, 1}, {0.25, 0.5}};

// Returns the mixture that is the distribution of alpha x1 + sigma x0 + gamma z, where x1 is drawn
// from kTwo, and x0 and z are standard normal.
Mixture blurred(const Coefficients& c, double gamma = 0) {
  Mixture m = kTwo;
  for (int k = 0; k < 2; ++k) {
    m.means[k] *= c.alpha;
    m.stds[k] = std::sqrt(std::pow(c.alpha * m.stds[k], 2) + c.sigma * c.sigma + gamma * gamma);
  }
  return m;
}

double cdf(const Mixture& m, double x) {
  double sum = 0;
  for (int k = 0; k < m.components(); ++k)
    sum += m.weights[k] * 0.5 * std::erfc((m.means[k] - x) / (m.stds[k] * std::sqrt(2.)));
  return sum;
}

double log_density(const Mixture& m, double x) {
  double sum = 0;
  for (int k = 0; k < m.components(); ++k)
    sum += m.weights[k] / (m.stds[k] * std::sqrt(2 * std::acos(-1.))) *
           std::exp(-std::pow((x - m.means[k]) / m.stds[k], 2) / 2);
  return std::log(sum);
}

GaussianMixture two_gaussians() {
  return {kTwo.weights, Tensor({2, 1}, std::vector<real>{-2, 1}), kTwo.stds};
}

Problem two_problem(const Scheduler& path, const PathNoise& noise = {}) {
  return {.source = GaussianSource(1), .data = two_gaussians(), .scheduler = path, .noise = noise};
}

SolverOptions tight_solver() {
  SolverOptions solver;
  solver.rtol = solver.atol = kDouble ? 1e-10 : 1e-5;
  return solver;
}

std::vector<double> numbers(const Tensor& x) { return {x.values().begin(), x.values().end()}; }

}  // namespace

TEST_CASE("rows of a path's law have its distribution and density, also with noise on the path") {
  for (const Scheduler& path : {cond_ot(), cosine(), linear_vp(), vp(), ve(0.02, 20)}) {
    for (double t : {0.3, 0.5, 0.9}) {
      for (const PathNoise& noise : {PathNoise{}, path_noise("brownian", 0.8)}) {
        CAPTURE(path.name, t, noise.name);
        const PathLaw law(two_problem(path, noise), t);
        const Mixture exact = blurred(path(t), noise(t).gamma);
        const std::vector<double> x = numbers(draw_rows(law, sample_stream(3), 4000));
        CHECK(plausible(kolmogorov_tail(x, [&](double at) { return cdf(exact, at); })));
        const std::vector<real> at{real(-1.5), real(0), real(2)};
        std::vector<double> log_p(3);
        REQUIRE(law.log_density(3, at.data(), log_p.data()));
        for (int k = 0; k < 3; ++k)
          CHECK(std::abs(log_p[k] - log_density(exact, double(at[k]))) < 1e-9);
      }
    }
  }
}

TEST_CASE("a flow that begins after t = 0 ends in the data, and ln p includes the law there") {
  Workers workers(2);
  const GaussianSource source(1);
  const GaussianMixture data = two_gaussians();
  for (const Scheduler& path : {cond_ot(), cosine(), vp(), ve(0.02, 20)}) {
    const Field field = oracle_field(make_oracle(source, data), path);
    // On vp and ve some noise is left at the time `end`, so the exact distribution `last` contains
    // it too.
    const double end = std::isfinite(path(1).dsigma) ? 1 : 0.999;
    const Mixture last = blurred(path(end));
    for (double begin : {0.3, 0.5, 0.9}) {
      CAPTURE(path.name, begin);
      const auto law = std::make_shared<const PathLaw>(two_problem(path), begin);
      SamplerOptions options;
      options.parameterization.scheduler = path;
      options.solver = tight_solver();
      options.begin = begin;
      options.end = end;
      options.starts_on_path = true;
      const std::vector<double> x =
          numbers(Sampler(field, 1, options, workers).sample(*law, 1, 4000));
      CHECK(plausible(kolmogorov_tail(x, [&](double at) { return cdf(last, at); })));
      LikelihoodOptions likelihood;
      likelihood.solver = tight_solver();
      likelihood.begin = begin;
      likelihood.end = end;
      const Tensor points({4, 1}, std::vector<real>{real(-2.1), real(-0.4), real(0.9), real(2)});
      const std::vector<double> found =
          Likelihood(field, law, likelihood, workers).log_density(points);
      for (int k = 0; k < 4; ++k)
        CHECK(std::abs(found[k] - log_density(last, double(points.data()[k]))) <
              (kDouble ? 1e-6 : 2e-3));
    }
  }
}

TEST_CASE("paired rows stay paired, and a label selects its rows") {
  const Tensor from({3, 1}, std::vector<real>{0, 10, 20}), to({3, 1}, std::vector<real>{1, 11, 21});
  Problem problem{.source = ArrayData(from), .data = ArrayData(to, {0, 1, 1})};
  problem.coupling = paired_coupling();
  const Tensor pairs = draw_rows(PathLaw(problem, 0.25), sample_stream(1), 200);
  for (real x : pairs.values()) {
    const double row = std::round((double(x) - 0.25) / 10);
    CHECK(double(x) == Approx(10 * row + 0.25));
  }
  const auto wanted = [](int k) { return k % 2; };
  for (const Coupling& coupling : {paired_coupling(), independent_coupling(), ot_coupling()}) {
    problem.coupling = coupling;
    const PathLaw law(problem, 1, 16, wanted);
    const Tensor x = draw_rows(law, sample_stream(2), 300);
    int second = 0;
    for (int k = 0; k < 300; ++k) {
      CHECK((double(x(k, 0)) == 1) == (k % 2 == 0));
      second += double(x(k, 0)) == 21;
    }
    CHECK(std::abs(second - 75) < 35);  // half of the rows with label 1
    // Row k depends only on k.
    Tensor some({40, 1});
    law.draw(sample_stream(2), 100, 40, some.data(), nullptr);
    for (int k = 0; k < 40; ++k) CHECK(some(k, 0) == x(100 + k, 0));
  }
}

TEST_CASE("a coupling of whole batches pairs the rows as in training") {
  const Problem problem{.source = GaussianSource(2),
                        .data = Toy("moons"),
                        .scheduler = cond_ot(),
                        .coupling = ot_coupling()};
  // At t = 1/2, the points of transported pairs spread more than those of independent pairs.
  const auto spread = [&](const Coupling& coupling) {
    Problem other = problem;
    other.coupling = coupling;
    const Tensor x = draw_rows(PathLaw(other, 0.5, 64), sample_stream(4), 4000);
    double square = 0;
    for (real v : x.values()) square += double(v) * double(v) / 4000;
    return square;
  };
  // E |(x0 + x1) / 2|^2 = (E|x0|^2 + E|x1|^2 + 2 E x0 . x1) / 4, and transport makes the last term
  // positive.
  CHECK(spread(ot_coupling()) > spread(independent_coupling()) + 0.3);
  CHECK_FALSE(PathLaw(problem, 0.5, 64).mixture().has_value());
}

TEST_CASE("a flow that begins after t = 0 cannot start from the source") {
  Workers workers(1);
  SamplerOptions options;
  options.begin = 0.5;
  const GaussianSource source(1);
  Sampler sampler(oracle_field(make_oracle(source, two_gaussians()), cond_ot()), 1, options,
                  workers);
  CHECK_THROWS_WITH(sampler.sample(source, 0, 10),
                    "[sample] the flow begins at t = 0.5 on cond_ot, where the path is not noise "
                    "alone, but starts from the source; draw its start from the path (PathLaw) and "
                    "set starts_on_path, or begin at t = 0");
  CHECK(noise_alone(cond_ot(), 1. / 81));
  CHECK_FALSE(noise_alone(cond_ot(), 0.02));
  CHECK(noise_alone(ve(0.02, 5), 0));
  CHECK_FALSE(noise_alone(polynomial(0.25), 1e-3));
  CHECK_THROWS_WITH(PathLaw(two_problem(cond_ot()), 1.5), Contains("t is 1.5 on cond_ot"));
  CHECK_THROWS_WITH(PathLaw({.source = source, .data = source}, 0.5, 0, [](int) { return 0; }),
                    Contains("labels are asked for, and the data has no classes"));
  Problem coupled = two_problem(cond_ot());
  coupled.coupling = ot_coupling();
  CHECK_THROWS_WITH(PathLaw(coupled, 0.5), Contains("give the batch of the training"));
  Problem labelled{.source = GaussianSource(1),
                   .data = ArrayData(Tensor({2, 1}), std::vector<int>{0, 2})};
  const PathLaw never(labelled, 0.5, 0, [](int) { return 1; });
  CHECK_THROWS_WITH(draw_rows(never, sample_stream(0), 2),
                    Contains("none of 100000 rows of the data has label 1"));
}

}  // namespace pushforward::inline PF_REAL
