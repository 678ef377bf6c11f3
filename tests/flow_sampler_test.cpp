// Sampling: exact laws, the same bits for any number of samples and threads, trajectories, the way
// back, failures.
#include "flow/sampler.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "catch.h"
#include "flow/source.h"
#include "flow/toy.h"
#include "flow_fields.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr bool kDouble = sizeof(real) == 8;

SamplerOptions fixed_options(const Tableau& t, int steps) {
  SamplerOptions o;
  o.solver.tableau = &t;
  o.solver.adaptive = false;
  o.steps = steps;
  return o;
}

bool same(const Tensor& a, const Tensor& b, int rows) {
  return std::equal(a.data(), a.data() + static_cast<std::size_t>(rows) * a.cols(), b.data());
}

}  // namespace

TEST_CASE("Gaussian data is sampled exactly") {
  // The flow takes x0 to 2 + 0.5 x0, and N(0, I) to N(2, 0.25 I).
  Workers workers(2);
  const GaussianSource source(2);
  constexpr int n = 20000;
  SamplerOptions options;
  options.solver.rtol = options.solver.atol = kDouble ? 1e-8 : 1e-5;
  const Tensor x0 = draw(source, sample_stream(3), n);
  for (const Tableau* t : {&kDopri5, &kTsit5, &kBosh3, &kRk4}) {
    if (t == &kRk4) options = fixed_options(kRk4, 50);
    options.solver.tableau = t;
    if (t == &kBosh3 && kDouble) options.solver.rtol = options.solver.atol = 1e-7;
    Sampler sampler(gaussian_field(2, real(0.5)), 2, options, workers);
    const Tensor x = sampler.sample(source, 3, n);
    double worst = 0, mean = 0, square = 0;
    for (int i = 0; i < 2 * n; ++i) {
      const double v = double(x.data()[i]);
      worst = std::max(worst, std::abs(v - 2 - 0.5 * double(x0.data()[i])));
      mean += v / (2 * n);
      square += v * v / (2 * n);
    }
    CAPTURE(t->name);
    CHECK(worst < (kDouble ? 2e-6 : 2e-4));
    CHECK(std::abs(mean - 2) < 5 * 0.5 / std::sqrt(2. * n));
    CHECK(square - mean * mean == Approx(0.25).epsilon(0.03));
  }
}

TEST_CASE("sample k depends on the seed and on k alone, whatever n and the threads") {
  const RandomField net(2, 5);
  const GaussianSource source(2);
  for (const SamplerOptions& options : {SamplerOptions{}, fixed_options(kHeun, 20)}) {
    Workers one(1), two(2), four(4);
    Sampler a(std::cref(net), 2, options, one), b(std::cref(net), 2, options, two),
        c(std::cref(net), 2, options, four);
    const Tensor many = a.sample(source, 9, 3000);
    for (int n : {1, 100, 128, 129}) CHECK(same(a.sample(source, 9, n), many, n));
    CHECK(b.sample(source, 9, 3000) == many);
    CHECK(c.sample(source, 9, 3000) == many);
    CHECK(b.sample(source, 9, 3000) == many);
    CHECK_FALSE(same(a.sample(source, 10, 100), many, 100));
  }
}

TEST_CASE("trajectories begin at the noise and end at the samples") {
  Workers workers(2);
  const GaussianSource source(2);
  constexpr int n = 200, saves = 7;
  for (SamplerOptions options :
       {SamplerOptions{}, fixed_options(kRk4, 12), fixed_options(kRk4, 17)}) {
    if (kDouble) options.solver.rtol = options.solver.atol = 1e-8;
    Sampler sampler(gaussian_field(2, real(0.5)), 2, options, workers, saves);
    Tensor x({n, 2}), path({saves, n, 2});
    sampler.sample(source, 4, n, x.data(), path.data());
    const auto times = sampler.save_times();
    REQUIRE(times.size() == saves);
    CHECK(times.front() == 0);
    CHECK(times.back() == 1);
    const Tensor x0 = draw(source, sample_stream(4), n);
    CHECK(std::equal(x0.data(), x0.data() + 2 * n, path.data()));
    CHECK(std::equal(x.data(), x.data() + 2 * n, path.data() + (saves - 1) * 2 * n));
    double worst = 0;
    for (int s = 0; s < saves; ++s) {
      const double t = times[s], std = std::sqrt(t * t * 0.25 + (1 - t) * (1 - t));
      for (int i = 0; i < 2 * n; ++i) {
        worst = std::max(worst, std::abs(double(path.data()[s * 2 * n + i]) - 2 * t -
                                         std * double(x0.data()[i])));
      }
    }
    CHECK(worst < 2e-3);
    CHECK(sampler.sample(source, 4, n) == x);  // saving changes nothing
  }
  Sampler plain(gaussian_field(2, 1), 2, {}, workers);
  Tensor x({1, 2});
  CHECK_THROWS_WITH(
      plain.sample(source, 0, 1, x.data(), x.data()),
      "[sample] a trajectory is asked of a sampler made without saves; say how many points");
}

