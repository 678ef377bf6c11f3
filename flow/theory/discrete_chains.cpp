// Checks of chains of tokens in continuous time: the rates that samplers use and the forward
// equation that they solve. The library's side of each equation is the oracle
// (flow/discrete/oracle.h) and its rates. The independent side sums probabilities over pairs of a
// source row and a data row.
#define PUSHFORWARD_REAL 64
#include <functional>

#include "flow/discrete/rates.h"
#include "flow/discrete/step.h"
#include "flow/theory/checks.h"
#include "flow/theory/states.h"

namespace pushforward::equations {
namespace {

// Writes to u the rates at which position l of sequence number i jumps to each state.
using TokenRates = std::function<void(int i, int l, std::span<double> u)>;

// Returns the right-hand side of the forward equation, sum_x p(x) u(y | x) for each sequence y,
// where the rates u change one token at a time.
Numbers flux(const States& s, const Numbers& p, const TokenRates& rates) {
  Numbers out(p.size(), 0.), u(s.flow.path.states());
  for (int i = 0; i < s.count(); ++i) {
    if (p[i] == 0) continue;
    for (int l = 0; l < s.flow.length(); ++l) {
      rates(i, l, u);
      const int x = s.of(i)[l];
      for (int y = 0; y < s.flow.path.states(); ++y) out[s.flow.moved(i, l, x, y)] += p[i] * u[y];
    }
  }
  return out;
}

std::span<const double> position_row(const Numbers& table, int l, int width) {
  return {table.data() + static_cast<std::size_t>(l) * width, static_cast<std::size_t>(width)};
}

}  // namespace

// The distribution p_t alone does not determine how sequences change in time, but the pairs of
// source and data rows do. Given a pair, a token that still has its source value gets its data
// value between t and t + h with probability kappa.jump(t, t + h). The probability of a sequence at
// time t + h given one at time t has a derivative at h = 0, which must be the marginal rate.
double markov_chain(double wrong) {
  Residual residual(wrong);
  const double h = 5e-4;
  for (const SmallFlow& flow : every_flow()) {
    const States s(flow);
    const double t = 0.4;
    const Numbers p = s.distribution(t);
    // Returns the probability of sequence `to` at time `later`, given sequence `from` at time t.
    const auto reaches = [&](int from, int to, double later) {
      const double jump = flow.path.kappa.jump(t, later);
      double together = 0;
      for (const TokenPair& pair : s.pairs) {
        double chance = pair.weight * flow.sequence(t, s.of(from), pair);
        for (int l = 0; l < flow.length(); ++l) {
          const int x = s.of(from)[l], y = s.of(to)[l];
          chance *= (1 - jump) * (y == x) + jump * (y == pair.x1[l]);
        }
        together += chance;
      }
      return together / p[from];
    };
    for (int i = 0; i < s.count(); i += 2) {
      if (p[i] == 0) continue;
      const Numbers u = s.oracle.rates(t, s.row(i));
      Numbers expected(s.count(), 0.);
      for (int l = 0; l < flow.length(); ++l)
        for (int y = 0; y < flow.path.states(); ++y)
          expected[flow.moved(i, l, s.of(i)[l], y)] += u[l * flow.path.states() + y];
      for (int j = 0; j < s.count(); ++j) {
        const auto f = [&](int k) { return reaches(i, j, t + k * h); };
        residual.compare(expected[j],
                         (-25 * f(0) + 48 * f(1) - 36 * f(2) + 16 * f(3) - 3 * f(4)) / (12 * h));
      }
    }
  }
  return residual.worst();
}

// Compares the two sides of the Kolmogorov forward equation at every sequence of every flow: the
// flux of the oracle's rates, and the time derivative of the distribution.
double kolmogorov(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : every_flow()) {
    const States s(flow);
    const int states = flow.path.states();
    for (double t : kTokenTimes) {
      const Numbers p = s.distribution(t);
      const Numbers change = flux(s, p, [&](int i, int l, std::span<double> u) {
        const Numbers rates = s.oracle.rates(t, s.row(i));
        std::copy_n(&rates[l * states], states, u.begin());
      });
      residual.compare(change, s.distribution_slope(t));
    }
  }
  return residual.worst();
}

