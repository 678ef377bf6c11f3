// The logits of a posterior, the model of a discrete flow (see Posterior in flow/field.h).
#pragma once

#include "flow/discrete/path.h"
#include "flow/field.h"

namespace pushforward::inline PF_REAL {

// The logit of a token of probability 0. It is low enough that its exp underflows to 0, and finite
// so that products with it are not NaN.
constexpr real kNoToken = real(-1e4);

// Returns the posterior's logits (B, L, V) of sequences of `length` tokens. Fails if they have
// another shape; `where` names the caller in the error.
inline Var checked_logits(const char* where, const Posterior& p, const TokenPath& path, int length,
                          std::span<const int> states, Var t, Labels labels) {
  const Shape wanted{t.shape().rows(), length, path.vocabulary};
  const Var logits = p(states, t, labels);
  detail::check(logits && logits.shape() == wanted, where, "the posterior gave ",
                logits ? logits.shape() : Shape{}, " for ", wanted[0], " sequences of ", length,
                " tokens out of ", path.vocabulary, "; its logits are ", wanted);
  return logits;
}

}  // namespace pushforward::inline PF_REAL
