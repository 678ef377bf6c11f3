#include "flow/sampler_options.h"

#include <algorithm>
#include <cmath>

#include "autograd/check.h"
#include "flow/safe_span.h"

namespace pushforward {
namespace {

// Whether a fixed-step solver asks for the velocity at the end of its last step.
bool looks_at_end(const Tableau& tableau) {
  return std::any_of(tableau.c.begin(), tableau.c.begin() + tableau.stages,
                     [](double c) { return c == 1; });
}

// A model that predicts something else has to have a velocity wherever an ODE solver looks.
void check_velocity(const SamplerOptions& o, double begin, double end) {
  if (o.method != Method::ode || o.meaning.prediction == Prediction::velocity) return;
  for (double t : {begin, end}) {
    if (t == end && !o.solver.adaptive && !looks_at_end(*o.solver.tableau)) continue;
    check(has_velocity(o.meaning, t), "sample", name_of(o.meaning.prediction), " on ",
          o.meaning.scheduler.name, " says no velocity at t = ", t, ", an end of the flow from ",
          begin, " to ", end,
          "; begin or end a little inside (safe_span) and let denoise_last do the rest, or take "
          "dpm_solver");
  }
}

}  // namespace

std::vector<double> SamplerOptions::times() const {
  const bool adaptive = method == Method::ode && solver.adaptive;
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
  check_velocity(*this, out.front(), out.back());
  return out;
}

void SampleCost::add(const RowCost& row) {
  add(SampleCost{1, row.evaluations, row.steps, row.rejected, row.evaluations, row.evaluations});
}

void SampleCost::add(const SampleCost& o) {
  if (o.rows == 0) return;
  least = rows ? std::min(least, o.least) : o.least;
  most = std::max(most, o.most);
  rows += o.rows;
  evaluations += o.evaluations;
  steps += o.steps;
  rejected += o.rejected;
}

}  // namespace pushforward
