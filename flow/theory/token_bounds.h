// Tools for the checks of paths whose rates are not those of the mixture path: the posterior by Bayes'
// rule, the forward equation, and the bound on the likelihood, for rates that are given as a function.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>

#include "flow/discrete/exact_posterior.h"
#include "flow/discrete/loss.h"
#include "flow/theory/states.h"

namespace pushforward::equations {

// Returns the posterior (L, V) of sequence number i, by Bayes' rule over all pairs.
inline Numbers posterior_by_pairs(const States& s, double t, int i) {
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

// Compares the oracle's distribution with that of the pairs, and its posterior with Bayes' rule.
inline void compare_law(const SmallFlow& flow, Residual& residual) {
  const States s(flow);
  for (double t : kTokenTimes) {
    residual.compare(s.oracle.marginal(t), s.distribution(t));
    for (int i = 0; i < s.count(); ++i)
      residual.compare(s.oracle.posterior(t, s.row(i)), posterior_by_pairs(s, t, i));
  }
}

// Compares the flux of the oracle's rates with the time derivative of p_t, and these rates with the
// mean of the rates rate(t, x, y, position, pair) given the pair.
template <class Rate>
void compare_rates(const SmallFlow& flow, const Rate& rate, Residual& residual) {
  const States s(flow);
  const int states = flow.path.states();
  for (double t : kTokenTimes) {
    const Numbers p = s.distribution(t);
    Numbers change(p.size(), 0.);
    for (int i = 0; i < s.count(); ++i) {
      const Numbers u = s.oracle.rates(t, s.row(i));
      for (int l = 0; l < flow.length(); ++l) {
        for (int y = 0; y < states; ++y) {
          change[flow.moved(i, l, s.of(i)[l], y)] += p[i] * u[l * states + y];
          if (y == s.of(i)[l]) continue;
          double mean = 0;
          for (const TokenPair& pair : s.pairs)
            mean += pair.weight * flow.sequence(t, s.of(i), pair) / p[i] *
                    rate(t, s.of(i)[l], y, l, pair);
          residual.compare(u[l * states + y], mean);
        }
      }
    }
    residual.compare(change, s.distribution_slope(t));
  }
}

// Returns the divergence of the rates given the pair from the mean rates of a posterior (L, V), at
// sequence number i.
template <class Rate>
double divergence_of_rates(const States& s, double t, int i, const TokenPair& pair,
                           const Numbers& posterior, const Rate& rate) {
  const SmallFlow& flow = s.flow;
  const int v = flow.path.vocabulary;
  double sum = 0;
  for (int l = 0; l < flow.length(); ++l) {
    for (int y = 0; y < flow.path.states(); ++y) {
      if (y == s.of(i)[l]) continue;
      double learnt = 0;
      for (int x1 = 0; x1 < v; ++x1) {
        const std::vector<int> data(static_cast<std::size_t>(flow.length()), x1);
        learnt += posterior[l * v + x1] * rate(t, s.of(i)[l], y, l, {1, nullptr, data.data()});
      }
      const double given = rate(t, s.of(i)[l], y, l, pair);
      sum += learnt - given + (given > 1e-100 ? given * std::log(given / learnt) : 0);
    }
  }
  return sum;
}

// Returns the integral of f over t from 0 to 1 - 1e-7, for an f whose integral over ln(t / (1 - t)) has
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
    // Nearer to t = 1, the digits of 1 - t are lost, and the part of the integral is below 1e-6.
    if (t > 0 && 1 - t > 1e-7 && width > 1e-300) sum += 8. / steps * width * f(t);
  }
  return sum;
}

// Compares the bound of the exact posterior, from the library's loss, with the sum over the rates,
// both integrated over t, for every third pair of a mask or uniform source. The bound must not be
// below -ln p_1.
template <class Rate>
void compare_bound(const SmallFlow& flow, const Rate& rate, Residual& residual) {
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
      return divergence_of_rates(s, t, i, pair, posterior_by_pairs(s, t, i), rate);
    });
    residual.compare(bound, summed);
    residual.compare(std::min(bound, -std::log(pair.weight)), -std::log(pair.weight));
  }
}

}  // namespace pushforward::equations
