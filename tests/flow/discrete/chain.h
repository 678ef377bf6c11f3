// Computes the exact distribution of a token sampler as a product of transition matrices over all
// sequences. The matrices use exact posteriors and a second implementation of each scheme's
// formula.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "autograd/tensor/check.h"
#include "flow/discrete/step.h"
#include "flow/theory/tokens.h"

namespace pushforward {

// Returns the small flow with this name. In the flows "rows, ...", source and data both contain
// every sequence and are independent.
inline equations::SmallFlow flow_named(const std::string& name, const Kappa& kappa) {
  using namespace equations;
  std::vector<SmallFlow> flows = small_flows(kappa);
  const auto rows = [&](const char* size, int vocabulary, int length) {
    flows.push_back({std::string("rows, ") + size,
                     {kappa, SourceKind::data, vocabulary},
                     uneven_distribution(vocabulary, length),
                     uneven_distribution(vocabulary, length, 1.7)});
  };
  rows("one token of 5", 5, 1);
  rows("two of 3", 3, 2);
  rows("three of 2", 2, 3);
  rows("one token of 3", 3, 1);
  rows("two of 2", 2, 2);
  for (const SmallFlow& flow : metric_flows()) flows.push_back(flow);
  for (const SmallFlow& flow : three_part_flows()) flows.push_back(flow);
  for (const SmallFlow& flow : flows)
    if (flow.name == name) return flow;
  detail::fail("test", "there is no flow \"", name, "\"");
}

struct Scheme {
  CtmcMethod method = CtmcMethod::kernel;
  Corrector corrector{};
  Remasking remasking{};
};

// Returns the distribution at time `to` of a token on a metric-induced path that is in state x at
// time `from`, if x1 was drawn for it from the posterior.
inline std::vector<double> metric_token_distribution(const TokenMetric& metric, CtmcMethod method,
                                                     double from, double to, int x, int x1) {
  const int v = metric.vocabulary();
  const auto law = [&](double t) {
    const double beta = metric.c() * std::pow(t / (1 - t), metric.a());
    std::vector<double> p(v);
    double sum = 0;
    for (int y = 0; y < v; ++y) sum += p[y] = std::exp(-beta * metric.distance(y, x1));
    for (double& one : p) one /= sum;
    return p;
  };
  std::vector<double> next(v, 0.);
  if (to == 1) {
    next[x1] = 1;
    return next;
  }
  const std::vector<double> p = law(from);
  if (method == CtmcMethod::kernel) {
    const std::vector<double> q = law(to);
    double gain = 0;
    for (int y = 0; y < v; ++y) gain += q[y] > p[y] ? q[y] - p[y] : 0;
    const double stay = q[x] < p[x] ? q[x] / p[x] : 1;
    for (int y = 0; y < v && stay < 1; ++y)
      next[y] = (1 - stay) * (q[y] > p[y] ? q[y] - p[y] : 0) / gain;
    next[x] += stay;
    return next;
  }
  const double odds = from / (1 - from), slope = metric.c() * metric.a() *
                                                 std::pow(odds, metric.a() - 1) /
                                                 ((1 - from) * (1 - from));
  double lambda = 0;
  for (int y = 0; y < v; ++y) {
    const double nearer = metric.distance(x, x1) - metric.distance(y, x1);
    if (nearer > 0) lambda += next[y] = slope * p[y] * nearer;
  }
  const double h = to - from,
               jumps = method == CtmcMethod::euler ? -std::expm1(-h * lambda) : h * lambda;
  for (int y = 0; y < v && lambda > 0; ++y) next[y] *= jumps / lambda;
  next[x] = 1 - jumps;
  return next;
}

// Scales the rates of jumps p from state x, and sets p[x], so that p is the distribution after a step
// of length h with these rates.
inline void take_jumps(CtmcMethod method, double h, int x, std::vector<double>& p) {
  p[x] = 0;
  double lambda = 0;
  for (const double rate : p) lambda += rate;
  const double jumps = method == CtmcMethod::euler ? -std::expm1(-h * lambda) : h * lambda;
  for (double& rate : p) rate *= lambda > 0 ? jumps / lambda : 0;
  p[x] = 1 - jumps;
}

// The same on a three-part path. The kernel is a token that is drawn again at the times of a Poisson
// process: given that it is, the last draw decides.
inline std::vector<double> three_part_distribution(const TokenPath& path, CtmcMethod method,
                                                   double from, double to, int x, int x1) {
  std::vector<double> p(path.states(), 0.);
  const double q = path.noise, k = path.kappa(from), next = path.kappa(to), v = path.vocabulary;
  if (method == CtmcMethod::kernel) {
    const double kept = (1 - next) / (1 - k),
                 data = std::pow(next, 1 + q) - kept * std::pow(k, 1 + q);
    for (int y = 0; y < path.vocabulary; ++y) p[y] = data * (y == x1) + (1 - kept - data) / v;
    p[x] += kept;
    return p;
  }
  const double slope = path.kappa.slope(from), data_slope = (1 + q) * std::pow(k, q) * slope,
               leave = slope / (1 - k);
  for (int y = 0; y < path.vocabulary; ++y)
    p[y] = (data_slope + std::pow(k, 1 + q) * leave) * (y == x1) +
           (slope - data_slope + (k - std::pow(k, 1 + q)) * leave) / v;
  take_jumps(method, to - from, x, p);
  return p;
}

// The same with the corrector `exchange`. The kernel is a jump of the path, and then the transition
// of the chain of the corrector's rates at `to`, as a product of many short steps' matrices.
inline std::vector<double> exchange_distribution(const TokenPath& path, const Corrector& corrector,
                                                 CtmcMethod method, double from, double to, int x,
                                                 int x1) {
  const int v = path.vocabulary;
  const double eta = corrector.scale;
  const auto ratio = [&](double t) {
    return (path.kappa(t) + (1 - path.kappa(t)) / v) / ((1 - path.kappa(t)) / v);
  };
  std::vector<double> p(v, 0.);
  if (method != CtmcMethod::kernel) {
    for (int y = 0; y < v; ++y)
      p[y] = y == x1 ? path.kappa.hazard(from) + eta * ratio(from) : eta * (x == x1);
    take_jumps(method, to - from, x, p);
    return p;
  }
  const double jump = (path.kappa(to) - path.kappa(from)) / (1 - path.kappa(from));
  p[x] = 1 - jump;
  p[x1] += jump;
  // exp(h Q) by the Taylor series of a part of the step, which is then squared.
  const double back = eta * ratio(to);
  double h = to - from;
  int squares = 0;
  for (; h * (back + eta * v) > 0.25; ++squares) h /= 2;
  std::vector<double> q(v * v, 0.), power(v * v, 0.), step(v * v, 0.);
  for (int a = 0; a < v; ++a)
    for (int b = 0; b < v; ++b) {
      const double rate = a == b ? 0 : b == x1 ? back : a == x1 ? eta : 0;
      q[a * v + b] += rate * h;
      q[a * v + a] -= rate * h;
    }
  const auto times = [v](const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> c(v * v, 0.);
    for (int i = 0; i < v; ++i)
      for (int k = 0; k < v; ++k)
        for (int j = 0; j < v; ++j) c[i * v + j] += a[i * v + k] * b[k * v + j];
    return c;
  };
  for (int a = 0; a < v; ++a) power[a * v + a] = step[a * v + a] = 1;
  for (int n = 1; n < 15; ++n) {
    power = times(power, q);
    for (double& one : power) one /= n;
    for (int k = 0; k < v * v; ++k) step[k] += power[k];
  }
  for (int n = 0; n < squares; ++n) step = times(step, step);
  std::vector<double> out(v, 0.);
  for (int a = 0; a < v; ++a)
    for (int b = 0; b < v; ++b) out[b] += p[a] * step[a * v + b];
  return out;
}

// Returns the distribution at time `to` of a token that is in state x at time `from`, if x1 was
// drawn for it from the posterior. With SourceKind::data there is no corrector, because it would
// need p_t(. | x1) in closed form.
inline std::vector<double> token_distribution(const TokenPath& path, const Scheme& scheme,
                                              double from, double to, int x, int x1) {
  if (path.metric) return metric_token_distribution(*path.metric, scheme.method, from, to, x, x1);
  const int states = path.states();
  std::vector<double> p(states, 0.);
  const auto given = [&](double t, int y) {  // p_t(y | x1)
    const double source =
        path.source == SourceKind::mask ? double(y == path.vocabulary) : 1. / path.vocabulary;
    return path.kappa(t) * (y == x1) + (1 - path.kappa(t)) * source;
  };
  if (to == 1) {
    p[x1] = 1;
    return p;
  }
  if (path.noise > 0) return three_part_distribution(path, scheme.method, from, to, x, x1);
  if (scheme.corrector.kind == Corrector::Kind::exchange)
    return exchange_distribution(path, scheme.corrector, scheme.method, from, to, x, x1);
  if (scheme.remasking.kind != Remasking::Kind::none) {
    // The posterior of ReMDM: q(z_s | z_t, x) for z_t = x and for z_t = mask.
    const double sigma = scheme.remasking.share(path.kappa, from, to), known = path.kappa(from),
                 next = path.kappa(to);
    const double stays = x == path.vocabulary ? (1 - next - sigma * known) / (1 - known) : sigma;
    p[path.vocabulary] = stays;
    p[x1] = 1 - stays;
    return p;
  }
  if (scheme.method == CtmcMethod::kernel) {
    const double jump = (path.kappa(to) - path.kappa(from)) / (1 - path.kappa(from));
    const double anew = scheme.corrector.redraw(path.kappa, from, to);
    for (int y = 0; y < states; ++y)
      p[y] = (1 - anew) * ((1 - jump) * (y == x) + jump * (y == x1)) +
             (anew > 0 ? anew * given(to, y) : 0);
    return p;
  }
  const double hazard = path.kappa.slope(from) / (1 - path.kappa(from)), h = to - from,
               eta = scheme.corrector.eta(path.kappa, from);
  double lambda = 0;
  for (int y = 0; y < states; ++y) {
    if (y == x) continue;
    p[y] = hazard * (y == x1) + (eta > 0 ? eta * given(from, y) : 0);
    lambda += p[y];
  }
  const double jumps = scheme.method == CtmcMethod::euler ? -std::expm1(-h * lambda) : h * lambda;
  for (int y = 0; y < states && lambda > 0; ++y) p[y] *= jumps / lambda;
  p[x] = 1 - jumps;
  return p;
}

// The Markov chain of a scheme, whose states are all sequences of a flow.
class Chain {
 public:
  Chain(const equations::SmallFlow& flow, Scheme scheme)
      : flow_(flow), scheme_(scheme), oracle_(flow.oracle()), all_(oracle_.all_states()) {}