// The distribution of the chain with the rates that samplers use, integrated from p_0 by the
// classic Runge-Kutta method, must be p_t.
double token_chain(double wrong) {
  Residual residual;
  for (const Kappa& kappa : {linear_kappa(), sine_squared_kappa()}) {
    for (const SmallFlow& flow : small_flows(kappa)) {
      if (flow.length() != 2 || flow.path.source == SourceKind::data) continue;
      const States s(flow);
      const int v = flow.path.vocabulary;
      const auto change = [&](double t, const Numbers& p) {
        return flux(s, p, [&](int i, int l, std::span<double> u) {
          const Numbers posterior = s.oracle.posterior(t, s.row(i));
          forward_rates(flow.path, t, position_row(posterior, l, v), s.of(i)[l], u);
          for (double& rate : u) rate *= 1 + wrong;
        });
      };
      Numbers p = s.distribution(0);
      const int steps = 200;
      const double h = 0.7 / steps;
      const auto ahead = [&](const Numbers& slope, double by) {
        Numbers at = p;
        for (std::size_t i = 0; i < at.size(); ++i) at[i] += by * slope[i];
        return at;
      };
      for (int k = 0; k < steps; ++k) {
        const double t = k * h;
        const Numbers a = change(t, p), b = change(t + h / 2, ahead(a, h / 2)),
                      c = change(t + h / 2, ahead(b, h / 2)), d = change(t + h, ahead(c, h));
        for (std::size_t i = 0; i < p.size(); ++i)
          p[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
      }
      residual.compare(p, s.distribution(0.7));
    }
  }
  return residual.worst();
}

// Corrector rates must not change the result of the forward equation, and the balanced corrector
// must be the sum of forward and backward rates.
double corrector(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : every_flow()) {
    if (flow.path.source == SourceKind::data) continue;
    const States s(flow);
    const int states = flow.path.states(), v = flow.path.vocabulary;
    const Corrector stirring{Corrector::Kind::bump, 3}, balanced{Corrector::Kind::balanced, 1};
    for (double t : kTokenTimes) {
      const Numbers p = s.distribution(t);
      Numbers forward(states), backward(states);
      const Numbers change = flux(s, p, [&](int i, int l, std::span<double> u) {
        const Numbers posterior = s.oracle.posterior(t, s.row(i));
        const int x = s.of(i)[l];
        forward_rates(flow.path, t, position_row(posterior, l, v), x, forward);
        backward_rates(flow.path, t, x, backward);
        corrector_rates(flow.path, balanced, t, position_row(posterior, l, v), x, u);
        for (int y = 0; y < states; ++y) residual.compare(u[y], forward[y] + backward[y]);
        corrector_rates(flow.path, stirring, t, position_row(posterior, l, v), x, u);
        for (int y = 0; y < states; ++y) u[y] += forward[y];
      });
      residual.compare(change, s.distribution_slope(t));
    }
  }
  return residual.worst();
}

// The rates of the corrector `exchange` must be in detailed balance with p_t(. | x1), their flux must
// not change p_t, and a step of the kernel with it must take p_t(. | x1) to p_{t+h}(. | x1).
double exchange(double wrong) {
  Residual residual(wrong);
  const Corrector swaps{Corrector::Kind::exchange, 0.8};
  for (const SmallFlow& flow : every_flow()) {
    if (flow.path.source != SourceKind::uniform) continue;
    const States s(flow);
    const int v = flow.path.vocabulary;
    for (double t : kTokenTimes) {
      const Numbers p = s.distribution(t);
      Numbers forward(v);
      const Numbers change = flux(s, p, [&](int i, int l, std::span<double> u) {
        const Numbers posterior = s.oracle.posterior(t, s.row(i));
        forward_rates(flow.path, t, position_row(posterior, l, v), s.of(i)[l], forward);
        corrector_rates(flow.path, swaps, t, position_row(posterior, l, v), s.of(i)[l], u);
        for (int y = 0; y < v; ++y) u[y] += forward[y];
      });
      residual.compare(change, s.distribution_slope(t));
    }
    for (const TokenPair& pair : s.pairs) {
      Numbers sure(v, 0.);
      sure[pair.x1[0]] = 1;
      for (double t : kTokenTimes) {
        const TokenStep step(flow.path, CtmcMethod::kernel, swaps, t, t + 0.1);
        Numbers next(v, 0.);
        for (int x = 0; x < v; ++x) {
          const double here = flow.token(t, x, 0, pair);
          const Numbers away = corrector_rates(flow.path, swaps, t, sure, x),
                        moved = step.distribution(x, pair.x1[0]);
          for (int y = 0; y < v; ++y) {
            next[y] += here * moved[y];
            if (y == x) continue;
            const Numbers back = corrector_rates(flow.path, swaps, t, sure, y);
            residual.compare(here * away[y], flow.token(t, y, 0, pair) * back[x]);
          }
        }
        for (int y = 0; y < v; ++y) residual.compare(next[y], flow.token(t + 0.1, y, 0, pair));
      }
    }
  }
  return residual.worst();
}

}  // namespace pushforward::equations
