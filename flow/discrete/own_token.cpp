#include "flow/discrete/own_token.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// At t = 1 the logit of a token's own state would be infinite. This value has the same effect, and
// products and softmax of it do not overflow.
constexpr double kCertain = 1e4;

// Writes ln p_t(x_l | v) of each state x_l and token v to `own` (states, V).
void fill_metric(const TokenMetric& metric, std::span<const int> states,
                 std::span<const real> times, std::span<real> own) {
  const std::size_t vocabulary = static_cast<std::size_t>(metric.vocabulary()),
                    length = states.size() / times.size();
  std::vector<double> log_sum(vocabulary);
  for (std::size_t r = 0; r < times.size(); ++r) {
    const double beta = metric.beta(static_cast<double>(times[r]));
    metric.normalisers(beta, log_sum);
    for (double& sum : log_sum) sum = std::log(sum);
    for (std::size_t k = r * length; k < (r + 1) * length; ++k) {
      for (int v = 0; v < metric.vocabulary(); ++v) {
        const double distant = states[k] == v ? 0 : beta * metric.distance(states[k], v);
        own[k * vocabulary + static_cast<std::size_t>(v)] =
            static_cast<real>(std::max(-kCertain, -distant - log_sum[static_cast<std::size_t>(v)]));
      }
    }
  }
}

}  // namespace

Var with_own_token(Var others, std::span<const int> states, Var t, const TokenPath& path) {
  path.check_valid();
  const Shape shape = others.shape();
  check(shape.rank == 3 && shape[2] == path.vocabulary &&
            states.size() == static_cast<std::size_t>(shape.rows()) &&
            t.shape() == Shape{shape[0], 1},
        "own token", "logits ", shape, ", ", states.size(), " states and times ", t.shape(),
        " for ", path.vocabulary, " tokens; they must be (B, L, V), (B, L) and (B, 1)");
  const bool noisy_masks = path.source == SourceKind::mask && path.noise > 0;
  if (path.source != SourceKind::uniform && !noisy_masks) return others;
  for (const int state : states) path.check_state(state);
  std::span<real> own;
  const Var known = t.tape->uninitialised(others.shape(), own, "a token's own state");
  const std::span<const real> times = t.values();
  if (path.metric) {
    fill_metric(*path.metric, states, times, own);
    return others + known;
  }
  std::fill(own.begin(), own.end(), real(0));
  const std::size_t vocabulary = static_cast<std::size_t>(path.vocabulary),
                    length = states.size() / times.size();
  for (std::size_t r = 0; r < times.size(); ++r) {
    const double time = static_cast<double>(times[r]);
    const PathParts parts = path.parts(time);
    // At t = 0 the odds of the three-part path are 0 / 0, and their limit is 0.
    const double odds = !noisy_masks      ? path.kappa(time) / path.kappa.left(time)
                        : parts.data == 0 ? 0
                                          : parts.data / parts.uniform;
    const real logit = static_cast<real>(std::min(kCertain, std::log1p(path.vocabulary * odds)));
    for (std::size_t k = r * length; k < (r + 1) * length; ++k)
      if (states[k] < path.vocabulary)
        own[k * vocabulary + static_cast<std::size_t>(states[k])] = logit;
  }
  return others + known;
}

Posterior with_own_token(Posterior of_others, const TokenPath& path) {
  check(bool(of_others), "own token", "no posterior is given");
  path.check_valid();
  return [p = std::move(of_others), path](std::span<const int> states, Var t, Labels labels) {
    return with_own_token(p(states, t, labels), states, t, path);
  };
}

}  // namespace pushforward::inline PF_REAL
