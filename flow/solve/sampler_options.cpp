#include "flow/solve/sampler_options.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"
#include "flow/path/time_grid.h"
#include "flow/solve/time_range.h"

namespace pushforward {

using detail::check;

namespace {

// Fails if the model's prediction does not determine the step at `begin` or at `end`. If the model
// predicts a velocity and the method solves an ODE, it always does.
void check_ends(const SamplerOptions& o, double begin, double end) {
  if (o.method == SamplingMethod::ode && o.parameterization.prediction == Prediction::velocity)
    return;
  const bool ends_open =
      o.method == SamplingMethod::ode && !o.solver.adapts() && !looks_at_end(*o.solver.tableau);
  const bool first = can_begin(o.parameterization, o.method, begin);
  const bool last = ends_open || can_end(o.parameterization, o.method, end);
  check(first && last, "sample", name_of(o.parameterization.prediction), " on ",
        o.parameterization.scheduler.name,
        " does not determine the flow at t = ", first ? end : begin, ", where ", name_of(o.method),
        first ? " ends; end" : " begins; begin", " a little inside of the path (safe_time_range)",
        first ? " and set denoise_last, or take dpm_solver" : "");
}

}  // namespace

bool looks_at_end(const Tableau& tableau) {
  return std::any_of(tableau.c.begin(), tableau.c.begin() + tableau.stages,
                     [](double c) { return c == 1; });
}

std::vector<double> SamplerOptions::times() const {
  const bool adaptive = method == SamplingMethod::ode && solver.adapts();
  check(grid.empty() || !adaptive, "sample", "a time grid is given, and ", solver.tableau->name,
        " chooses its own steps; give begin and end, or make the solver not adaptive");
  check(!grid.empty() || begin != end, "sample", "begin and end are both ", begin,
        "; noise is at time 0 and data at time 1");
  std::vector<double> out = grid.empty() ? time_grid(adaptive ? 1 : steps, begin, end) : grid;
  check_grid(out);
  check(!denoise_last || out.back() > out.front(), "sample",
        "denoise_last ends at the data, and the flow runs from t = ", out.front(), " to ",
        out.back(), "; swap them, or leave it out");
  check(std::isfinite(source_scale) && source_scale > 0, "sample", "source_scale is ", source_scale,
        "; it must be positive");
  check_ends(*this, out.front(), out.back());
  return out;
}

}  // namespace pushforward
