// Tests path energy and straightness for lines, exponentials, Euler's method, and paths of minimum
// energy.
#include "flow/solve/path_energy.h"

#include <cmath>

#include "autograd/ops.h"
#include "autograd/tensor/random_fill.h"
#include "tests/flow/fields.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr double kPathEnergyEps = sizeof(real) == 8 ? 1e-10 : 3e-5;

Tensor path_energy_normals(int n, int dim) {
  Tensor x({n, dim});
  fill_normal({3, Purpose::noise, 0}, 0, n, dim, x.data());
  return x;
}

double mean_square(const Tensor& x) {
  double sum = 0;
  for (const real v : x.values()) sum += double(v) * double(v);
  return sum / x.rows();
}

SamplerOptions euler(int steps) {
  SamplerOptions options;
  options.solver.tableau = &kEuler;
  options.solver.adaptive = false;
  options.steps = steps;
  return options;
}

SamplerOptions tight_energy() {
  SamplerOptions options;
  options.solver.rtol = options.solver.atol = sizeof(real) == 8 ? 1e-11 : 1e-6;
  return options;
}

}  // namespace

TEST_CASE("with constant velocity, the energy is the squared length and paths are straight") {
  Workers workers(1);
  const Tensor x0 = path_energy_normals(300, 2);
  const Field field = [](Var x, Var) { return x * 0 + real(1.5); };
  for (const SamplerOptions& options : {euler(7), tight_energy()}) {
    Tensor x1;
    const PathMeasures m = measure_paths(field, x0, options, workers, &x1);
    CHECK(m.energy == Approx(2 * 1.5 * 1.5).epsilon(kPathEnergyEps));
    CHECK(m.straightness < 100 * kPathEnergyEps);
    CHECK(m.cost.rows == 300);
    for (int k = 0; k < 300; ++k) CHECK(x1(k, 1) == Approx(x0(k, 1) + 1.5).margin(1e-5));
  }
}

TEST_CASE("exponential paths have closed forms, forwards and backwards") {
  Workers workers(2);
  const double a = 0.7;
  const Tensor x0 = path_energy_normals(200, 3);
  const Field field = [a](Var x, Var) { return x * static_cast<real>(a); };
  for (const bool back : {false, true}) {
    SamplerOptions options = tight_energy();
    if (back) std::swap(options.begin, options.end);
    const double rate = back ? -a : a;
    const PathMeasures m = measure_paths(field, x0, options, workers);
    // For the velocity u = rate x, the energy is the integral of rate^2 x0^2 exp(2 rate t) over [0,
    // 1], and x1 - x0 = x0 (exp(rate) - 1).
    const double energy = rate / 2 * (std::exp(2 * rate) - 1) * mean_square(x0);
    const double moved = std::pow(std::exp(rate) - 1, 2) * mean_square(x0);
    CHECK(m.energy == Approx(energy).epsilon(10 * kPathEnergyEps));
    CHECK(m.straightness == Approx(energy - moved).epsilon(300 * kPathEnergyEps));
  }
  // Over a time T = 1/2, straightness compares the velocity with (x1 - x0) / T.
  SamplerOptions half = tight_energy();
  half.end = 0.5;
  const double energy = a / 2 * (std::exp(a) - 1) * mean_square(x0);
  const double moved = std::pow(std::exp(a / 2) - 1, 2) * mean_square(x0);
  CHECK(measure_paths(field, x0, half, workers).straightness ==
        Approx(energy - moved / 0.5).epsilon(1000 * kPathEnergyEps));
}

TEST_CASE("Euler's method sums the energy over its steps") {
  Workers workers(1);
  const int steps = 100;
  const double a = -1.3, h = 1. / steps;
  const Tensor x0 = path_energy_normals(150, 2);
  const PathMeasures m = measure_paths([a](Var x, Var) { return x * static_cast<real>(a); }, x0,
                                       euler(steps), workers);
  double sum = 0;
  for (int k = 0; k < steps; ++k) sum += h * a * a * std::pow(1 + a * h, 2 * k);
  CHECK(m.energy == Approx(sum * mean_square(x0)).epsilon(kPathEnergyEps));
  CHECK(m.cost.evaluations == 150 * steps);
}