  int count() const { return static_cast<int>(all_.size()) / flow_.length(); }
  const TokenOracle& oracle() const { return oracle_; }

  // Returns the probabilities P(y | x) that sequence x at time `from` becomes sequence y at time
  // `to`, as a matrix (count, count). Positions of a sequence move independently, each with its own
  // x1.
  std::vector<double> transitions(double from, double to) const {
    const int n = count(), length = flow_.length(), states = flow_.path.states(),
              v = flow_.path.vocabulary;
    std::vector<double> matrix(static_cast<std::size_t>(n) * n), by_position(length * states);
    for (int i = 0; i < n; ++i) {
      const int* x = all_.data() + static_cast<std::size_t>(i) * length;
      const std::vector<double> posterior =
          oracle_.posterior(from, std::span(x, static_cast<std::size_t>(length)));
      for (int l = 0; l < length; ++l) {
        for (int y = 0; y < states; ++y) by_position[l * states + y] = 0;
        for (int x1 = 0; x1 < v; ++x1) {
          if (posterior[l * v + x1] == 0) continue;
          const std::vector<double> p = token_distribution(flow_.path, scheme_, from, to, x[l], x1);
          for (int y = 0; y < states; ++y)
            by_position[l * states + y] += posterior[l * v + x1] * p[y];
        }
      }
      for (int j = 0; j < n; ++j) {
        double p = 1;
        for (int l = 0; l < length; ++l)
          p *= by_position[l * states + all_[static_cast<std::size_t>(j) * length + l]];
        matrix[static_cast<std::size_t>(i) * n + j] = p;
      }
    }
    return matrix;
  }

  // Returns the distribution of the chain at the last of `times`. It starts from the exact
  // distribution at the first of them.
  std::vector<double> propagate(std::span<const double> times) const {
    std::vector<double> p = oracle_.marginal(times.front());
    for (std::size_t k = 0; k + 1 < times.size(); ++k) {
      const std::vector<double> matrix = transitions(times[k], times[k + 1]);
      std::vector<double> next(p.size(), 0.);
      for (std::size_t i = 0; i < p.size(); ++i)
        for (std::size_t j = 0; j < p.size(); ++j) next[j] += p[i] * matrix[i * p.size() + j];
      p = next;
    }
    return p;
  }

 private:
  const equations::SmallFlow& flow_;
  Scheme scheme_;
  TokenOracle oracle_;
  std::vector<int> all_;
};

// Returns the total variation distance of two distributions, half the sum of |a_i - b_i|.
inline double total_variation(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum / 2;
}

}  // namespace pushforward
