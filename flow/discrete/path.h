// The mixture path of discrete flows: each token is the
// data's with probability kappa(t), the source's otherwise.
#pragma once

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
// "Discrete flow matching"). A state is a token, or the mask: states() of them.
struct TokenPath {
  Kappa kappa = linear_kappa();
  SourceKind source = SourceKind::mask;
  int vocabulary = 0;  // V

  int states() const { return vocabulary + (source == SourceKind::mask); }
  int mask() const { return source == SourceKind::mask ? vocabulary : -1; }
  // Whether a token that is `state` is known to be x1's: with a mask source, all but the mask.
  bool unmasked(int state) const { return source == SourceKind::mask && state != vocabulary; }
  // The probability of `state` at t = 0, where tokens are independent: mask and uniform sources.
  double source_probability(int state) const {
    if (source == SourceKind::mask) return state == vocabulary;
    return 1. / vocabulary;
  }
};

// Draws row `row` of xt (L) given its x1 (L), with kappa the probability
// of being the data's: token l takes x1[l] or the source's, by numbers
// of (stream, row, l). For a source of kind data, xt holds x0 before.
void draw_between(const TokenPath& path, double kappa, Stream stream, std::uint32_t row,
                  std::span<const int> x1, std::span<int> xt);

}  // namespace pushforward
