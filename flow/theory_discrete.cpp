// Tokens: chains in continuous time, mixture paths, and the rates that generate them. The engine's
// side is the oracle, the rates and the steps that samplers take; the other side adds up
// probabilities pair by pair.
#define PUSHFORWARD_REAL 64
#include <boost/math/quadrature/gauss.hpp>
#include <functional>

#include "flow/theory_checks.h"
#include "flow/theory_tokens.h"
#include "flow/theory_tools.h"
#include "flow/token_rates.h"
#include "flow/token_step.h"

namespace pushforward::equations {
namespace {

const Numbers kTimes{0.2, 0.5, 0.8};

// All flows of every kappa.
std::vector<SmallFlow> every_flow() {
  std::vector<SmallFlow> all;
  for (const Kappa& kappa : all_kappas())
    for (SmallFlow& flow : small_flows(kappa)) all.push_back(std::move(flow));
  return all;
}

// A flow's oracle with the sequences it can be in.
struct States {
  explicit States(const SmallFlow& f)
      : flow(f), oracle(f.oracle()), all(oracle.all_states()), pairs(f.pairs()) {}

  int count() const { return static_cast<int>(all.size()) / flow.length(); }
  const int* of(int i) const { return all.data() + static_cast<std::size_t>(i) * flow.length(); }
  std::span<const int> row(int i) const { return {of(i), static_cast<std::size_t>(flow.length())}; }
  // p_t of all sequences, pair by pair.
  Numbers law(double t) const {
    Numbers p(count(), 0.);
    for (int i = 0; i < count(); ++i)
      for (const TokenPair& pair : pairs) p[i] += pair.weight * flow.sequence(t, of(i), pair);
    return p;
  }
  // Its slope in t, by differences.
  Numbers law_slope(double t) const {
    const double h = 1e-3;
    const Numbers a = law(t - 2 * h), b = law(t - h), c = law(t + h), d = law(t + 2 * h);
    Numbers out;
    for (std::size_t i = 0; i < a.size(); ++i)
      out.push_back((a[i] - 8 * b[i] + 8 * c[i] - d[i]) / (12 * h));
    return out;
  }

  const SmallFlow& flow;
  TokenOracle oracle;
  std::vector<int> all;
  std::vector<TokenPair> pairs;
};

// The right-hand side of the forward equation, sum_x p(x) u(y | x), u changing one token at a time:
// `rates(i, l, u)` writes those of place l of sequence i (states).
using TokenRates = std::function<void(int i, int l, std::span<double> u)>;

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

std::span<const double> place(const Numbers& table, int l, int width) {
  return {table.data() + static_cast<std::size_t>(l) * width, static_cast<std::size_t>(width)};
}

}  // namespace

// What p_t is says nothing of how sequences move. The pairs do: given one, tokens jump with
// probability jump(t, t + h). Two times of that process have a law together, whose slope at h = 0
// is the rate of the chain that knows x only.
double markov_chain(double wrong) {
  Residual residual;
  const double h = 5e-4;
  for (const SmallFlow& flow : every_flow()) {
    const States s(flow);
    const double t = 0.4;
    const Numbers p = s.law(t);
    // P(x_{t+h} = y | x_t = x)
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
          expected[flow.moved(i, l, s.of(i)[l], y)] += (1 + wrong) * u[l * flow.path.states() + y];
      for (int j = 0; j < s.count(); ++j) {
        const auto f = [&](int k) { return reaches(i, j, t + k * h); };
        residual.compare(expected[j],
                         (-25 * f(0) + 48 * f(1) - 36 * f(2) + 16 * f(3) - 3 * f(4)) / (12 * h));
      }
    }
  }
  return residual.worst();
}

// Both sides at every sequence of every flow.
double kolmogorov(double wrong) {
  Residual residual;
  for (const SmallFlow& flow : every_flow()) {
    const States s(flow);
    const int states = flow.path.states();
    for (double t : kTimes) {
      const Numbers p = s.law(t);
      const Numbers change = flux(s, p, [&](int i, int l, std::span<double> u) {
        const Numbers rates = s.oracle.rates(t, s.row(i));
        for (int y = 0; y < states; ++y) u[y] = (1 + wrong) * rates[l * states + y];
      });
      residual.compare(change, s.law_slope(t));
    }
  }
  return residual.worst();
}

// The chain of the rates the samplers take, its law carried from p_0 by the classic Runge-Kutta
// method, arrives at p_t.
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
          forward_rates(flow.path, t, place(posterior, l, v), s.of(i)[l], u);
          for (double& rate : u) rate *= 1 + wrong;
        });
      };
      Numbers p = s.law(0);
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
      residual.compare(p, s.law(0.7));
    }
  }
  return residual.worst();
}

// The oracle of one pair, against the sum over which tokens have jumped.
double mixture_path(double wrong) {
  Residual residual;
  for (const SmallFlow& flow : every_flow()) {
    const States s(flow);
    const int length = flow.length();
    for (const TokenPair& pair : {s.pairs.front(), s.pairs.back()}) {
      const TokenTable ends{length, {pair.x1, pair.x1 + length}, {}, {}};
      const TokenOracle oracle =
          pair.x0
              ? TokenOracle(flow.path, {length, {pair.x0, pair.x0 + length}, {}, {}}, ends, true)
              : TokenOracle(flow.path, ends);
      for (double t : kTimes) {
        const double kappa = flow.path.kappa(t);
        const Numbers p = oracle.marginal(t);
        for (int i = 0; i < s.count(); ++i) {
          double sum = 0;
          for (int jumped = 0; jumped < 1 << length; ++jumped) {
            double chance = 1;
            for (int l = 0; l < length; ++l) {
              const int x = s.of(i)[l];
              chance *= jumped >> l & 1 ? kappa * (x == pair.x1[l])
                                        : (1 - kappa) * flow.begin(x, l, pair);
            }
            sum += chance;
          }
          residual.compare((1 + wrong) * p[i], sum);
        }
      }
    }
  }
  return residual.worst();
}

