// Checks of bridges with two heads, velocity and score, whose closed form is known between Gaussians, and
// of couplings that leave mass out.
#define PUSHFORWARD_REAL 64
#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/ops.h"
#include "autograd/tape.h"
#include "flow/coupling/partial.h"
#include "flow/coupling/unbalanced.h"
#include "flow/path/path.h"
#include "flow/solve/bridge_sde.h"
#include "flow/theory/checks.h"
#include "flow/theory/tools.h"
#include "flow/train/loss.h"

namespace pushforward::equations {
namespace {

constexpr double kBridgeEnd = 0.8, kBridgeNoise = 0.9;  // a and sigma

// The bridge between N(-a, 1) and N(a, 1) on the line, with the entropic plan of weight 2 sigma^2: x0
// and x1 have the covariance c, and p_t is N(mean, variance).
double plan_covariance() {
  const double squared = kBridgeNoise * kBridgeNoise;
  return (std::sqrt(4 + squared * squared) - squared) / 2;
}
double bridge_mean(double t) { return (2 * t - 1) * kBridgeEnd; }
double bridge_variance(double t) {
  return std::sqrt(4 + std::pow(kBridgeNoise, 4)) * t * (1 - t) + (1 - t) * (1 - t) + t * t;
}
double bridge_variance_slope(double t) {
  return std::sqrt(4 + std::pow(kBridgeNoise, 4)) * (1 - 2 * t) - 2 * (1 - t) + 2 * t;
}
double bridge_gamma(double t) { return kBridgeNoise * std::sqrt(t * (1 - t)); }

// Returns the field slope(t) (x - mean(t)) + offset on the line.
template <class Slope>
Field linear_field(const Slope& slope, double offset) {
  return [slope, offset](Var x, Var t) {
    std::span<real> out;
    const Var field = x.tape->uninitialised(x.shape(), out, "field");
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double at = t.values()[i];
      out[i] = slope(at) * (x.values()[i] - bridge_mean(at)) + offset;
    }
    return field;
  };
}
BridgeFields bridge_fields() {
  BridgeFields fields;
  fields.sigma = kBridgeNoise;
  fields.velocity = linear_field(
      [](double t) { return bridge_variance_slope(t) / (2 * bridge_variance(t)); }, 2 * kBridgeEnd);
  fields.noise = linear_field([](double t) { return bridge_gamma(t) / bridge_variance(t); }, 0);
  return fields;
}

}  // namespace

// The loss of a network whose heads are (1 + p) times the conditional means of velocity and noise. Its
// mean over x0, x1 and z must be the two conditional variances plus p^2 times the mean squares of the
// heads. The means over the three Gaussians are over points -1 and 1 of each, which is exact for squares.
double bridge_heads(double wrong) {
  Residual residual(wrong);
  const BridgeFields fields = bridge_fields();
  const PathNoise noise = path_noise("brownian", kBridgeNoise);
  const double c = plan_covariance();
  for (double p : {0., 0.3}) {
    const Field heads = [&fields, p](Var x, Var t) {
      return scale(concat(fields.velocity(x, t), fields.noise(x, t), 1), 1 + p);
    };
    for (double t : {0.15, 0.5, 0.8}) {
      Tape tape;
      const PathEnds ends = make_ends(tape, 8, 1);
      Numbers z(8);
      for (int k = 0; k < 8; ++k) {
        const double first = k & 1 ? 1 : -1, second = k & 2 ? 1 : -1;
        ends.t[k] = t;
        ends.x0[k] = -kBridgeEnd + first;
        ends.x1[k] = kBridgeEnd + c * first + std::sqrt(1 - c * c) * second;
        z[k] = k & 4 ? 1 : -1;
      }
      PathSample sample = follow_path(cond_ot(), ends, noise, z.data());
      sample.z = tape.input({8, 1}, z);
      const double variance = bridge_variance(t), half = bridge_variance_slope(t) / 2,
                   dgamma = kBridgeNoise * (1 - 2 * t) / (2 * std::sqrt(t * (1 - t))),
                   of_velocity = 2 - 2 * c + dgamma * dgamma - half * half / variance,
                   gamma = bridge_gamma(t), of_noise = 1 - gamma * gamma / variance,
                   squares = 4 * kBridgeEnd * kBridgeEnd + half * half / variance +
                             gamma * gamma / variance;
      residual.compare(score_and_flow_loss(heads, sample).item(),
                       of_velocity + of_noise + p * p * squares);
    }
  }
  return residual.worst();
}

