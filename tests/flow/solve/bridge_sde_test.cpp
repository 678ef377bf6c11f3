// Tests the SDE of a bridge against the Schroedinger bridge of two Gaussians, forward and backward, and
// its errors.
#include "flow/solve/bridge_sde.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/tensor/random_fill.h"
#include "flow/distributions/source.h"
#include "flow/distributions/toy.h"
#include "flow/path/time_grid.h"
#include "flow/solve/sampler.h"
#include "flow/train/batch.h"
#include "flow/train/loss.h"
#include "tests/flow/gaussian_bridge.h"
#include "tests/tools/refusals.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr int kPoints = 8000, kTimes = 21, kSteps = 160;

// n exact draws of the law at time t.
Tensor draws(const GaussianBridge& bridge, double t, std::uint32_t step) {
  Tensor x({kPoints, bridge.dim});
  fill_normal({77, Purpose::noise, step}, 0, kPoints, bridge.dim, x.data());
  for (real& v : x.values())
    v = static_cast<real>(bridge.mean(t) + std::sqrt(bridge.variance(t)) * double(v));
  return x;
}

// The mean divergence of as many exact draws as the samplers make, over 21 times.
double exact_divergence(const GaussianBridge& bridge) {
  double sum = 0;
  for (int k = 0; k < kTimes; ++k) {
    const double t = k / (kTimes - 1.);
    sum += bridge.divergence(t, kPoints, draws(bridge, t, 10 + std::uint32_t(k)).data()) / kTimes;
  }
  return sum;
}

// The greatest divergence of the samples at 21 times, from t = `begin` to `end`.
double worst_divergence(const GaussianBridge& bridge, BridgeFields fields, SamplingMethod method,
                        double begin, double end) {
  SamplerOptions options;
  options.method = method;
  options.bridge_sigma = bridge.sigma;
  options.solver.tableau = &kHeun;
  options.solver.adaptive = false;
  options.steps = kSteps;
  options.begin = begin;
  options.end = end;
  const Field field = method == SamplingMethod::bridge_sde
                          ? bridge_drift(std::move(fields), options.times())
                          : fields.velocity;
  Workers workers(1);
  Sampler sampler(field, bridge.dim, options, workers, kTimes);
  Tensor x = draws(bridge, begin, 1), path({kTimes, kPoints, bridge.dim});
  sampler.transport(kPoints, x.data(), path.data(), 5);
  double worst = 0;
  const std::vector<double> times = sampler.save_times();
  for (std::size_t k = 0; k < times.size(); ++k)
    worst =
        std::max(worst, bridge.divergence(times[k], kPoints, path.data() + k * x.values().size()));
  return worst;
}

}  // namespace

TEST_CASE(
    "the bridge of two Gaussians has its closed form by the SDE in both directions and the ODE") {
  for (const int dim : {2, 5, 20}) {
    for (const double sigma : {0.5, 1.}) {
      CAPTURE(dim, sigma);
      const GaussianBridge bridge{dim, 1, sigma};
      const double floor = exact_divergence(bridge);
      CHECK(floor == Approx((dim + dim * (dim + 1) / 2.) / (2. * kPoints)).epsilon(0.4));
      const auto sde = SamplingMethod::bridge_sde;
      CHECK(worst_divergence(bridge, bridge.fields(), sde, 0, 1) < floor + 0.01);
      CHECK(worst_divergence(bridge, bridge.fields(), sde, 1, 0) < floor + 0.01);
      CHECK(worst_divergence(bridge, bridge.fields(), SamplingMethod::ode, 0, 1) < floor + 0.01);
    }
  }
}

TEST_CASE("points that a bridge has made forward go back with other noise of the same seed") {
  const GaussianBridge bridge{2, 1, 1};
  SamplerOptions options;
  options.method = SamplingMethod::bridge_sde;
  options.bridge_sigma = 1;
  Workers workers(1);
  Tensor x = draws(bridge, 0, 1);
  const auto carry = [&](double begin, double end) {
    options.begin = begin;
    options.end = end;
    Sampler(bridge_drift(bridge.fields(), options.times()), 2, options, workers)
        .transport(kPoints, x.data(), nullptr, 5);
  };
  carry(0, 1);
  CHECK(bridge.divergence(1, kPoints, x.data()) < 0.01);
  carry(1, 0);
  CHECK(bridge.divergence(0, kPoints, x.data()) < 0.01);
}

TEST_CASE("a wrong score of a bridge is noticed in both directions") {
  const GaussianBridge bridge{5, 1, 1};
  BridgeFields wrong = bridge.fields();
  wrong.noise = [of = wrong.noise](Var x, Var t) { return real(0.7) * of(x, t, {}); };
  const double floor = exact_divergence(bridge);
  CHECK(worst_divergence(bridge, wrong, SamplingMethod::bridge_sde, 0, 1) > floor + 0.02);
  CHECK(worst_divergence(bridge, wrong, SamplingMethod::bridge_sde, 1, 0) > floor + 0.02);
}

TEST_CASE("the closed form of the bridge has the published numbers") {
  // A bridge with a = 0.1 at t = 0.25, for sigma = 0.5 and 1.
  CHECK(GaussianBridge{2, 0.1, 0.5}.mean(0.25) == Approx(-0.05));
  CHECK(GaussianBridge{2, 0.1, 0.5}.variance(0.25) == Approx(1.002918332).epsilon(1e-9));
  CHECK(GaussianBridge{2, 0.1, 1}.variance(0.25) == Approx(1.044262746).epsilon(1e-9));
}