// A posterior that is sure of x1 gives the rates of one token given its pair; they solve the
// forward equation of p_t(. | x0, x1), the differences being those of kappa.
double conditional_rate(double wrong) {
  Residual residual;
  for (const SmallFlow& flow : every_flow()) {
    const int states = flow.path.states();
    const TokenPair pair = flow.pairs().back();
    Numbers sure(flow.path.vocabulary, 0.), u(states);
    sure[pair.x1[0]] = 1;
    for (double t : kTimes) {
      Numbers change(states, 0.);
      for (int x = 0; x < states; ++x) {
        const double p = flow.token(t, x, 0, pair);
        if (p == 0) continue;
        forward_rates(flow.path, t, sure, x, u);
        for (int y = 0; y < states; ++y) change[y] += p * (1 + wrong) * u[y];
      }
      for (int y = 0; y < states; ++y)
        residual.compare(change[y],
                         slope([&](double at) { return flow.token(at, y, 0, pair); }, t, 1e-3));
    }
  }
  return residual.worst();
}

// The conditional rates of all pairs, averaged by how likely each is where the sequence is.
double marginal_rate(double wrong) {
  Residual residual;
  for (const SmallFlow& flow : every_flow()) {
    const States s(flow);
    const int states = flow.path.states();
    for (double t : kTimes) {
      const Numbers p = s.law(t);
      for (int i = 0; i < s.count(); ++i) {
        if (p[i] == 0) continue;
        const Numbers u = s.oracle.rates(t, s.row(i));
        for (int l = 0; l < flow.length(); ++l) {
          for (int y = 0; y < states; ++y) {
            double mean = 0;
            for (const TokenPair& pair : s.pairs)
              mean += pair.weight * flow.sequence(t, s.of(i), pair) / p[i] *
                      flow.path.kappa.hazard(t) * ((y == pair.x1[l]) - (y == s.of(i)[l]));
            residual.compare((1 + wrong) * u[l * states + y], mean);
          }
        }
      }
    }
  }
  return residual.worst();
}

// The law of a step by the kernel: against the integral of the hazard, and, a corrector at work,
// two steps against one.
double exact_kernel(double wrong) {
  Residual residual;
  for (const Kappa& kappa : all_kappas()) {
    for (const auto& [from, to] : {std::pair{0.1, 0.3}, {0.45, 0.5}, {0.2, 0.9}}) {
      const auto hazard = [&](double t) { return kappa.hazard(t); };
      const double total = boost::math::quadrature::gauss<double, 40>::integrate(hazard, from, to);
      residual.compare((1 + wrong) * kappa.jump(from, to), -std::expm1(-total));
    }
    for (SourceKind source : {SourceKind::mask, SourceKind::uniform}) {
      const TokenPath path{kappa, source, 3};
      const int n = path.states();
      const auto law = [&](double from, double to, int x) {
        Numbers p(n);
        TokenStep(path, CtmcMethod::kernel, {Corrector::Kind::balanced, 0.7}, from, to)
            .law(x, 1, p);
        return p;
      };
      for (int x : {1, n - 1}) {  // where a token with x1 = 1 can be
        Numbers twice(n, 0.);
        const Numbers first = law(0.3, 0.5, x);
        for (int between : {0, 1, 2, 3}) {
          if (between >= n || first[between] == 0) continue;
          const Numbers second = law(0.5, 0.8, between);
          for (int y = 0; y < n; ++y) twice[y] += first[between] * second[y];
        }
        for (double& one : twice) one *= 1 + wrong;
        residual.compare(twice, law(0.3, 0.8, x));
      }
    }
  }
  return residual.worst();
}

// Stirring leaves the forward equation's answer as it is; and a stirring of the balanced strength
// is a step forward and one backward.
double corrector(double wrong) {
  Residual residual;
  for (const SmallFlow& flow : every_flow()) {
    if (flow.path.source == SourceKind::data) continue;
    const States s(flow);
    const int states = flow.path.states(), v = flow.path.vocabulary;
    const Corrector stirring{Corrector::Kind::bump, 3}, balanced{Corrector::Kind::balanced, 1};
    for (double t : kTimes) {
      const Numbers p = s.law(t);
      Numbers forward(states), backward(states);
      const Numbers change = flux(s, p, [&](int i, int l, std::span<double> u) {
        const Numbers posterior = s.oracle.posterior(t, s.row(i));
        const int x = s.of(i)[l];
        forward_rates(flow.path, t, place(posterior, l, v), x, forward);
        backward_rates(flow.path, t, x, backward);
        corrector_rates(flow.path, balanced, t, place(posterior, l, v), x, u);
        for (int y = 0; y < states; ++y)
          residual.compare((1 + wrong) * u[y], forward[y] + backward[y]);
        corrector_rates(flow.path, stirring, t, place(posterior, l, v), x, u);
        for (int y = 0; y < states; ++y) u[y] = (1 + wrong) * (u[y] + forward[y]);
      });
      residual.compare(change, s.law_slope(t));
    }
  }
  return residual.worst();
}

}  // namespace pushforward::equations
