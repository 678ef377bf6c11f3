// Checks of couplings, of the energy of paths, and of noise on the path.
#define PUSHFORWARD_REAL 64
#include <algorithm>
#include <set>

#include "autograd/tape.h"
#include "flow/coupling/ot.h"
#include "flow/path/path.h"
#include "flow/theory/checks.h"
#include "flow/theory/tools.h"

namespace pushforward::equations {
namespace {

// Returns the x below which the distribution has the probability `mass`, by bisection.
double quantile(const Mixture& distribution, double mass) {
  double low = -20, high = 20;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (cdf(distribution, middle) < mass ? low : high) = middle;
  }
  return (low + high) / 2;
}

// Returns T(x) = F1^{-1}(F0(x)), with the distribution functions F0 of the source and F1 of the
// data. For numbers on the line, this map has the least mean squared distance, because it preserves
// order.
double transport(const Oracle& oracle, double x) {
  return quantile(oracle.data(), cdf(oracle.source(), x));
}

// The mean and variance of a distribution of numbers.
struct LineMoments {
  double mean = 0, variance = 0;
};
LineMoments compute_moments(const Mixture& distribution) {
  LineMoments m;
  for (int k = 0; k < distribution.components(); ++k)
    m.mean += distribution.weights[k] * distribution.means[k];
  for (int k = 0; k < distribution.components(); ++k)
    m.variance += distribution.weights[k] * (distribution.stds[k] * distribution.stds[k] +
                                             std::pow(distribution.means[k] - m.mean, 2));
  return m;
}

}  // namespace

// Uses evenly spaced, shuffled quantiles of two distributions. Exact transport must pair each x0
// with T(x0) (the function `transport`) and use every data row once, and the straight path between
// the two must be (1 - t) x0 + t T(x0).
double displacement(double wrong) {
  const OraclePtr oracle = line_flow();
  const int n = 64;
  Tape tape;
  const PathEnds ends = make_ends(tape, n, 1);
  Numbers x0, x1;
  for (int i = 0; i < n; ++i) {
    x0.push_back(quantile(oracle->source(), (i * 37 % n + 0.5) / n));
    x1.push_back(quantile(oracle->data(), (i * 23 % n + 0.5) / n));
  }
  std::vector<RowPair> pairs(n);
  ot_coupling().pair({n, 1, x0.data(), x1.data(), nullptr}, {}, pairs);
  std::set<int> sources, points;
  for (int k = 0; k < n; ++k) {
    sources.insert(pairs[k].source);
    points.insert(pairs[k].data);
    ends.t[k] = (k + 0.5) / n;
    ends.x0[k] = x0[pairs[k].source];
    ends.x1[k] = x1[pairs[k].data];
  }
  Residual residual(wrong);
  residual.compare(static_cast<double>(std::min(sources.size(), points.size())), n);
  const PathSample s = follow_path(cond_ot(), ends);
  for (int k = 0; k < n; ++k) {
    const double t = ends.t[k], to = transport(*oracle, ends.x0[k]);
    residual.compare(s.xt.values()[k], (1 - t) * ends.x0[k] + t * to);
    residual.compare(s.dxt.values()[k], to - ends.x0[k]);
  }
  return residual.worst();
}

// The energy of the straight path of independent pairs is E|x1 - x0|^2, from moments. At every time
// it must equal the energy of the marginal flow plus the variance of dxt given xt. The flow's
// energy must lie between W2^2 (the squared 2-Wasserstein distance) and the energy of the pairs.
double path_energy(double wrong) {
  const OraclePtr oracle = line_flow();
  const LineMoments from = compute_moments(oracle->source()), to = compute_moments(oracle->data());
  const double pairs = from.variance + to.variance + std::pow(to.mean - from.mean, 2);
  const double step = 0.02;
  const Numbers grid = line_grid(9, step);
  Residual residual(wrong);
  double energy = 0;
  const int times = 40;
  for (int k = 0; k < times; ++k) {
    const Coefficients c = cond_ot()((k + 0.5) / times);
    const Numbers log_p = oracle->log_density(c, grid), u = oracle->velocity(c, grid),
                  variance = oracle->velocity_variance(c, grid);
    double square = 0, left_out = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
      square += std::exp(log_p[i]) * step * u[i] * u[i];
      left_out += std::exp(log_p[i]) * step * variance[i];
    }
    residual.compare((square + left_out), pairs);
    energy += square / times;
  }
  double w2 = 0;
  for (double x : line_grid(7, 0.05))
    w2 += density(oracle->source(), x) * 0.05 * std::pow(transport(*oracle, x) - x, 2);
  residual.compare(std::clamp(energy, w2, pairs), energy);
  return residual.worst();
}

