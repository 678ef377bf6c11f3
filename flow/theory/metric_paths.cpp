// Checks of the metric-induced path of tokens: its law, its rates, a step along it and its bound on
// the likelihood. The library's side is TokenMetric, the oracle and the loss; the independent side
// sums over pairs and states of small flows.
#define PUSHFORWARD_REAL 64
#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <memory>

#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/loss.h"
#include "flow/discrete/step.h"
#include "flow/theory/checks.h"
#include "flow/theory/states.h"

namespace pushforward::equations {
namespace {

// Returns the posterior (L, V) of sequence number i, by Bayes' rule over all pairs.
Numbers posterior_by_pairs(const States& s, double t, int i) {
  const int length = s.flow.length(), v = s.flow.path.vocabulary;
  Numbers p(static_cast<std::size_t>(length) * v, 0.);
  double total = 0;
  for (const TokenPair& pair : s.pairs) {
    const double together = pair.weight * s.flow.sequence(t, s.of(i), pair);
    total += together;
    for (int l = 0; l < length; ++l) p[l * v + pair.x1[l]] += together;
  }
  for (double& one : p) one /= total;
  return p;
}

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

// Returns the divergence of the rates given the pair from the mean rates of a posterior (L, V), at
// sequence number i.
double metric_rate_divergence(const States& s, double t, int i, const TokenPair& pair,
                              const Numbers& posterior) {
  const SmallFlow& flow = s.flow;
  const int v = flow.path.vocabulary;
  double sum = 0;
  for (int l = 0; l < flow.length(); ++l) {
    for (int y = 0; y < v; ++y) {
      double learnt = 0;
      for (int x1 = 0; x1 < v; ++x1) {
        const std::vector<int> data(static_cast<std::size_t>(flow.length()), x1);
        learnt += posterior[l * v + x1] *
                  metric_rate_of_pair(flow, t, s.of(i)[l], y, l, {1, nullptr, data.data()});
      }
      const double given = metric_rate_of_pair(flow, t, s.of(i)[l], y, l, pair);
      sum += learnt - given + (given > 1e-100 ? given * std::log(given / learnt) : 0);
    }
  }
  return sum;
}

// Returns the integral of f over t from 0 to 1, for an f whose integral over ln(t / (1 - t)) has
// tails that vanish exponentially.
template <class F>
double over_time(const F& f) {
  constexpr int steps = 400;
  double sum = 0;
  for (int k = 0; k < steps; ++k) {
    // The midpoint rule in x on the whole line, with t = 1 / (1 + exp(-2 sinh x)), is accurate to
    // rounding for such functions (a double exponential rule).
    const double x = -4 + 8 * (k + 0.5) / steps, logit = 2 * std::sinh(x),
                 t = 1 / (1 + std::exp(-logit)), width = t * (1 - t) * 2 * std::cosh(x);
    if (t > 0 && t < 1 && width > 1e-300) sum += 8. / steps * width * f(t);
  }
  return sum;
}

}  // namespace

// Compares the oracle's distribution with the product of softmaxes averaged over the pairs, and its
// posterior with Bayes' rule.
double metric_path(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : metric_flows()) {
    const States s(flow);
    for (double t : kTokenTimes) {
      residual.compare(s.oracle.marginal(t), s.distribution(t));
      for (int i = 0; i < s.count(); ++i)
        residual.compare(s.oracle.posterior(t, s.row(i)), posterior_by_pairs(s, t, i));
    }
  }
  return residual.worst();
}

// Compares the flux of the oracle's rates with the time derivative of p_t, and these rates with the
// mean of the rates given the pair.
double metric_rate(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : metric_flows()) {
    const States s(flow);
    const int v = flow.path.vocabulary;
    for (double t : kTokenTimes) {
      const Numbers p = s.distribution(t);
      Numbers change(p.size(), 0.);
      for (int i = 0; i < s.count(); ++i) {
        const Numbers u = s.oracle.rates(t, s.row(i));
        for (int l = 0; l < flow.length(); ++l) {
          for (int y = 0; y < v; ++y) {
            change[flow.moved(i, l, s.of(i)[l], y)] += p[i] * u[l * v + y];
            if (y == s.of(i)[l]) continue;
            double mean = 0;
            for (const TokenPair& pair : s.pairs)
              mean += pair.weight * flow.sequence(t, s.of(i), pair) / p[i] *
                      metric_rate_of_pair(flow, t, s.of(i)[l], y, l, pair);
            residual.compare(u[l * v + y], mean);
          }
        }
      }
      residual.compare(change, s.distribution_slope(t));
    }
  }
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

// Compares the bound of the exact posterior, from the library's loss, with the sum over the rates,
// both integrated over t. The bound must not be below -ln p_1.
double metric_elbo(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : metric_flows()) {
    const States s(flow);
    const Posterior p = oracle_posterior(std::make_shared<TokenOracle>(flow.oracle()));
    const int length = flow.length();
    for (std::size_t k = 0; k < s.pairs.size(); k += 3) {
      const TokenPair& pair = s.pairs[k];
      const std::span<const int> x1{pair.x1, static_cast<std::size_t>(length)};
      const auto mean = [&](const auto& divergence) {
        return over_time([&](double t) {
          double sum = 0;
          for (int i = 0; i < s.count(); ++i) {
            const double here = flow.sequence(t, s.of(i), pair);
            if (here > 1e-30) sum += here * divergence(t, i);
          }
          return sum;
        });
      };
      const double bound = mean([&](double t, int i) {
        Tape tape;
        const TokenSample sample{tape.input({1, 1}, {t}), s.row(i), x1, length};
        return length * generalised_kl_loss(p, flow.path, sample).item();
      });
      const double summed = mean([&](double t, int i) {
        return metric_rate_divergence(s, t, i, pair, posterior_by_pairs(s, t, i));
      });
      residual.compare(bound, summed);
      residual.compare(std::min(bound, -std::log(pair.weight)), -std::log(pair.weight));
    }
  }
  return residual.worst();
}

}  // namespace pushforward::equations
