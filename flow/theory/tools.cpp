// Definitions of the tools of the checks (tools.h). They use double whatever the precision of the
// program.
#define PUSHFORWARD_REAL 64
#include "flow/theory/tools.h"

#include <algorithm>

#include "autograd/ops.h"
#include "flow/distributions/gaussian_mixture.h"
#include "flow/evaluate.h"
#include "flow/solve/integrate.h"

namespace pushforward::equations {
namespace {

const Mixture kLineSource{1, {0.4, 0.6}, {-0.5, 0.4}, {1, 0.7}};
const Mixture kLineData{1, {0.5, 0.3, 0.2}, {-1, 0.5, 2}, {0.3, 0.6, 0.4}};
const Mixture kPlaneSource{2, {0.25, 0.75}, {0.5, -0.5, -0.2, 0.3}, {1.1, 0.8}};
const Mixture kPlaneData{2, {0.6, 0.4}, {-1, 0.2, 1.3, -0.4}, {0.4, 0.7}};

Mixture standard_normal(int dim) {
  return {dim, {1}, Numbers(static_cast<std::size_t>(dim), 0.), {1}};
}

// Returns `count` irregular numbers sin(first + 2.7 i) in (-1, 1).
Numbers uneven(int count, double first) {
  Numbers w;
  for (int i = 0; i < count; ++i) w.push_back(std::sin(first + 2.7 * i));
  return w;
}

}  // namespace

Numbers line_grid(double reach, double step) {
  Numbers x;
  const int half = static_cast<int>(reach / step);
  for (int i = -half; i <= half; ++i) x.push_back(i * step);
  return x;
}

double normal(double x, double mean, double std) {
  const double z = (x - mean) / std;
  return std::exp(-z * z / 2) / (std * std::sqrt(2 * pi));
}

double gaussian_cdf(double x, double mean, double std) {
  return std::erfc(-(x - mean) / (std * std::sqrt(2.))) / 2;
}

double density(const Mixture& distribution, double x) {
  double p = 0;
  for (int k = 0; k < distribution.components(); ++k)
    p += distribution.weights[k] * normal(x, distribution.means[k], distribution.stds[k]);
  return p;
}

double cdf(const Mixture& distribution, double x) {
  double p = 0;
  for (int k = 0; k < distribution.components(); ++k)
    p += distribution.weights[k] * gaussian_cdf(x, distribution.means[k], distribution.stds[k]);
  return p;
}

OraclePtr line_flow() { return std::make_shared<Oracle>(kLineSource, kLineData); }
OraclePtr plane_flow() { return std::make_shared<Oracle>(kPlaneSource, kPlaneData); }
OraclePtr noise_to_line() { return std::make_shared<Oracle>(standard_normal(1), kLineData); }
OraclePtr noise_to_plane() { return std::make_shared<Oracle>(standard_normal(2), kPlaneData); }

DistributionPtr as_distribution(const Mixture& distribution) {
  return std::make_shared<GaussianMixture>(
      distribution.weights,
      Tensor({distribution.components(), distribution.dim}, distribution.means), distribution.stds);
}

Field perturbed(Field field, double wrong) {
  return [field = std::move(field), wrong](Var x, Var t, Labels labels) {
    return scale(field(x, t, labels), 1 + wrong);
  };
}

Rhs make_rhs(Field field, int dim) {
  const auto evaluator = std::make_shared<Evaluator>(std::move(field), dim);
  return [evaluator](std::span<const int> rows, const double* x, const double* t, double* dx) {
    (*evaluator)(static_cast<int>(rows.size()), x, t, dx);
  };
}

std::vector<Numbers> integrate(const Rhs& rhs, int dim, Numbers x, std::span<const double> times) {
  const int rows = static_cast<int>(x.size()) / dim;
  SolverOptions options;
  options.adaptive = false;
  Integrator solver(options, rows, dim);
  std::vector<Numbers> at{x};
  for (std::size_t i = 1; i < times.size(); ++i) {
    const double span = std::abs(times[i] - times[i - 1]);
    const int steps = std::max(1, static_cast<int>(std::ceil(200 * span)));
    solver.run(rhs, rows, time_grid(steps, times[i - 1], times[i]), x.data());
    at.push_back(x);
  }
  return at;
}

Field small_network(int dim, int which) {
  const Numbers w1 = uneven(8 * (dim + 1), which), b1 = uneven(8, which + 0.3),
                w2 = uneven(8 * dim, which + 0.7), b2 = uneven(dim, which + 0.9);
  const auto weights = std::make_shared<std::vector<Numbers>>(std::vector{w1, b1, w2, b2});
  return [weights, dim](Var x, Var t) {
    const auto parameter = [&](int slot, Shape shape, const char* name) {
      return x.tape->parameter(slot, shape, (*weights)[slot].data(), name);
    };
    const Var hidden =
        tanh(linear(concat(x, t, 1), parameter(0, {8, dim + 1}, "w1"), parameter(1, {1, 8}, "b1")));
    return linear(hidden, parameter(2, {dim, 8}, "w2"), parameter(3, {1, dim}, "b2"));
  };
}

Numbers answers(const Field& field, int dim, const Numbers& x, double t) {
  Numbers u(x.size());
  const Numbers times(x.size() / dim, t);
  Evaluator(field, dim)(static_cast<int>(times.size()), x.data(), times.data(), u.data());
  return u;
}

std::vector<Scheduler> schedulers() {
  return {cond_ot(),   cond_ot(0.1), polynomial(2), cosine(),
          linear_vp(), vp(),         ve(0.05, 3),   edm(0.1, 5)};
}

}  // namespace pushforward::equations
