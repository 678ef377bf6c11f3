// A field is what flow/ needs of a model: a callable on a tape that maps points and times to
// velocities.
#pragma once

#include <concepts>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

#include "autograd/tape.h"

namespace pushforward {

// The class of each row, 0 .. classes - 1 or kNoLabel. Empty means that no row has a class.
using Labels = std::span<const int>;
constexpr int kNoLabel = -1;

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// A field u(x, t) maps x (B, D) and t (B, 1) on a tape to the velocity (B, D) on the same tape, row
// by row. A conditional field also reads the rows' labels. A Field is built once per run, so that
// calls allocate nothing. Several threads call it at the same time, each with its own tape, so it
// must not modify its model.
class Field {
 public:
  Field() = default;
  // Wraps any callable (x, t) or (x, t, labels).
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, Field>)
      Field(F u) {  // NOLINT: a callable is a field
    if constexpr (std::is_invocable_v<F&, Var, Var, Labels>)
      call_ = std::move(u);
    else
      call_ = [u = std::move(u)](Var x, Var t, Labels) { return u(x, t); };
  }

  // Calls the wrapped function. Fails if there is none. The arguments are not checked here.
  Var operator()(Var x, Var t, Labels labels = {}) const {
    detail::check(bool(call_), "field", "nothing is given to call; make it from a function (x, t)");
    return call_(x, t, labels);
  }
  explicit operator bool() const { return bool(call_); }

 private:
  std::function<Var(Var x, Var t, Labels labels)> call_;
};

}  // namespace pushforward::inline PF_REAL
