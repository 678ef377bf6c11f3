// Tests SDE samplers: one hand-computed step, the distribution compared with its exact recursion,
// marginals equal to those of the ODE, and noise that depends on the seed, the step and the number
// of the sample.
#include "flow/solve/sde.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/random_fill.h"
#include "flow/distributions/source.h"
#include "flow/solve/sampler.h"
#include "tests/flow/gaussian_data.h"
#include "tests/flow/problems.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"
#include "tests/tools/statistics.h"

namespace pushforward::inline PF_REAL {
namespace {

using SdeScheme = Sde::Scheme;

// The mean and the variance of a normal distribution.
struct NormalMoments {
  double mean, variance;
};
struct Affine {
  double a = 1, b = 0;
};

// Returns the increment of the drift at t in closed form, dt (u - sign(dt) w (x - alpha m) / v), as
// a function of x. Here m is the mean of the data, v the variance of xt, w the diffusion, and u the
// velocity dalpha m + v' / (2 v) (x - alpha m).
Affine drift(const GaussianData& data, double t, double dt, double w) {
  const Coefficients c = data.parameterization.scheduler(t);
  const double v = data.variance(c), slope = c.alpha * c.dalpha * data.s * data.s + c.sigma_dsigma;
  const double a = (dt * slope - std::abs(dt) * w) / v;
  return {a, dt * c.dalpha * data.m - a * c.alpha * data.m};
}

double limited(const GaussianData& data, const Diffusion& d, double t, double h) {
  const Coefficients c = data.parameterization.scheduler(t);
  return std::min(d(t, c), c.sigma * c.sigma / (2 * h));
}

// Returns the distribution of a scheme's result for Gaussian data. It is normal, because each step
// is affine in x and in the noise.
NormalMoments scheme_moments(SdeScheme scheme, const GaussianData& data, const Diffusion& d,
                             const std::vector<double>& grid, NormalMoments moments) {
  for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
    const double t = grid[i], t1 = grid[i + 1], dt = t1 - t, h = std::abs(dt);
    const Coefficients end = data.parameterization.scheduler(t1);
    if (end.sigma == 0) {
      const Coefficients c = data.parameterization.scheduler(t);
      const double gain = c.alpha * data.s * data.s / data.variance(c);
      moments = {data.m + gain * (moments.mean - c.alpha * data.m), gain * gain * moments.variance};
      continue;
    }
    const double w = limited(data, d, t, h), w1 = limited(data, d, t1, h);
    const Affine f = drift(data, t, dt, w);
    if (scheme == SdeScheme::euler_maruyama) {
      moments = {(1 + f.a) * moments.mean + f.b,
                 (1 + f.a) * (1 + f.a) * moments.variance + 2 * h * w};
      continue;
    }
    const Affine f1 = drift(data, t1, dt, w1);
    // Let a x + b and a1 x + b1 be the increments of the drift at t and t1, and g z the noise.
    // Heun's step is y = (1 + a) x + b + g z, x' = x + (a x + b) / 2 + (a1 y + b1) / 2 + g z.
    const double a = 1 + f.a / 2 + f1.a / 2 * (1 + f.a), b = (f.b + f1.a * f.b + f1.b) / 2,
                 g = (1 + f1.a / 2) * std::sqrt(h * (w + w1));
    moments = {a * moments.mean + b, a * a * moments.variance + g * g};
  }
  return moments;
}

// Standard scores of the empirical mean and variance. They are standard normal if the samples have
// the expected distribution.
struct Scores {
  double mean, variance;
};
Scores scores(const std::vector<real>& x, const NormalMoments& moments) {
  double sum = 0, square = 0;
  for (real v : x) sum += static_cast<double>(v);
  const double n = static_cast<double>(x.size()), mean = sum / n;
  for (real v : x) square += std::pow(static_cast<double>(v) - mean, 2);
  return {(mean - moments.mean) * std::sqrt(n / moments.variance),
          (square / (n - 1) / moments.variance - 1) * std::sqrt(n / 2)};
}

std::vector<real> normal_rows(int n, double mean, double std) {
  std::vector<real> x(n);
  fill_normal({1, Purpose::noise, 0}, 0, n, 1, x.data());
  for (real& v : x) v = static_cast<real>(mean + std * static_cast<double>(v));
  return x;
}

// The magnitude of a standard normal number exceeds kUnlikely with probability 5e-6.
constexpr double kUnlikely = 4.565;

}  // namespace

