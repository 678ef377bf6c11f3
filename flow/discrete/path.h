// The paths of discrete flows. On the mixture path, at time t each token has its data value with
// probability kappa(t), and its source value otherwise; on a metric-induced path, it is near its
// data value (metric.h).
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

  // Fails without a source, on a vocabulary without tokens, and on a metric that does not fit the
  // other members. Functions that take a path call this function.
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
  // Returns whether `state` shows that a token has its data value: with a mask source, any state
  // but the mask does; with another source none does. The function runs for every token of every
  // step, and does not check the state.
  bool unmasked(int state) const { return source == SourceKind::mask && state != vocabulary; }
  // Returns the probability of `state` at t = 0, for the sources `mask` and `uniform`. Fails for
  // SourceKind::data, and as check_state does.
  double source_probability(int state) const;
  // Returns whether p_t is the distribution of the source: kappa, or the metric's beta, is 0.
  bool at_source(double t) const;
};

// Draws xt (L) given x1 (L). Token l of xt is x1[l] with probability kappa, and the source's
// otherwise, decided by the random numbers of (stream, row, l). For SourceKind::data, xt contains
// x0 on entry. Fails on a kappa outside [0, 1], if xt and x1 differ in length, and on tokens
// outside the vocabulary.
void draw_between(const TokenPath& path, double kappa, Stream stream, std::uint32_t row,
                  std::span<const int> x1, std::span<int> xt);

// Draws xt (L) given x1 (L) at time t, as draw_between does with kappa(t). On a metric-induced path,
// token l of xt is drawn from p_t(. | x1[l]).
void draw_at(const TokenPath& path, double t, Stream stream, std::uint32_t row,
             std::span<const int> x1, std::span<int> xt);

}  // namespace pushforward