TEST_CASE("the flow runs back from data to noise") {
  Workers workers(2);
  const RandomField net(2, 2);
  SamplerOptions forth, back;
  forth.solver.rtol = forth.solver.atol = back.solver.rtol = back.solver.atol =
      kDouble ? 1e-10 : 1e-5;
  back.begin = 1;
  back.end = 0;
  Sampler generate(std::cref(net), 2, forth, workers), encode(std::cref(net), 2, back, workers);
  Tensor x = generate.sample(GaussianSource(2), 1, 300);
  encode.transport(300, x.data());
  const Tensor x0 = draw(GaussianSource(2), sample_stream(1), 300);
  for (int i = 0; i < 600; ++i)
    CHECK(std::abs(x.data()[i] - x0.data()[i]) < real(kDouble ? 1e-7 : 1e-3));
}

TEST_CASE("costs are those of the rows asked for") {
  Workers workers(2);
  const RandomField net(2, 2);
  Sampler euler(std::cref(net), 2, fixed_options(kEuler, 30), workers),
      adaptive(std::cref(net), 2, {}, workers);
  Tensor x({500, 2});
  const SampleCost fixed = euler.sample(GaussianSource(2), 1, 500, x.data());
  CHECK(fixed.rows == 500);
  CHECK(fixed.evaluations == 500 * 30);
  CHECK(fixed.steps == 500 * 30);
  CHECK(fixed.mean() == 30);
  CHECK(fixed.least == 30);
  CHECK(fixed.most == 30);
  const SampleCost cost = adaptive.sample(GaussianSource(2), 1, 500, x.data());
  CHECK(cost.least < cost.most);
  CHECK(cost.evaluations == 2 * 500 + 6 * (cost.steps + cost.rejected));
  CHECK(adaptive.sample(GaussianSource(2), 1, 0, x.data()).rows == 0);
}

TEST_CASE("velocities at given points") {
  Workers workers(2);
  const GaussianSource source(3);
  const Tensor x = draw(source, sample_stream(0), 300);
  const Tensor u = velocity(gaussian_field(2, real(0.5)), x, 0.4, workers);
  for (int i = 0; i < 900; ++i) {
    CHECK(std::abs(double(u.data()[i]) - (2 - 1.25 * (double(x.data()[i]) - 0.8))) <
          (kDouble ? 1e-13 : 1e-5));
  }
}

TEST_CASE("sampling stops when asked to") {
  Workers workers(2);
  const RandomField net(2, 2);
  std::atomic<int> asked{0};
  SamplerOptions options = fixed_options(kEuler, 1000);
  options.interrupted = [&] { return ++asked > 50; };
  Sampler sampler(std::cref(net), 2, options, workers);
  CHECK_THROWS_AS(sampler.sample(GaussianSource(2), 1, 5000), SamplingInterrupted);
  CHECK(asked < 200);
}

TEST_CASE("failures name the sample, the time and the line of the tape") {
  Workers workers(2);
  const GaussianSource source(2);
  // log of a negative number: not a number as soon as a coordinate is below -1.
  const Field bad = [](Var x, Var) { return log(shift(x, 1)); };
  Sampler sampler(bad, 2, fixed_options(kEuler, 10), workers);
  try {
    sampler.sample(source, 1, 300);
    FAIL("no failure");
  } catch (const IntegrationFailure& e) {
    CHECK_THAT(e.what(), Contains("[integrate] step 1 at t=0: the state is not finite") &&
                             Contains("log (128, 2)") && Contains("flow_sampler_test.cpp"));
    CHECK(e.sample >= 0);
    CHECK(e.sample < 128);  // of several chunks that fail, the first is told
  }
  CHECK_THROWS_WITH(
      Sampler([](Var x, Var) { return sum_cols(x); }, 2, {}, workers).sample(source, 1, 3),
      "[field] the velocity at points (128, 2) has shape (128, 1); a field keeps the shape of its "
      "points");
  CHECK_THROWS_WITH(sampler.sample(GaussianSource(3), 1, 3),
                    "[sample] the source has dimension 3 and the field 2");
  CHECK_THROWS_WITH(sampler.sample(source, 1, -1),
                    Contains("is negative") || Contains("give 0 or more"));
  SamplerOptions o;
  o.begin = 1;
  CHECK_THROWS_WITH(Sampler(bad, 2, o, workers),
                    "[sample] begin and end are both 1; noise is at time 0 and data at time 1");
  CHECK_THROWS_WITH(Sampler(bad, 2, {}, workers, 1),
                    "[sample] 1 points of a trajectory; give at least 2, or 0 for none");
  o = {};
  o.solver.tableau = &kRk4;
  CHECK_THROWS_WITH(Sampler(bad, 2, o, workers), Contains("method rk4 has no error estimate"));
}

}  // namespace pushforward::inline PF_REAL