TEST_CASE("one Euler-Maruyama step has hand-computed values") {
  // At x = 0.9, t = 0.4, dt = 0.01, the drift u + score is 1.625 and the noise is sqrt(2 dt) z.
  for (Prediction p : kPredictions) {
    const GaussianData data{{p, cond_ot()}};
    Sde sde(SdeScheme::euler_maruyama, {DiffusionShape::constant, 1}, data.parameterization, 3, 1);
    sde.seed(11);
    std::vector<real> x(3, real(0.9)), z(3);
    sde.run(data.rhs(), 3, std::vector<double>{0.4, 0.41}, x.data(), {}, 40);
    fill_normal({11, Purpose::diffusion, 0}, 40, 3, 1, z.data());
    for (int r = 0; r < 3; ++r) {
      CAPTURE(name_of(p), r);
      CHECK(std::abs(double(x[r]) - (0.9 + 0.01 * 1.625 + 0.1414213562 * double(z[r]))) <
            (kDouble ? 1e-9 : 1e-6));
    }
    CHECK(sde.costs()[0].evaluations == 1);
  }
}

TEST_CASE("the distribution of samples is that of the scheme, and close to the data's") {
  constexpr int n = 20000;
  std::uint64_t seed = 0;
  for (const Scheduler& path : {cond_ot(), cosine(), vp(), ve(0.05, 5)}) {
    const double alpha = path(1).alpha, sigma = path(1).sigma;
    for (DiffusionShape shape : kDiffusionShapes) {
      const bool common = shape == DiffusionShape::sigma || shape == DiffusionShape::sbdm;
      if (path.formula != cond_ot().formula && !common) continue;
      for (SdeScheme scheme : {SdeScheme::euler_maruyama, SdeScheme::stochastic_heun}) {
        const GaussianData data{{seed % 2 ? Prediction::velocity : Prediction::edm, path}};
        const Diffusion d{shape, 0.7};
        const auto grid = time_grid(40);
        const Coefficients c = path(0);
        const NormalMoments start{c.alpha * data.m, data.variance(c)};
        const NormalMoments moments = scheme_moments(scheme, data, d, grid, start);
        Sde sde(scheme, d, data.parameterization, n, 1);
        sde.seed(++seed);
        auto x = normal_rows(n, start.mean, std::sqrt(start.variance));
        sde.run(data.rhs(), n, grid, x.data());
        const Scores z = scores(x, moments);
        CAPTURE(path.name, name_of(shape), int(scheme), moments.mean, moments.variance);
        CHECK(std::abs(z.mean) < kUnlikely);
        CHECK(std::abs(z.variance) < kUnlikely);
        CHECK(std::abs(moments.mean - 2 * alpha) < 0.2);
        CHECK(std::abs(moments.variance - 0.25 * alpha * alpha - sigma * sigma) < 0.1);
        CHECK(sde.costs()[n - 1].evaluations == (scheme == SdeScheme::euler_maruyama ? 40
                                                 : sigma == 0                        ? 79
                                                                                     : 80));
      }
    }
  }
}

TEST_CASE("the schemes have weak orders 1 and 2, and the same limit for any diffusion") {
  for (DiffusionShape shape : kDiffusionShapes) {
    for (SdeScheme scheme : {SdeScheme::euler_maruyama, SdeScheme::stochastic_heun}) {
      const GaussianData data{{Prediction::velocity, cond_ot()}};
      std::vector<double> step, mean, variance;
      CAPTURE(name_of(shape), int(scheme));
      for (int steps : {100, 200, 400, 800}) {
        const NormalMoments start{0.2 * data.m, data.variance(cond_ot()(0.2))};
        const NormalMoments moments =
            scheme_moments(scheme, data, {shape, 1}, time_grid(steps, 0.2, 0.8), start);
        step.push_back(1. / steps);
        mean.push_back(std::abs(moments.mean - 0.8 * data.m));
        variance.push_back(std::abs(moments.variance - data.variance(cond_ot()(0.8))));
      }
      const double order = scheme == SdeScheme::euler_maruyama ? 1 : 2;
      if (mean.front() > 1e-12) CHECK(fitted_order(step, mean) > order - 0.15);
      CHECK(fitted_order(step, variance) == Approx(order).margin(0.15));
      // The solver reaches t = 1 even if the score is infinite there.
      const NormalMoments whole = scheme_moments(scheme, data, {shape, 1}, time_grid(2000), {0, 1});
      CHECK(whole.mean == Approx(2).margin(2e-3));
      CHECK(whole.variance == Approx(0.25).margin(2e-3));
    }
  }
}

TEST_CASE("backwards, the SDE moves data to noise") {
  constexpr int n = 20000;
  for (SdeScheme scheme : {SdeScheme::euler_maruyama, SdeScheme::stochastic_heun}) {
    const GaussianData data{{Prediction::velocity, cond_ot()}};
    const Diffusion d{DiffusionShape::sigma, 1};
    const auto grid = time_grid(100, 1, 0);
    const NormalMoments moments = scheme_moments(scheme, data, d, grid, {2, 0.25});
    CHECK(std::abs(moments.mean) < 0.05);
    CHECK(moments.variance == Approx(1).margin(0.03));
    Sde sde(scheme, d, data.parameterization, n, 1);
    auto x = normal_rows(n, 2, 0.5);
    sde.run(data.rhs(), n, grid, x.data());
    const Scores z = scores(x, moments);
    CHECK(std::abs(z.mean) < kUnlikely);
    CHECK(std::abs(z.variance) < kUnlikely);
  }
}

