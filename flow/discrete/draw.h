// Draws a token from a row of logits, with temperature, top-k and nucleus sampling (top-p).
#pragma once

#include <span>
#include <vector>

#include "autograd/tensor/real.h"

namespace pushforward::inline PF_REAL {

// Draws v with p(v) proportional to exp(logit_v / temperature), restricted to the top_k most likely
// tokens (Fan et al. 2018; 0 restricts to none) and, of these, to the smallest set of most likely
// tokens with a share of at least top_p of their probability (nucleus sampling, Holtzman et al. 2020;
// among equally likely tokens, the smaller number is kept first). Temperature 0
// selects the most likely token. A logit may be -inf, for probability 0. Allocates nothing
// after construction. Not thread-safe.
class TokenDraw {
 public:
  // Fails unless there are tokens, temperature >= 0, 0 < top_p <= 1 and 0 <= top_k < vocabulary, and
  // on a top_k at temperature 0, where it has no effect.
  explicit TokenDraw(int vocabulary, double temperature = 1, double top_p = 1, int top_k = 0);

  // Returns the token for the uniform number u in (0, 1). Returns -1 if the logits do not define a
  // distribution: if one is NaN or +inf, or if all are -inf. Does not check that there are V
  // logits.
  int operator()(const real* logits, double u);
  // Returns the probability with which the last call drew token v.
  double probability(int v) const { return weights_[static_cast<std::size_t>(v)] / total_; }
  // Writes the probabilities that the V logits define, with temperature, top_k and top_p, to p (V).
  // Returns false if the logits do not define a distribution. The overload without `p` returns the
  // probabilities, or an empty vector if there is no distribution. The two functions fail on spans
  // of other sizes than V.
  bool distribution(std::span<const real> logits, std::span<double> p);
  std::vector<double> distribution(std::span<const real> logits);

 private:
  bool weigh(const real* logits);

  double temperature_, top_p_;
  std::size_t top_k_;  // V if it restricts nothing
  std::vector<double> weights_;
  std::vector<int> order_;  // used if top_p < 1 or top_k > 0
  double total_ = 0;
};

}  // namespace pushforward::inline PF_REAL