TEST_CASE("a flow along its optimal map has the least energy, another flow has more") {
  Workers workers(1);
  const Tensor x0 = path_energy_normals(2000, 2);
  // On straight lines, the map x0 -> 1 + 2 x0 has the velocity v = 1 + x0 at x = x0 + t (1 + x0).
  const Field straight = [](Var x, Var t) {
    return broadcast_cols(reciprocal(shift(t, 1)), 2) * (x + real(1));
  };
  double squared = 0;
  for (const real v : x0.values()) squared += std::pow(1 + double(v), 2);
  const double w2 = std::sqrt(squared / x0.rows());
  const PathMeasures m = measure_paths(straight, x0, tight_energy(), workers);
  CHECK(normalised_path_energy(m.energy, w2) < 100 * kPathEnergyEps);
  CHECK(m.straightness < 1000 * kPathEnergyEps);
  // The flow of cond_ot with independent pairs from N(0, I) to N(1, 4 I) has the same ends as the
  // straight lines above, but longer paths.
  const PathMeasures detour = measure_paths(gaussian_field(1, 2), x0, tight_energy(), workers);
  CHECK(detour.energy > 1.05 * m.energy);
  CHECK(detour.straightness > 0.05);
  CHECK(normalised_path_energy(3, 2) == 0.25);
  CHECK_THROWS_WITH(normalised_path_energy(1, 0), Contains("[path energy] the distance"));
}

TEST_CASE("the results have the same bits on any number of threads, and the sampler's end points") {
  Workers one(1), three(3);
  const RandomField net(2, 5);
  const Field field = std::cref(net);
  const Tensor x0 = path_energy_normals(700, 2);
  Tensor a, b;
  const PathMeasures m = measure_paths(field, x0, euler(20), one, &a),
                     n = measure_paths(field, x0, euler(20), three, &b);
  CHECK(m.energy == n.energy);
  CHECK(m.straightness == n.straightness);
  CHECK(std::ranges::equal(a.values(), b.values()));
  Tensor moved = x0;
  Sampler(field, 2, euler(20), one).transport(700, moved.data());
  CHECK(std::ranges::equal(a.values(), moved.values()));
}

TEST_CASE("a model that predicts the data and a model with labels have the right energy") {
  Workers workers(1);
  const Tensor x0 = path_energy_normals(200, 2);
  // If all data is the point 1, E[x1 | x] = 1. The velocity is then (1 - x) / (1 - t), and paths
  // are straight.
  SamplerOptions data = euler(50);
  data.parameterization.prediction = Prediction::data;
  const PathMeasures m =
      measure_paths([](Var x, Var) { return x * 0 + real(1); }, x0, data, workers);
  double squared = 0;
  for (const real v : x0.values()) squared += std::pow(1 - double(v), 2) / x0.rows();
  CHECK(m.energy == Approx(squared).epsilon(10 * kPathEnergyEps));
  CHECK(m.straightness < 1000 * kPathEnergyEps);

  SamplerOptions labelled = euler(10);
  labelled.label_of = [](int sample) { return sample % 3; };
  const Field by_label = [](Var x, Var, Labels labels) {
    std::span<real> values;
    const Var speed = x.tape->uninitialised({x.shape().rows(), 1}, values);
    for (std::size_t r = 0; r < labels.size(); ++r) values[r] = static_cast<real>(labels[r]);
    return x * 0 + broadcast_cols(speed, 2);
  };
  const Tensor some = path_energy_normals(300, 2);
  CHECK(measure_paths(by_label, some, labelled, workers).energy ==
        Approx((0 + 2 + 8) / 3.).epsilon(kPathEnergyEps));
}

TEST_CASE("invalid paths are refused") {
  Workers workers(1);
  const Field field = [](Var x, Var) { return x; };
  SamplerOptions still;
  still.end = 0;
  CHECK_THROWS_WITH(measure_paths(field, path_energy_normals(2, 2), still, workers),
                    Contains("begin and end are both 0"));
  SamplerOptions noisy;
  noisy.method = SamplingMethod::euler_maruyama;
  CHECK_THROWS_WITH(
      measure_paths(field, path_energy_normals(2, 2), noisy, workers),
      Contains("[path energy] euler_maruyama does not integrate a velocity; use an ODE solver"));
  CHECK_THROWS_WITH(measure_paths(field, Tensor({0, 2}), {}, workers),
                    Contains("at least one is needed"));
  SamplerOptions stopped;
  stopped.interrupted = [] { return true; };
  CHECK_THROWS_AS(measure_paths(field, path_energy_normals(2, 2), stopped, workers),
                  SamplingInterrupted);
}

}  // namespace pushforward::inline PF_REAL
