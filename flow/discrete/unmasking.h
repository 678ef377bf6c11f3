// The order in which masked tokens are unmasked while sampling.
#pragma once

#include <string>

#include "autograd/tensor/real.h"

namespace pushforward {

// Which masked positions of a sequence a step unmasks. It unmasks as many as without an order, and
// takes those with the highest score (Chang et al. 2022, "MaskGIT"; Kim et al. 2025, "Train for the
// worst, plan for the best"):
//
//   random:     any
//   confidence: the greatest probability of the position's posterior
//   entropy:    minus the entropy of the posterior
//   margin:     the difference of the two greatest probabilities
//
// Each score depends on the unmasked tokens only. So with an exact posterior and steps so short that
// they unmask one token at a time, each order gives the distribution of the data.
enum class UnmaskingOrder { random, confidence, entropy, margin };

// Returns "random", "confidence", "entropy" or "margin".
inline std::string name_of(UnmaskingOrder order) {
  switch (order) {
    case UnmaskingOrder::random: return "random";
    case UnmaskingOrder::confidence: return "confidence";
    case UnmaskingOrder::entropy: return "entropy";
    default: return "margin";
  }
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// Returns the score of a position with the logits (V) of its posterior, NaN if they define no
// distribution. The score is 0 for `random`.
double unmasking_score(UnmaskingOrder order, const real* logits, int vocabulary);

}  // namespace pushforward::inline PF_REAL
