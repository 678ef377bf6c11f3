// Tests the distribution of each token sampling scheme with the exact posterior. The scheme
// `kernel` is exact for one token. In all other cases the error is of first order in the step.
#include "flow/path/time_grid.h"
#include "tests/flow/discrete/chain.h"
#include "tests/tools/catch.h"

namespace pushforward {
namespace {

using namespace equations;

// Returns whether a corrector can be used with a flow. With SourceKind::data there is none.
bool possible(const SmallFlow& flow, const Corrector& corrector) {
  return flow.path.source != SourceKind::data || corrector.kind == Corrector::Kind::none;
}

const Corrector kNoCorrector{}, kConstant{Corrector::Kind::constant, 2},
    kBump{Corrector::Kind::bump, 1.5}, kBalanced{Corrector::Kind::balanced, 0.5},
    kRemask{Corrector::Kind::remask, 0.8};

std::vector<double> make_times(const Scheme& scheme, const Kappa& kappa, int steps, double begin,
                               double end) {
  return chain_times(scheme.method, scheme.corrector, kappa, time_grid(steps, begin, end));
}

// Returns the order of the scheme. It is the power of the step with which the distance to the exact
// distribution at time `end` decreases, extrapolated from three halvings of the step.
double order(const SmallFlow& flow, const Scheme& scheme, double end, double& distance) {
  const Chain chain(flow, scheme);
  const std::vector<double> exact = chain.oracle().marginal(end);
  std::vector<double> slopes;
  for (int steps : {32, 64, 128, 256}) {
    const double now =
        total_variation(chain.propagate(make_times(scheme, flow.path.kappa, steps, 0, end)), exact);
    if (steps > 32) slopes.push_back(std::log2(distance / now));
    distance = now;
  }
  return 2 * slopes[2] - slopes[1];
}

}  // namespace

TEST_CASE("a step's distribution agrees with the scheme's formula") {
  for (const Kappa& kappa : all_kappas()) {
    for (SourceKind source : {SourceKind::mask, SourceKind::uniform}) {
      const TokenPath path{kappa, source, 3};
      for (CtmcMethod method : {CtmcMethod::kernel, CtmcMethod::euler, CtmcMethod::adaptive}) {
        for (const Corrector& corrector : {kNoCorrector, kConstant, kBump, kBalanced, kRemask}) {
          for (const auto& [from, to] : {std::pair{0.3, 0.32}, {0.7, 0.75}, {0.9, 1.}}) {
            const TokenStep step(path, method, corrector, from, to);
            for (int x = 0; x < path.states(); ++x) {
              for (int x1 = 0; x1 < 3; ++x1) {
                if (path.unmasked(x) && x != x1) continue;
                std::vector<double> p(path.states());
                step.distribution(x, x1, p);
                const std::vector<double> q =
                    token_distribution(path, {method, corrector}, from, to, x, x1);
                for (int y = 0; y < path.states(); ++y) CHECK(std::abs(p[y] - q[y]) < 1e-14);
              }
            }
          }
        }
      }
    }
  }
}

TEST_CASE("no transition has a probability below 0 or above 1, also at the ends") {
  for (const Kappa& kappa : all_kappas()) {
    const bool steep = kappa.slope(0) == INFINITY;  // Euler cannot start at t = 0 then
    for (const SmallFlow& flow : small_flows(kappa)) {
      if (flow.name.ends_with("rows") || flow.path.source == SourceKind::data) continue;
      for (CtmcMethod method : {CtmcMethod::kernel, CtmcMethod::euler, CtmcMethod::adaptive}) {
        for (const Corrector& corrector : {kNoCorrector, kConstant, kBump, kBalanced, kRemask}) {
          const Scheme scheme{method, corrector};
          const Chain chain(flow, scheme);
          const double begin = steep && method != CtmcMethod::kernel ? 0.01 : 0;
          const std::vector<double> times = make_times(scheme, kappa, 4, begin, 1);
          for (std::size_t k = 0; k + 1 < times.size(); ++k) {
            // The steps of the library (TokenStep) must give probabilities from 0 to 1 too.
            const TokenStep step(flow.path, method, corrector, times[k], times[k + 1]);
            std::vector<double> distribution(flow.path.states());
            for (int x = 0; x < flow.path.states(); ++x) {
              for (int x1 = 0; x1 < flow.path.vocabulary; ++x1) {
                step.distribution(x, x1, distribution);
                for (double p : distribution) CHECK((p >= 0 && p <= 1));
              }
            }
            if (k % 4 != 0 && k + 2 != times.size()) continue;
            const std::vector<double> matrix = chain.transitions(times[k], times[k + 1]);
            bool inside = true;
            double worst = 0;
            for (int i = 0; i < chain.count(); ++i) {
              double sum = 0;
              for (int j = 0; j < chain.count(); ++j) {
                const double p = matrix[i * chain.count() + j];
                inside = inside && p >= 0 && p <= 1;
                sum += p;
              }
              worst = std::max(worst, std::abs(sum - 1));
            }
            CAPTURE(kappa.name(), flow.name, times[k], times[k + 1]);
            CHECK(inside);
            CHECK(worst < 1e-13);
          }
        }
      }
    }
  }
}

TEST_CASE("one token sampled by the kernel has the data's distribution for any number of steps") {
  for (const Kappa& kappa : all_kappas()) {
    for (const char* name :
         {"mask, one token of 5", "uniform, one token of 5", "rows, one token of 5"}) {
      const SmallFlow flow = flow_named(name, kappa);
      for (const Corrector& corrector : {kNoCorrector, kConstant, kBump, kBalanced, kRemask}) {
        if (!possible(flow, corrector)) continue;
        const Chain chain(flow, {CtmcMethod::kernel, corrector});
        for (int steps : {1, 2, 3, 10, 64}) {
          CAPTURE(kappa.name(), name, name_of(corrector.kind), steps);
          CHECK(total_variation(chain.propagate(time_grid(steps)), chain.oracle().marginal(1)) <=
                1e-12);
          CHECK(total_variation(chain.propagate(time_grid(steps, 0, 0.6)),
                                chain.oracle().marginal(0.6)) <= 1e-12);
        }
      }
    }
  }
}

TEST_CASE("otherwise the distribution is exact to first order in the step") {
  struct Case {
    CtmcMethod method;
    const char* flow;
    double end;
  };
  const CtmcMethod kernel = CtmcMethod::kernel, euler = CtmcMethod::euler,
                   adaptive = CtmcMethod::adaptive;
  const Case cases[] = {
      {kernel, "mask, two of 3", 1},        {kernel, "uniform, two of 3", 1},
      {kernel, "mask, three of 2", 1},      {kernel, "uniform, three of 2", 1},
      {kernel, "mask, two of 3", 0.7},      {kernel, "uniform, two of 3", 0.7},
      {euler, "mask, one token of 5", 0.7}, {euler, "uniform, one token of 5", 0.7},
      {euler, "mask, two of 3", 0.7},       {euler, "uniform, two of 3", 0.7},
      {adaptive, "mask, two of 3", 0.7},    {adaptive, "uniform, two of 3", 0.7},
      {kernel, "rows, two of 3", 1},        {kernel, "rows, three of 2", 1},
      {kernel, "rows, two of 3", 0.7},      {euler, "rows, one token of 5", 0.7},
      {euler, "rows, two of 3", 0.7},       {adaptive, "rows, two of 3", 0.7},
  };
  for (const Kappa& kappa :
       {linear_kappa(), polynomial_kappa(2), sine_squared_kappa(), cosine_kappa()}) {
    for (const Case& c : cases) {
      const SmallFlow flow = flow_named(c.flow, kappa);
      for (const Corrector& corrector : {kNoCorrector, kBump}) {
        if (!possible(flow, corrector)) continue;
        double distance = 0;
        const double found = order(flow, {c.method, corrector}, c.end, distance);
        CAPTURE(kappa.name(), c.flow, int(c.method), c.end, name_of(corrector.kind), distance);
        CHECK(std::abs(found - 1) <= 0.1);
      }
    }
  }
}

TEST_CASE("some first-order steps are also exact for one token") {
  const auto distance = [](const Kappa& kappa, const char* name, const Scheme& scheme, double end) {
    const SmallFlow flow = flow_named(name, kappa);
    const Chain chain(flow, scheme);
    return total_variation(chain.propagate(make_times(scheme, kappa, 10, 0, end)),
                           chain.oracle().marginal(end));
  };
  // A token that leaves the mask always becomes x1.
  for (CtmcMethod method : {CtmcMethod::euler, CtmcMethod::adaptive})
    for (const Kappa& kappa : {linear_kappa(), sine_squared_kappa()})
      CHECK(distance(kappa, "mask, one token of 5", {method, kBump}, 1) <= 1e-12);
  // If kappa is linear in t, the probabilities p_t are linear in t. A step changes them by h u
  // (step size h, rates u), which is then exact.
  for (double end : {0.6, 1.}) {
    for (const Corrector& corrector : {kNoCorrector, kBump})
      CHECK(distance(linear_kappa(), "uniform, one token of 5", {CtmcMethod::adaptive, corrector},
                     end) <= 1e-12);
    CHECK(distance(linear_kappa(), "rows, one token of 5", {CtmcMethod::adaptive, kNoCorrector},
                   end) <= 1e-12);
  }
}

// Because the rate of jumps is 1 / (1 - t) near the end, the error of Euler's step is h (a ln(1/h)
// + b) with a step size h and constants a and b. Each halving of h therefore increases error / h by
// the same amount.
TEST_CASE("Euler's step up to t = 1 is of first order, except for a logarithm") {
  for (const Kappa& kappa : {linear_kappa(), polynomial_kappa(2), cosine_kappa()}) {
    const SmallFlow flow = flow_named("uniform, one token of 5", kappa);
    const Chain chain(flow, {CtmcMethod::euler, {}});
    std::vector<double> over_h;
    for (int steps : {128, 256, 512, 1024})
      over_h.push_back(
          steps * total_variation(chain.propagate(time_grid(steps)), chain.oracle().marginal(1)));
    const double first = over_h[2] - over_h[1], second = over_h[3] - over_h[2];
    CAPTURE(kappa.name(), over_h[0], over_h[3]);
    CHECK(second > 0);
    CHECK(second / first == Approx(1).margin(0.1));
  }
}

TEST_CASE("correctors keep the distribution, up to the scheme's order") {
  for (const char* name : {"mask, two of 3", "uniform, two of 3"}) {
    for (const Corrector& corrector : {kConstant, kBalanced, kRemask}) {
      double distance = 0;
      const double found =
          order(flow_named(name, linear_kappa()), {CtmcMethod::kernel, corrector}, 0.8, distance);
      CAPTURE(name, name_of(corrector.kind), distance);
      CHECK(std::abs(found - 1) <= 0.1);
      CHECK(distance < 0.01);
    }
  }
}

TEST_CASE("the probability of not having jumped before the last step is known") {
  const SmallFlow flow = flow_named("mask, one token of 5", linear_kappa());
  // `left` is the probability that the token is still masked after nine of ten steps.
  for (const auto& [method, left] :
       {std::pair{CtmcMethod::euler, 0.1452980318}, {CtmcMethod::kernel, 0.1}}) {
    const Chain chain(flow, {method, {}});
    CHECK(chain.propagate(time_grid(9, 0, 0.9))[5] == Approx(left).epsilon(1e-9));
  }
}

}  // namespace pushforward