// Checks Sinkhorn's plan between two rows and two columns with costs c and regularisation reg: it
// must be ((p, 1/2 - p), (1/2 - p, p)) with
//   p / (1/2 - p) = exp((c01 + c10 - c00 - c11) / (2 reg)).
double entropic_plan(double wrong) {
  Residual residual(wrong);
  Sinkhorn sinkhorn;
  for (double reg : {0.5, 2 * 0.7 * 0.7, 5.}) {
    const double cost[] = {0.3, 1.9, 0.8, 1.1};
    sinkhorn.solve(2, 2, cost, {.reg = reg, .tolerance = 1e-13});
    const double ratio = std::exp((cost[1] + cost[2] - cost[0] - cost[3]) / (2 * reg));
    const double p = 0.5 * ratio / (1 + ratio);
    const double plan[] = {p, 0.5 - p, 0.5 - p, p};
    for (int i = 0; i < 4; ++i) residual.compare(sinkhorn.plan()[i], plan[i]);
  }
  return residual.worst();
}

// With noise gamma z on the path (z standard normal), the density p of xt and the current j = E[dxt
// | x] p are integrals over x1 and z. They must satisfy the continuity equation, and the score must
// be -E[z | x] / gamma (Albergo, Boffi, Vanden-Eijnden 2023, section 2).
double interpolant(double wrong) {
  const OraclePtr oracle = line_flow();
  const double step = 0.1;
  const Numbers grid = line_grid(7, step);
  Numbers data, noise;
  for (double y : grid) {
    data.push_back(density(oracle->data(), y) * step);
    noise.push_back(normal(y, 0, 1) * step);
  }
  struct Sums {
    double p = 0, current = 0, z = 0;
  };
  const auto sums = [&](const Scheduler& path, const PathNoise& on, double t, double x) {
    const Coefficients c = path(t);
    const NoiseLevel g = on(t);
    Sums s;
    for (std::size_t i = 0; i < grid.size(); ++i) {
      if (data[i] < 1e-20) continue;
      for (std::size_t k = 0; k < grid.size(); ++k) {
        const double x1 = grid[i], z = grid[k], x0 = (x - c.alpha * x1 - g.gamma * z) / c.sigma;
        const double mass = data[i] * noise[k] * density(oracle->source(), x0) / c.sigma;
        s.p += mass;
        s.current += mass * (1 + wrong) * (c.dalpha * x1 + c.dsigma * x0 + g.dgamma * z);
        s.z += mass * z;
      }
    }
    return s;
  };
  Residual residual;
  for (const char* name : {"brownian", "sine"}) {
    const PathNoise on = path_noise(name, 0.8);
    for (double t : {0.3, 0.6}) {
      const double x = 0.4, h = 1e-3;
      const double change = slope([&](double s) { return sums(cond_ot(), on, s, x).p; }, t, h);
      const double spread =
          slope([&](double y) { return sums(cond_ot(), on, t, y).current; }, x, h);
      residual.compare(-spread, change);
      const Sums here = sums(cond_ot(), on, t, x);
      residual.compare(
          -here.z / (here.p * on(t).gamma),
          slope([&](double y) { return std::log(sums(cond_ot(), on, t, y).p); }, x, h));
    }
  }
  return residual.worst();
}

// Checks the path with Brownian noise of scale s, a Brownian bridge from x0 to x1. Its density must
// be the product of two heat kernels divided by a third. Its velocity given x0 and x1 must be that
// of Tong et al. 2024, eq. 20.
double bridge(double wrong) {
  const double s = 0.7, x0 = 0.5, x1 = 2;
  const PathNoise on = path_noise("brownian", s);
  const auto kernel = [&](double time, double distance) {
    return normal(distance, 0, s * std::sqrt(time));
  };
  Residual residual(wrong);
  for (double t : {0.2, 0.5, 0.8}) {
    const double mu = t * x1 + (1 - t) * x0;
    for (double z : {-1.3, 0.2, 2.}) {
      Tape tape;
      const PathEnds ends = make_ends(tape, 1, 1);
      *ends.t = t, *ends.x0 = x0, *ends.x1 = x1;
      const PathSample sample = follow_path(cond_ot(), ends, on, &z);
      const double x = sample.xt.item();
      residual.compare(normal(x, mu, on(t).gamma),
                       kernel(t, x - x0) * kernel(1 - t, x1 - x) / kernel(1, x1 - x0));
      residual.compare(sample.dxt.item(), (1 - 2 * t) / (2 * t * (1 - t)) * (x - mu) + x1 - x0);
    }
  }
  return residual.worst();
}

}  // namespace pushforward::equations
