// What a discrete model is to this room: the posterior p(x1 | xt), a callable on a tape.
#pragma once

#include <concepts>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

#include "flow/field.h"

namespace pushforward::inline PF_REAL {

// The logit of a token that has no probability: low enough to count for nothing, and finite, so
// that no product with it is a NaN.
constexpr real kNoToken = real(-1e4);

// states (B, L) row-major, each 0 .. states - 1, and t (B, 1) on a tape, to logits (B, L, V) on the
// same tape: row b, position l is ln p(x1_l = v | xt of row b), up to a number of each position. Built
// once a run; chunks call it from several threads at a time, each with its own tape.
class Posterior {
 public:
  Posterior() = default;
  // From any callable (states, t), or (states, t, labels).
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, Posterior>)
      Posterior(F p) {  // NOLINT: a callable is a posterior
    if constexpr (std::is_invocable_v<F&, std::span<const int>, Var, Labels>)
      call_ = std::move(p);
    else
      call_ = [p = std::move(p)](std::span<const int> x, Var t, Labels) { return p(x, t); };
  }

  // Fails where nothing was given to call. The callable checks what it is given, or does not.
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
