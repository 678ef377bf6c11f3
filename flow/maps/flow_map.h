// Flow maps: models of two times, whose jumps replace the solution of an ODE.
//
// The flow of dx/dt = u(x, t) takes a point x at time s to the point X_{s,t}(x) at time t. A flow
// map is v(x, s, t) with X_{s,t}(x) = x + (t - s) v(x, s, t), the mean velocity between the times s
// and t (Boffi, Albergo, Vanden-Eijnden 2025, arXiv 2505.18825). Its diagonal v(x, t, t) is the
// velocity u(x, t).
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "flow/field.h"

namespace pushforward::inline PF_REAL {

// A callable on a tape that maps points x (B, D), their times s (B, 1) and the times t (B, 1) at
// which a jump ends to the mean velocity (B, D). A conditional map also gets the rows' labels. Row
// b of the result depends only on row b of the arguments. As a Field, it is built once per run and
// must not modify its model.
class FlowMap {
 public:
  FlowMap() = default;
  // Wraps any callable (x, s, t) or (x, s, t, labels).
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, FlowMap>)
      FlowMap(F f) {  // NOLINT: a callable is a model
    if constexpr (std::is_invocable_v<F&, Var, Var, Var, Labels>)
      call_ = std::move(f);
    else
      call_ = [f = std::move(f)](Var x, Var s, Var t, Labels) { return f(x, s, t); };
  }

  // Calls the wrapped function. Fails if there is none. The arguments are not checked here.
  Var operator()(Var x, Var s, Var t, Labels labels = {}) const {
    detail::check(bool(call_), "flow_map",
                  "nothing is given to call; make it from a function (x, s, t)");
    return call_(x, s, t, labels);
  }
  explicit operator bool() const { return bool(call_); }

 private:
  std::function<Var(Var x, Var s, Var t, Labels labels)> call_;
};

// Returns X_{s,t}(x) = x + (t - s) v(x, s, t), (B, D). Fails if v returns another shape than that of
// the points.
Var jump(const FlowMap& v, Var x, Var s, Var t, Labels labels = {});

// Returns the field u(x, t) = v(x, t, t), whose ODE has the same flow.
Field diagonal(FlowMap v);

// Returns the field (x, t) -> v(x, t, t') with t' the time after t in `grid`. Euler's method on this
// grid then takes the jumps from each time of the grid to the next, with one evaluation for each
// jump. To sample like this, give the field and the grid to a Sampler with SamplingMethod::jumps. A
// falling grid jumps backward. Fails unless the grid is strictly monotone and has two times or
// more. At the grid's last time the field is the velocity v(x, t, t), for a last step to E[x1 | x];
// at a time that is not in the grid it fails.
Field jumps_along(FlowMap v, std::vector<double> grid);

}  // namespace pushforward::inline PF_REAL
