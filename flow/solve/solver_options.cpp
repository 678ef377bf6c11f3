#include "flow/solve/solver_options.h"

#include "flow/solve/tableau_check.h"  // for its assertions

namespace pushforward {

using detail::check;

bool SolverOptions::adapts() const {
  check(tableau != nullptr, "solver", "no method is given; take one of kTableaux, &kDopri5 say");
  return adaptive.value_or(tableau->adaptive());
}

void SolverOptions::check_valid() const {
  check(!adapts() || tableau->adaptive(), "solver", "method ", tableau->name,
        " has no error estimate, so it cannot be adaptive; "
        "give a number of steps, or take bosh3, dopri5 or tsit5");
  check(rtol >= 0 && atol >= 0 && rtol + atol > 0, "solver", "rtol ", rtol, " and atol ", atol,
        "; neither may be negative, and one must be positive");
  check(first_step >= 0, "solver", "first_step is ", first_step,
        "; give a positive one, or 0 to have it estimated");
  check(max_steps > 0, "solver", "max_steps is ", max_steps, "; it must be positive");
  const StepControl& c = control;
  check(c.safety > 0 && c.safety <= 1 && c.min_factor > 0 && c.min_factor < 1 && c.max_factor > 1,
        "solver", "safety ", c.safety, " must be in (0, 1], min_factor ", c.min_factor,
        " in (0, 1), max_factor ", c.max_factor, " above 1");
}

}  // namespace pushforward
