// Checks of remasking, and of the three-part path of tokens: its law, its rates, a step along it and its
// bound on the likelihood. The independent side sums over pairs and states of small flows.
#define PUSHFORWARD_REAL 64
#include <cmath>

#include "flow/discrete/step.h"
#include "flow/theory/checks.h"
#include "flow/theory/token_bounds.h"

namespace pushforward::equations {
namespace {

// Returns the rate from state x to another state y given the data's token, by the general formula for
// a convex combination of paths: (k' - k s' / s) for each part k, with s the source's part.
double three_part_rate_of_pair(const SmallFlow& flow, double t, int y, int position,
                               const TokenPair& pair) {
  const TokenPath& path = flow.path;
  if (y == path.vocabulary) return 0;
  const double q = path.noise, k = path.kappa(t), slope = path.kappa.slope(t),
               falls = -slope / (1 - k);  // s' / s
  const double data = std::pow(k, 1 + q), data_slope = (1 + q) * std::pow(k, q) * slope;
  const double to_data = data_slope - data * falls,
               to_any = (slope - data_slope) - (k - data) * falls;
  return to_data * (y == pair.x1[position]) + to_any / path.vocabulary;
}

auto rate_of_three_parts(const SmallFlow& flow) {
  return [&flow](double t, int, int y, int position, const TokenPair& pair) {
    return three_part_rate_of_pair(flow, t, y, position, pair);
  };
}

// Compares p_t(. | x0, x1) after a step with p_{t+h}(. | x0, x1), at every state.
void compare_step(const SmallFlow& flow, const TokenStep& step, const TokenPair& pair,
                  Residual& residual) {
  const int states = flow.path.states();
  Numbers next(static_cast<std::size_t>(states), 0.), out(next.size());
  for (int x = 0; x < states; ++x) {
    const double p = flow.token(step.from(), x, 0, pair);
    if (p == 0) continue;
    step.distribution(x, pair.x1[0], out);
    for (int y = 0; y < states; ++y) next[y] += p * out[y];
  }
  for (int y = 0; y < states; ++y) residual.compare(next[y], flow.token(step.to(), y, 0, pair));
}

}  // namespace

// A step that masks tokens again must take p_t(. | x1) to p_{t+h}(. | x1), also in a loop at one time.
double remasking(double wrong) {
  using Kind = Remasking::Kind;
  Residual residual(wrong);
  for (const Kappa& kappa : all_kappas()) {
    const SmallFlow flow{"mask", {kappa, SourceKind::mask, 3}, uneven_distribution(3, 1)};
    for (const Remasking& schedule : {Remasking{Kind::cap, 0.3}, Remasking{Kind::rescale, 0.6},
                                      Remasking{Kind::loop, 0.2, 0.5, 2}})
      for (const auto& [from, to] : {std::pair{0.1, 0.3}, {0.45, 0.5}, {0.2, 0.9}, {0.5, 0.5}}) {
        if (from == to && schedule.kind != Kind::loop) continue;
        const TokenStep step(flow.path, schedule, from, to);
        for (const TokenPair& pair : flow.pairs()) compare_step(flow, step, pair, residual);
      }
  }
  return residual.worst();
}

double three_part_path(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : three_part_flows()) compare_law(flow, residual);
  return residual.worst();
}

double three_part_rate(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : three_part_flows())
    compare_rates(flow, rate_of_three_parts(flow), residual);
  return residual.worst();
}

// A step of the kernel must take p_t(. | x0, x1) to p_{t+h}(. | x0, x1) although it does not see x0, and
// two steps must be one, as it is the transition of a chain.
double three_part_step(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : three_part_flows()) {
    const int states = flow.path.states();
    const auto step = [&](double from, double to) {
      return TokenStep(flow.path, CtmcMethod::kernel, {}, from, to);
    };
    for (const auto& [from, to] : {std::pair{0., 0.3}, {0.1, 0.3}, {0.45, 0.5}, {0.2, 0.9}}) {
      const TokenStep whole = step(from, to), first = step(from, (from + to) / 2),
                      second = step((from + to) / 2, to);
      for (const TokenPair& pair : flow.pairs()) {
        compare_step(flow, whole, pair, residual);
        for (int x = 0; x < states; ++x) {
          const Numbers middle = first.distribution(x, pair.x1[0]);
          Numbers end(static_cast<std::size_t>(states), 0.);
          for (int z = 0; z < states; ++z) {
            const Numbers next = second.distribution(z, pair.x1[0]);
            for (int y = 0; y < states; ++y) end[y] += middle[z] * next[y];
          }
          residual.compare(whole.distribution(x, pair.x1[0]), end);
        }
      }
    }
  }
  return residual.worst();
}

double three_part_elbo(double wrong) {
  Residual residual(wrong);
  for (const SmallFlow& flow : three_part_flows())
    if (flow.path.source == SourceKind::mask)
      compare_bound(flow, rate_of_three_parts(flow), residual);
  return residual.worst();
}

}  // namespace pushforward::equations
