// Fields and posteriors: a model as a callable on a tape, which maps points and times to velocities,
// or tokens and times to logits.
#pragma once

#include <concepts>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

#include "autograd/tape.h"

namespace pushforward {

// The label of each row: its class, 0 .. classes - 1, or the number of a row of a table of
// conditions (flow/conditions.h), or kNoLabel for a row without a label. An empty span means that
// no row has a label.
using Labels = std::span<const int>;
constexpr int kNoLabel = -1;

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The form in which flow/ uses a model: a callable that maps inputs, their times t (B, 1) and, if
// the model is conditional, the rows' labels to a value on the same tape. The value's row b depends
// only on row b of the inputs. The callable is built once per run, so that calls allocate nothing.
// Several threads call it at the same time, each with its own tape, so it must not modify its
// model.
template <class Input>
class ModelOf {
 public:
  ModelOf() = default;
  // Wraps any callable (inputs, t) or (inputs, t, labels).
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, ModelOf>)
      ModelOf(F f) {  // NOLINT: a callable is a model
    if constexpr (std::is_invocable_v<F&, Input, Var, Labels>)
      call_ = std::move(f);
    else
      call_ = [f = std::move(f)](Input x, Var t, Labels) { return f(x, t); };
  }

  // Calls the wrapped function. Fails if there is none. The arguments are not checked here.
  Var operator()(Input x, Var t, Labels labels = {}) const {
    constexpr bool points = std::same_as<Input, Var>;
    detail::check(bool(call_), points ? "field" : "posterior",
                  "nothing is given to call; make it from a function (", points ? "x" : "states",
                  ", t)");
    return call_(x, t, labels);
  }
  explicit operator bool() const { return bool(call_); }

 private:
  std::function<Var(Input x, Var t, Labels labels)> call_;
};

// A field u(x, t) maps points x (B, D) to velocities (B, D).
using Field = ModelOf<Var>;

// A posterior p(x1 | xt) maps states (B, L), row-major, each in 0 .. states - 1, to logits
// (B, L, V). The logits are unnormalised: softmax over v gives p(x1_l = v | xt).
using Posterior = ModelOf<std::span<const int>>;

}  // namespace pushforward::inline PF_REAL