TEST_CASE("the noise of a bridge is half of sigma^2, and less where the path has little noise") {
  CHECK(bridge_diffusion(2, 0.5, 0.01) == 2);
  CHECK(bridge_diffusion(1, 0, 0.01) == 0);
  CHECK(bridge_diffusion(1, 1, 0.01) == 0);
  // gamma^2 / (2 h) at t = 0.005.
  CHECK(bridge_diffusion(1, 0.005, 0.01) == Approx(0.005 * 0.995 / 0.02));
  CHECK_THROWS_WITH(
      bridge_diffusion(1, 1.5, 0.01),
      "[bridge] the diffusion of a step of length 0.01 at t = 1.5; times of a path lie "
      "in [0, 1], and a step is positive");
}

TEST_CASE("samples of a bridge depend on the seed and not on threads") {
  const GaussianBridge bridge{2, 1, 1};
  const auto sample = [&](int threads, std::uint64_t seed) {
    SamplerOptions options;
    options.method = SamplingMethod::bridge_sde;
    options.bridge_sigma = 1;
    options.steps = 10;
    Workers workers(threads);
    Sampler sampler(bridge_drift(bridge.fields(), options.times()), 2, options, workers);
    Tensor x({300, 2});
    sampler.transport(300, x.data(), nullptr, seed);
    return std::vector<real>(x.values().begin(), x.values().end());
  };
  CHECK(sample(1, 3) == sample(2, 3));
  CHECK(sample(1, 3) != sample(1, 4));
}

TEST_CASE("the loss of a bridge is that of both heads, and vanishes for neither alone") {
  Problem problem{std::make_shared<GaussianSource>(2), std::make_shared<Toy>("moons")};
  problem.noise = path_noise("brownian", 0.7);
  Batch batch(problem, 40, 3);
  Workers workers(1);
  batch.start(0, workers);
  Tape tape;
  const PathSample sample = batch.chunk(tape, 0, 40);
  REQUIRE(sample.z.shape() == Shape({40, 2}));
  // z is the noise that moved xt off its mean.
  double off = 0, of_flow = 0, of_score = 0;
  for (std::size_t k = 0; k < 80; ++k) {
    const double t = double(sample.t.values()[k / 2]), z = double(sample.z.values()[k]);
    const double mean = t * double(sample.x1.values()[k]) + (1 - t) * double(sample.x0.values()[k]);
    off = std::max(
        off, std::abs(double(sample.xt.values()[k]) - mean - 0.7 * std::sqrt(t * (1 - t)) * z));
    of_flow += std::pow(2 - double(sample.dxt.values()[k]), 2) / 80;
    of_score += std::pow(-1 - z, 2) / 80;
  }
  CHECK(off < 1e-5);
  const Field constant = [](Var x, Var) {
    Tape& at = *x.tape;
    return concat(at.full(x.shape(), 2), at.full(x.shape(), -1), 1);
  };
  CHECK(double(score_and_flow_loss(constant, sample).item()) ==
        Approx(of_flow + of_score).epsilon(1e-4));
  CHECK(double(score_and_flow_loss(constant, sample, 3).item()) ==
        Approx(of_flow + 3 * of_score).epsilon(1e-4));
  const Field narrow = [](Var x, Var) { return x; };
  CHECK_THROWS_WITH(
      score_and_flow_loss(narrow, sample),
      "[score_and_flow_loss] the model gave (40, 2) for points (40, 2); a velocity and "
      "a noise have (40, 4)");
  PathSample silent = sample;
  silent.z = {};
  CHECK_THROWS_WITH(
      score_and_flow_loss(constant, silent),
      "[score_and_flow_loss] the sample has no noise, whose mean the score is learned "
      "from; draw it on a path with noise");
}

TEST_CASE("a bridge refuses what it cannot follow") {
  const BridgeFields fields = GaussianBridge{}.fields();
  CHECK_THROWS_WITH(bridge_drift({fields.velocity, {}, 1}, {0, 1}),
                    "[bridge] the velocity or the noise is missing; give both");
  CHECK_THROWS_WITH(bridge_drift({fields.velocity, fields.noise, 0}, {0, 1}),
                    "[bridge] sigma is 0; it is the scale of Brownian noise, positive and finite");
  CHECK_THROWS_WITH(bridge_drift(fields, {0}),
                    "[bridge] the grid has 1 times; a step needs a first and a last one");
  CHECK_THROWS_WITH(bridge_drift(fields, {0, 2}),
                    "[bridge] the grid has the time 2; times of a path lie in [0, 1]");
  CHECK_THROWS_WITH(
      bridge_drift(fields, {0, 0.5, 0.25}),
      "[bridge] the times 0.5 and 0.25 follow each other; the times of a grid must all "
      "rise, or all fall");
  CHECK_THROWS_WITH(
      BridgeSde(std::numeric_limits<double>::infinity(), {}, 4, 2),
      "[bridge] sigma is inf; it is the scale of Brownian noise, positive and finite");
  Tape tape;
  CHECK_THROWS_WITH(bridge_drift(fields, {0, 0.5, 1})(tape.input({1, 2}, {0, 0}),
                                                      tape.input({1, 1}, {real(0.25)}), {}),
                    "[bridge] no step starts at t = 0.25; the times of the solver must be those of "
                    "the grid");
}

}  // namespace pushforward::inline PF_REAL
