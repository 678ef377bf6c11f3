// Drawing a token from a row of logits: temperature, and the most likely part of the distribution
// alone.
#pragma once

#include <span>
#include <vector>

#include "autograd/tensor/real.h"

namespace pushforward::inline PF_REAL {

// p(v) proportional to exp(logit_v / temperature), among the fewest most likely tokens that make up
// top_p of the probability (nucleus sampling, Holtzman et al. 2020; ties: the smaller number
// first). Temperature 0: the most likely token. A logit may be -inf: probability 0. One thread at a
// time; after construction it allocates nothing.
class TokenDraw {
 public:
  // Fails unless there are tokens, temperature >= 0 and 0 < top_p <= 1.
  explicit TokenDraw(int vocabulary, double temperature = 1, double top_p = 1);

  // The token that u in (0, 1) draws; -1 where the logits are no distribution: one is NaN or inf,
  // or all are
  // -inf. Does not check: `logits` has V numbers.
  int operator()(const real* logits, double u);
  // The distribution itself of logits (V), written to p (V), and whether it is one; returned as a
  // vector, it is empty where there is none. Fail on other sizes.
  bool distribution(std::span<const real> logits, std::span<double> p);
  std::vector<double> distribution(std::span<const real> logits);

 private:
  bool weigh(const real* logits);

  double temperature_, top_p_;
  std::vector<double> weights_;
  std::vector<int> order_;  // of top_p only
  double total_ = 0;
};

}  // namespace pushforward::inline PF_REAL
