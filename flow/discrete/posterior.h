// A posterior is the model of a discrete flow as flow/ needs it: p(x1 | xt) as a callable on a
// tape.
#pragma once

#include <concepts>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

#include "flow/field.h"

namespace pushforward::inline PF_REAL {

// The logit of a token of probability 0. It is low enough that its exp underflows to 0, and finite
// so that products with it are not NaN.
constexpr real kNoToken = real(-1e4);

// Maps states (B, L), row-major, each in 0 .. states - 1, and times t (B, 1) on a tape to logits
// (B, L, V) on the same tape. The logits are unnormalised: softmax over v gives p(x1_l = v | xt). A
// Posterior is built once per run. Several threads call it at the same time, each with its own
// tape, so it must not modify its model.
class Posterior {
 public:
  Posterior() = default;
  // Wraps any callable (states, t) or (states, t, labels).
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, Posterior>)
      Posterior(F p) {  // NOLINT: a callable is a posterior
    if constexpr (std::is_invocable_v<F&, std::span<const int>, Var, Labels>)
      call_ = std::move(p);
    else
      call_ = [p = std::move(p)](std::span<const int> x, Var t, Labels) { return p(x, t); };
  }

  // Fails if there is no callable. The arguments are checked by the callable, or not at all.
  Var operator()(std::span<const int> states, Var t, Labels labels = {}) const {
    detail::check(bool(call_), "posterior",
                  "nothing is given to call; make it from a function (states, t)");
    return call_(states, t, labels);
  }
  explicit operator bool() const { return bool(call_); }

 private:
  std::function<Var(std::span<const int> states, Var t, Labels labels)> call_;
};

}  // namespace pushforward::inline PF_REAL
