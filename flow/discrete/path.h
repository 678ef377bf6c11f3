// The mixture path of discrete flows: each token is the
// data's with probability kappa(t), the source's otherwise.
#pragma once

#include <optional>
#include <span>

#include "flow/discrete/distribution.h"
#include "flow/discrete/kappa.h"

namespace pushforward {

// Where tokens begin at t = 0.
// mask:    every token is the mask, one more state beside the V data tokens: state V;
// uniform: each token uniform over the V data tokens, independently;
// data:    the rows of another distribution on the same V and L (paired with the data's or
//          independent).
enum class SourceKind { mask, uniform, data };

// p_t(x | x0, x1) = kappa_t [x = x1] + (1 - kappa_t) [x = x0], token by token (Gat et al. 2024,
// "Discrete flow matching"). A state is a token, or the mask: states() of them. Both the source and
// the vocabulary have to be given: the mask is a state of its own, so 3 tokens from masks have 4
// states, and 3 uniform ones have 3.
struct TokenPath {
  Kappa kappa = linear_kappa();
  std::optional<SourceKind> source{};
  int vocabulary = 0;  // V

  // Fails without a source and on a vocabulary of no tokens. All that take a path ask for it.
  void check_valid() const;
  // Fails, naming it, on a state outside 0 .. states() - 1, or a token outside 0 .. vocabulary - 1.
  void check_state(int state) const;
  void check_token(int token) const;

  // The number of states; fails as check_valid.
  int states() const;
  // The number of the mask's state, -1 where the source is another; fails as check_valid.
  int mask() const;
  // Whether a token that is `state` is known to be x1's: with a mask source, all but the mask. Does
  // not check the state: it is asked for every token of every step.
  bool unmasked(int state) const { return source == SourceKind::mask && state != vocabulary; }
  // The probability of `state` at t = 0, where tokens are independent. Fails as check_state, and
  // where the source is rows of data, of which no token has a distribution of its own.
  double source_probability(int state) const;
};

// Draws row `row` of xt (L) given its x1 (L), with kappa the probability
// of being the data's: token l takes x1[l] or the source's, by numbers
// of (stream, row, l). For a source of kind data, xt holds x0 before. Fails on a kappa outside of
// [0, 1], on rows of different length, and on tokens outside of the vocabulary.
void draw_between(const TokenPath& path, double kappa, Stream stream, std::uint32_t row,
                  std::span<const int> x1, std::span<int> xt);

}  // namespace pushforward