// The drift of the SDE, forward and backward, must move mean and variance as those of p_t do: mean' =
// E drift, and variance' = 2 Cov(drift, x) + 2 w, or - 2 w with falling time.
double bridge_sde(double wrong) {
  Residual residual(wrong);
  for (const bool forward : {true, false}) {
    Numbers grid = {0.1, 0.2, 0.35, 0.5, 0.75, 0.9};
    if (!forward) std::reverse(grid.begin(), grid.end());
    const Field drift = bridge_drift(bridge_fields(), grid);
    for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
      const double t = grid[i], mean = bridge_mean(t), variance = bridge_variance(t),
                   w = bridge_diffusion(kBridgeNoise, t, std::abs(grid[i + 1] - t));
      const Numbers at = answers(drift, 1, {mean - 1, mean + 1}, t);
      residual.compare((at[0] + at[1]) / 2, slope(bridge_mean, t, 1e-3));
      residual.compare((at[1] - at[0]) * variance,
                       slope(bridge_variance, t, 1e-3) - (forward ? 2 * w : -2 * w));
    }
  }
  return residual.worst();
}

// The least cost of `count` pairs must be the least over all ways to choose and to pair them.
double partial_transport(double wrong) {
  Residual residual(wrong);
  constexpr int n = 5;
  Numbers cost(n * n);
  for (int k = 0; k < n * n; ++k) cost[k] = 2 + std::sin(1 + 5. * k) + 0.3 * std::cos(2. * k);
  PartialAssignment partial;
  for (int count = 1; count <= n; ++count) {
    double least = 1e9;
    std::vector<int> column(n);
    std::iota(column.begin(), column.end(), 0);
    do {
      for (int rows = 0; rows < 1 << n; ++rows) {
        double sum = 0;
        int chosen = 0;
        for (int i = 0; i < n; ++i)
          if (rows >> i & 1) sum += cost[i * n + column[i]], ++chosen;
        if (chosen == count) least = std::min(least, sum);
      }
    } while (std::next_permutation(column.begin(), column.end()));
    double sum = 0;
    for (const RowPair& pair : partial.solve(n, count, cost.data()))
      sum += cost[pair.source * n + pair.data];
    residual.compare(sum, least);
    residual.compare(partial.cost(), least);
  }
  return residual.worst();
}

// For one row and one column the plan is exp(-c / (eps + 2 rho)). For more, P must be a b^T times
// exp(-c / eps) and the powers -rho / eps of its own marginals' ratios, which makes the objective's
// slope 0 in every entry.
double unbalanced_transport(double wrong) {
  Residual residual(wrong);
  UnbalancedTransport transport;
  for (const auto& [reg, rho] : {std::pair{0.4, 1.5}, {1., 0.3}, {0.7, 20.}}) {
    const UnbalancedOptions options{.reg = reg, .mass_cost = rho, .tolerance = 1e-13};
    for (const double cost : {0.2, 1.7}) {
      transport.solve(1, 1, &cost, options);
      residual.compare(transport.plan()[0], std::exp(-cost / (reg + 2 * rho)));
    }
    const Numbers cost{0.3, 1.9, 0.8, 1.1, 0.2, 2.5};
    constexpr int n = 2, m = 3;
    transport.solve(n, m, cost.data(), options);
    const double* plan = transport.plan();
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < m; ++j) {
        double row = 0, column = 0;
        for (int k = 0; k < m; ++k) row += n * plan[i * m + k];
        for (int k = 0; k < n; ++k) column += m * plan[k * m + j];
        residual.compare(plan[i * m + j], std::exp(-cost[i * m + j] / reg) *
                                              std::pow(row * column, -rho / reg) / (n * m));
      }
    }
  }
  return residual.worst();
}

}  // namespace pushforward::equations