TEST_CASE("on a mixture, samples of the SDE have the data's distribution, like those of the ODE") {
  // The data is 0.3 N(-1.5, 0.3^2) + 0.7 N(1, 0.5^2). The velocity is the exact one on cond_ot.
  const double weight[] = {0.3, 0.7}, centre[] = {-1.5, 1}, std[] = {0.3, 0.5};
  const auto velocity = [=](double x, double t, int) {
    double total = 0, sum = 0;
    for (int k = 0; k < 2; ++k) {
      const double v = t * t * std[k] * std[k] + (1 - t) * (1 - t), off = x - t * centre[k];
      const double p = weight[k] / std::sqrt(v) * std::exp(-off * off / (2 * v));
      total += p;
      sum += p * (centre[k] + (t * std[k] * std[k] - (1 - t)) / v * off);
    }
    return total > 0 ? sum / total : -x;
  };
  const auto cdf = [=](double x) {
    double sum = 0;
    for (int k = 0; k < 2; ++k)
      sum += weight[k] / 2 * std::erfc((centre[k] - x) / (std[k] * std::sqrt(2.)));
    return sum;
  };
  Workers workers(2);
  constexpr int n = 5000;
  const auto fit = [&](SamplingMethod method, Diffusion d, int steps) {
    SamplerOptions options;
    options.method = method;
    options.diffusion = d;
    options.steps = steps;
    Sampler sampler(number_field(velocity), 1, options, workers);
    const Tensor x = sampler.sample(GaussianSource(1), 5, n);
    return kolmogorov_tail({x.data(), x.data() + n}, cdf);
  };
  CHECK(plausible(fit(SamplingMethod::ode, {}, 100)));
  for (DiffusionShape shape : kDiffusionShapes) {
    CAPTURE(name_of(shape));
    CHECK(plausible(fit(SamplingMethod::stochastic_heun, {shape, 0.5}, 100)));
    CHECK(plausible(fit(SamplingMethod::euler_maruyama, {shape, 0.5}, 400)));
  }
  // With only three steps, the distribution is wrong, and `plausible` detects it.
  CHECK_FALSE(plausible(fit(SamplingMethod::euler_maruyama, {}, 3)));
}

TEST_CASE("without diffusion, the schemes are ODE solvers") {
  const GaussianData data{{Prediction::velocity, cosine()}};
  const auto grid = time_grid(20, 0.1, 0.9);
  for (const Tableau* t : {&kEuler, &kHeun}) {
    SolverOptions o;
    o.tableau = t;
    o.adaptive = false;
    Integrator ode(o, 1, 1);
    Sde sde(t == &kEuler ? SdeScheme::euler_maruyama : SdeScheme::stochastic_heun,
            {DiffusionShape::sbdm, 0}, data.parameterization, 1, 1);
    CHECK(std::abs(integrated(sde, data.rhs(), 0.7, grid) -
                   integrated(ode, data.rhs(), 0.7, grid)) < (kDouble ? 1e-13 : 1e-5));
  }
}

TEST_CASE("noise depends on seed, step and sample number") {
  const GaussianData data{{Prediction::velocity, cond_ot()}};
  SamplerOptions options;
  options.steps = 25;
  for (SamplingMethod method : {SamplingMethod::euler_maruyama, SamplingMethod::stochastic_heun}) {
    options.method = method;
    Workers one(1), three(3);
    Sampler a(make_field(data), 2, options, one), b(make_field(data), 2, options, three);
    const GaussianSource source(2);
    const Tensor many = a.sample(source, 9, 1000), other = a.sample(source, 10, 1000);
    CHECK(b.sample(source, 9, 1000) == many);
    for (int n : {1, 100, 129}) {
      const Tensor few = b.sample(source, 9, n);
      CHECK(std::equal(few.data(), few.data() + 2 * n, many.data()));
    }
    // From the same points, another seed gives other noise.
    Tensor x({300, 2}), y({300, 2}), z({300, 2});
    a.transport(300, x.data(), nullptr, 1);
    b.transport(300, y.data(), nullptr, 1);
    a.transport(300, z.data(), nullptr, 2);
    CHECK(x == y);
    CHECK_FALSE(x == z);
    CHECK_FALSE(x.data()[0] == x.data()[1]);  // each column and each row has its own noise
    CHECK_FALSE(x.data()[0] == x.data()[2]);
  }
}

TEST_CASE("a negative diffusion is refused") {
  CHECK_THROWS_WITH(Sde(SdeScheme::euler_maruyama, {DiffusionShape::sigma, -1}, {}, 1, 1),
                    "[solver] the scale of the diffusion is -1; it must be 0 or more, and finite");
}

}  // namespace pushforward::inline PF_REAL
