// Checks of the metric-induced path of tokens: its law, its rates, a step along it and its bound on
// the likelihood. The library's side is TokenMetric, the oracle and the loss; the independent side
// sums over pairs and states of small flows.
#define PUSHFORWARD_REAL 64
#include <cmath>

#include "flow/discrete/step.h"
#include "flow/theory/checks.h"
#include "flow/theory/token_bounds.h"

namespace pushforward::equations {
namespace {

// Returns the rate from state x to y given the data's token x1, p_t(y | x1) beta' (d(x) - d(y))_+.
double metric_rate_of_pair(const SmallFlow& flow, double t, int x, int y, int position,
                           const TokenPair& pair) {
  const TokenMetric& metric = *flow.path.metric;
  const int x1 = pair.x1[position];
  const double beta = metric.c() * std::pow(t / (1 - t), metric.a()),
               nearer = metric.distance(x, x1) - metric.distance(y, x1);
  if (nearer <= 0) return 0;
  return flow.token(t, y, position, pair) * beta * metric.a() / (t * (1 - t)) * nearer;
}

}  // namespace

double metric_path(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : metric_flows()) compare_law(flow, residual);
  return residual.worst();
}

double metric_rate(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : metric_flows())
    compare_rates(
        flow,
        [&flow](double t, int x, int y, int position, const TokenPair& pair) {
          return metric_rate_of_pair(flow, t, x, y, position, pair);
        },
        residual);
  return residual.worst();
}

// A step of the kernel must take p_t(. | x1) to p_{t+h}(. | x1), and move as few tokens as possible:
// the probability of a move is the total variation distance of the two.
double metric_step(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : metric_flows()) {
    const int v = flow.path.vocabulary;
    for (const auto& [from, to] : {std::pair{0.1, 0.3}, {0.45, 0.5}, {0.2, 0.9}}) {
      const TokenStep step(flow.path, CtmcMethod::kernel, {}, from, to);
      for (const TokenPair& pair : flow.pairs()) {
        Numbers next(v, 0.), out(v);
        double moves = 0, distance = 0;
        for (int x = 0; x < v; ++x) {
          const double p = flow.token(from, x, 0, pair);
          step.distribution(x, pair.x1[0], out);
          for (int y = 0; y < v; ++y) next[y] += p * out[y];
          moves += p * (1 - out[x]);
          distance += std::abs(flow.token(to, x, 0, pair) - p) / 2;
        }
        for (int y = 0; y < v; ++y) residual.compare(next[y], flow.token(to, y, 0, pair));
        residual.compare(moves, distance);
      }
    }
  }
  return residual.worst();
}

double metric_elbo(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : metric_flows())
    compare_bound(
        flow,
        [&flow](double t, int x, int y, int position, const TokenPair& pair) {
          return metric_rate_of_pair(flow, t, x, y, position, pair);
        },
        residual);
  return residual.worst();
}

}  // namespace pushforward::equations
