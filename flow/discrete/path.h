// The paths of discrete flows. On the mixture path, at time t each token has its data value with
// probability kappa(t), and its source value otherwise; on the three-part path, it may be a uniform
// token on the way; on a metric-induced path, it is near its data value (metric.h).
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "flow/discrete/distribution.h"
#include "flow/discrete/kappa.h"
#include "flow/discrete/metric.h"

namespace pushforward {

// The distribution of tokens at t = 0.
//   mask:    every token is the mask, state V, in addition to the V data tokens
//   uniform: tokens are independent and uniform over the V data tokens
//   data:    rows of another distribution with the same V and L, either paired with the data's
//            rows or independent of them
enum class SourceKind { mask, uniform, data };

// The probabilities that a token of the three-part path has its data value, is drawn from the uniform
// distribution, or has its source value. They add up to 1.
struct PathParts {
  double data, uniform, source;
};

// The path p_t(x | x0, x1) = kappa_t [x = x1] + (1 - kappa_t) [x = x0], independently for each
// token, where [.] is 1 if true and 0 if false (Gat et al. 2024, "Discrete flow matching"). A state
// is a token or the mask; there are states() of them. `source` and `vocabulary` have no default.
// The mask is a state of its own, so 3 tokens have 4 states with a mask source, and 3 states with
// the other sources.
struct TokenPath {
  // The probability, over time, that a token has its data value. Use that of training.
  Kappa kappa = linear_kappa();

  // The distribution of tokens at t = 0. It must be given.
  std::optional<SourceKind> source{};

  // V, the number of data tokens, at least 1. It must be given.
  int vocabulary = 0;

  // If it is given, the path is the metric-induced one, which begins at uniform tokens, and kappa
  // has no effect: it must be the linear one. Sampling and the bound take V times as long for a
  // token as on the mixture path, or V^2 times for the bound.
  std::shared_ptr<const TokenMetric> metric{};

  // If q = `noise` is above 0, the path is the three-part one, a convex combination of data, uniform
  // and source tokens (Gat et al. 2024, section 3):
  //   p_t(x | x0, x1) = kappa^(1 + q) [x = x1] + (kappa - kappa^(1 + q)) / V + (1 - kappa) [x = x0]
  // A token leaves its source value at the rate dkappa / (1 - kappa), and is then uniform or the
  // data's; at the same rate, every token is drawn again: from x1 with probability to_data(), and
  // uniform otherwise. A larger q makes more tokens uniform on the way. The source must be mask or
  // data; from uniform tokens, this is the mixture path with kappa^(1 + q).
  double noise = 0;

  // Fails without a source, on a vocabulary without tokens, on a metric that does not fit the other
  // members, and on a noise that is negative, not finite or does not fit them. Functions that take a
  // path call this function.
  void check_valid() const;
  // check_state fails on a state outside 0 .. states() - 1, and check_token on a token outside 0 ..
  // vocabulary - 1.
  void check_state(int state) const;
  void check_token(int token) const;

  // Returns the number of states: vocabulary, plus 1 for the mask if the source is `mask`. Fails as
  // check_valid does.
  int states() const;
  // Returns the number of the mask's state, or -1 if the source is not `mask`. Fails as check_valid
  // does.
  int mask() const;
  // Returns whether a token that leaves the mask has its data value, and keeps it: true for the
  // mixture path from masks.
  bool from_masks() const { return source == SourceKind::mask && noise == 0; }
  // Returns whether `state` shows that a token has its data value: on the mixture path from masks,
  // any state but the mask does; on another path none does. The function runs for every token of
  // every step, and does not check the state.
  bool unmasked(int state) const { return from_masks() && state != vocabulary; }
  // parts_at returns the three parts of p_t where kappa has this value, and `parts` those at time t;
  // to_data returns kappa^q (1 + q - q kappa) at time t, the probability that a token that is drawn
  // again has its data value. Without noise, no token is uniform. They fail on a kappa or a time
  // outside [0, 1].
  PathParts parts_at(double kappa_value) const;
  PathParts parts(double t) const;
  double to_data(double t) const;
  // Returns the probability of `state` at t = 0, for the sources `mask` and `uniform`. Fails for
  // SourceKind::data, and as check_state does.
  double source_probability(int state) const;
  // Returns whether p_t is the distribution of the source: kappa, or the metric's beta, is 0.
  bool at_source(double t) const;
};

// Draws xt (L) given x1 (L). Token l of xt is x1[l] with probability kappa, and the source's
// otherwise, decided by the random numbers of (stream, row, l); on the three-part path it has the
// parts of parts_at(kappa). For SourceKind::data, xt contains
// x0 on entry. Fails on a kappa outside [0, 1], if xt and x1 differ in length, and on tokens
// outside the vocabulary.
void draw_between(const TokenPath& path, double kappa, Stream stream, std::uint32_t row,
                  std::span<const int> x1, std::span<int> xt);

// Draws xt (L) given x1 (L) at time t, as draw_between does with kappa(t). On a metric-induced path,
// token l of xt is drawn from p_t(. | x1[l]).
void draw_at(const TokenPath& path, double t, Stream stream, std::uint32_t row,
             std::span<const int> x1, std::span<int> xt);

}  // namespace pushforward
