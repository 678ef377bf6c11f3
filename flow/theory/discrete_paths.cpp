// Checks of the mixture path of tokens, the rates that generate it, and a step along it. The
// library's side of each equation is the oracle (flow/discrete/oracle.h), the rates and the steps
// that samplers take. The independent side sums probabilities over pairs of a source row and a data
// row.
#define PUSHFORWARD_REAL 64
#include <boost/math/quadrature/gauss.hpp>

#include "flow/discrete/rates.h"
#include "flow/discrete/step.h"
#include "flow/theory/checks.h"
#include "flow/theory/states.h"

namespace pushforward::equations {

// Compares the oracle of one pair of rows (one source row, one data row) with the sum over all sets
// of positions whose tokens may have jumped to the data's.
double mixture_path(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : every_flow()) {
    const States s(flow);
    const int length = flow.length();
    for (const TokenPair& pair : {s.pairs.front(), s.pairs.back()}) {
      const TokenTable ends{length, {pair.x1, pair.x1 + length}, {}, {}};
      const TokenOracle oracle =
          pair.x0
              ? TokenOracle(flow.path, {length, {pair.x0, pair.x0 + length}, {}, {}}, ends, true)
              : TokenOracle(flow.path, ends);
      for (double t : kTokenTimes) {
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
          residual.compare(p[i], sum);
        }
      }
    }
  }
  return residual.worst();
}

// A posterior with all mass on x1 gives the rates of one token given its source and data values x0
// and x1. These rates must solve the forward equation of p_t(. | x0, x1), whose derivative comes
// from differences of kappa.
double conditional_rate(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : every_flow()) {
    const int states = flow.path.states();
    const TokenPair pair = flow.pairs().back();
    Numbers sure(flow.path.vocabulary, 0.), u(states);
    sure[pair.x1[0]] = 1;
    for (double t : kTokenTimes) {
      Numbers change(states, 0.);
      for (int x = 0; x < states; ++x) {
        const double p = flow.token(t, x, 0, pair);
        if (p == 0) continue;
        forward_rates(flow.path, t, sure, x, u);
        for (int y = 0; y < states; ++y) change[y] += p * u[y];
      }
      for (int y = 0; y < states; ++y)
        residual.compare(change[y],
                         slope([&](double at) { return flow.token(at, y, 0, pair); }, t, 1e-3));
    }
  }
  return residual.worst();
}

// Compares the oracle's marginal rates with the conditional rates (those given a pair of a source
// row and a data row) averaged over all pairs, weighted by the probability of each pair given the
// sequence.
double marginal_rate(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : every_flow()) {
    const States s(flow);
    const int states = flow.path.states();
    for (double t : kTokenTimes) {
      const Numbers p = s.distribution(t);
      for (int i = 0; i < s.count(); ++i) {
        if (p[i] == 0) continue;
        const Numbers u = s.oracle.rates(t, s.row(i));
        for (int l = 0; l < flow.length(); ++l) {
          for (int y = 0; y < states; ++y) {
            double mean = 0;
            for (const TokenPair& pair : s.pairs)
              mean += pair.weight * flow.sequence(t, s.of(i), pair) / p[i] *
                      flow.path.kappa.hazard(t) * ((y == pair.x1[l]) - (y == s.of(i)[l]));
            residual.compare(u[l * states + y], mean);
          }
        }
      }
    }
  }
  return residual.worst();
}

// Compares the jump probability of a kernel step (CtmcMethod::kernel) with 1 - exp(-integral of the
// hazard). With a corrector, compares two kernel steps with one over the same time.
double exact_kernel(double wrong) {
  Residual residual(wrong);
  for (const Kappa& kappa : all_kappas()) {
    for (const auto& [from, to] : {std::pair{0.1, 0.3}, {0.45, 0.5}, {0.2, 0.9}}) {
      const auto hazard = [&](double t) { return kappa.hazard(t); };
      const double total = boost::math::quadrature::gauss<double, 40>::integrate(hazard, from, to);
      residual.compare(kappa.jump(from, to), -std::expm1(-total));
    }
    for (SourceKind source : {SourceKind::mask, SourceKind::uniform}) {
      const TokenPath path{kappa, source, 3};
      const int n = path.states();
      const auto distribution = [&](double from, double to, int x) {
        Numbers p(n);
        TokenStep(path, CtmcMethod::kernel, {Corrector::Kind::balanced, 0.7}, from, to)
            .distribution(x, 1, p);
        return p;
      };
      for (int x : {1, n - 1}) {  // the states that a token with x1 = 1 can have
        Numbers twice(n, 0.);
        const Numbers first = distribution(0.3, 0.5, x);
        for (int between : {0, 1, 2, 3}) {
          if (between >= n || first[between] == 0) continue;
          const Numbers second = distribution(0.5, 0.8, between);
          for (int y = 0; y < n; ++y) twice[y] += first[between] * second[y];
        }
        residual.compare(twice, distribution(0.3, 0.8, x));
      }
    }
  }
  return residual.worst();
}

}  // namespace pushforward::equations
