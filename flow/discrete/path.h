// The mixture path of discrete flows: each token has its data value with probability kappa(t), and
// its source value otherwise.
#pragma once

#include <span>

#include "flow/discrete/distribution.h"
#include "flow/discrete/kappa.h"

namespace pushforward {

// The distribution of tokens at t = 0.
//   mask:    every token is the mask, state V, in addition to the V data tokens
//   uniform: tokens are independent and uniform over the V data tokens
//   data:    rows of another distribution with the same V and L, either paired with the data's
//            rows or independent of them
enum class SourceKind { mask, uniform, data };

// p_t(x | x0, x1) = kappa_t [x = x1] + (1 - kappa_t) [x = x0], independently for each token (Gat et
// al. 2024, "Discrete flow matching"). A state is a token or the mask; there are states() of them.
struct TokenPath {
  Kappa kappa = linear_kappa();
  SourceKind source = SourceKind::mask;
  int vocabulary = 0;  // V

  int states() const { return vocabulary + (source == SourceKind::mask); }
  int mask() const { return source == SourceKind::mask ? vocabulary : -1; }
  // Whether `state` shows that a token has its data value: with a mask
  // source, any state but the mask.
  bool unmasked(int state) const { return source == SourceKind::mask && state != vocabulary; }
  // Returns the probability of `state` at t = 0, for mask and uniform sources.
  double source_probability(int state) const {
    if (source == SourceKind::mask) return state == vocabulary;
    return 1. / vocabulary;
  }
};

// Draws row `row` of xt (L) given x1 (L). Token l is x1[l] with probability kappa, and the
// source's otherwise, decided by random numbers of (stream, row, l). For SourceKind::data,
// xt contains x0 on entry.
void draw_between(const TokenPath& path, double kappa, Stream stream, std::uint32_t row,
                  std::span<const int> x1, std::span<int> xt);

}  // namespace pushforward
