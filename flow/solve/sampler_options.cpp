#include "flow/solve/sampler_options.h"

#include <algorithm>
#include <cmath>

#include "autograd/tensor/check.h"
#include "flow/path/time_range.h"

namespace pushforward {

using detail::check;

namespace {

// Whether a fixed-step solver asks for the velocity at the end of its last step.
bool looks_at_end(const Tableau& tableau) {
  return std::any_of(tableau.c.begin(), tableau.c.begin() + tableau.stages,
                     [](double c) { return c == 1; });
}

// That the model's output says where to go at both ends. A velocity is an ODE's own business.
void check_ends(const SamplerOptions& o, double begin, double end) {
  if (o.method == SamplingMethod::ode && o.parameterization.prediction == Prediction::velocity)
    return;
  const bool ends_open =
      o.method == SamplingMethod::ode && !o.solver.adapts() && !looks_at_end(*o.solver.tableau);
  const bool first = can_begin(o.parameterization, o.method, begin);
  const bool last = ends_open || can_end(o.parameterization, o.method, end);
  check(first && last, "sample", name_of(o.parameterization.prediction), " on ",
        o.parameterization.scheduler.name, " does not say where to go at t = ", first ? end : begin,
        ", where ", name_of(o.method), first ? " ends; end" : " begins; begin",
        " a little inside of the path (safe_time_range)",
        first ? " and let denoise_last do the rest, or take dpm_solver" : "");
}

}  // namespace

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

void SampleCost::add(const RowCost& row) {
  add(SampleCost{1, row.evaluations, row.steps, row.rejected, row.evaluations, row.evaluations});
}

void SampleCost::add(const SampleCost& o) {
  if (o.rows == 0) return;
  min_evaluations = rows ? std::min(min_evaluations, o.min_evaluations) : o.min_evaluations;
  max_evaluations = std::max(max_evaluations, o.max_evaluations);
  rows += o.rows;
  evaluations += o.evaluations;
  steps += o.steps;
  rejected += o.rejected;
}

}  // namespace pushforward
