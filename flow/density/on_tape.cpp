#include "flow/density/on_tape.h"

#include <array>
#include <vector>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "flow/distributions/log_density.h"
#include "flow/path/time_grid.h"
#include "flow/solve/solver_options.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// The velocity (B, D) and its divergence (B, 1) at one stage of the Runge-Kutta method.
struct LogDensitySlope {
  Var u, divergence;
};

LogDensitySlope slope_at(const Field& field, Var x, double t, const TapeSolve& solve) {
  const int rows = x.shape().rows();
  const Var u = field(x, x.tape->full({rows, 1}, static_cast<real>(t)), solve.labels);
  check(u && u.shape() == x.shape(), "field", "the velocity at points ", x.shape(), " has shape ",
        u ? u.shape() : Shape{}, "; a field must return the shape of its points");
  return {u, solve.probe ? hutchinson_divergence(u, x, solve.probe, solve.record)
                         : divergence(u, x, solve.record)};
}

// Returns y + h sum_i w_i k_i over the first `count` stages, where h is the step size. y is one
// part of the state, the points or the integral of the divergence, and k_i is the slope of that
// part at stage i.
Var along(Var y, double h, const StageRow& w, int count,
          const std::array<LogDensitySlope, kMaxStages>& k, Var LogDensitySlope::*part) {
  for (int i = 0; i < count; ++i) {
    if (w[i] != 0) y = y + scale(k[i].*part, static_cast<real>(h * w[i]));
  }
  return y;
}

// Returns whether a later stage or the result of the step uses stage i.
bool needed(const Tableau& tableau, int i) {
  bool any = tableau.b[i] != 0;
  for (int later = i + 1; later < tableau.stages; ++later) any |= tableau.a[later][i] != 0;
  return any;
}

}  // namespace

Var gaussian_log_density(Var x, double std) {
  check(std > 0 && std::isfinite(std), "log_density", "the source's std is ", std,
        "; it must be positive and finite");
  const int dim = x.shape().cols();
  return shift(scale(sum_cols(square(x)), static_cast<real>(-0.5 / (std * std))),
               static_cast<real>(log_normal(0, std, dim)));
}

Var log_density(const Field& field, Var x, const SourceDensity& source, const TapeSolve& solve) {
  check(x && x.shape().rank == 2, "log_density", "points of shape ", x ? x.shape() : Shape{},
        "; give (rows, dimension) on a tape");
  check(bool(field) && bool(source) && solve.tableau, "log_density",
        "a field, a source's density and a method are needed, and one of them is missing");
  check(!solve.probe || solve.probe.shape() == x.shape(), "log_density", "the probe is ",
        solve.probe ? solve.probe.shape() : Shape{}, " and the points ", x.shape(),
        "; they must be equal");
  check(solve.steps >= 1, "log_density", solve.steps, " steps; give at least 1");
  check(solve.begin < solve.end, "log_density", "the source is at time ", solve.begin,
        " and data at ", solve.end, "; begin must be before end");
  const Tableau& tableau = *solve.tableau;
  const std::vector<double> grid = time_grid(solve.steps, solve.end, solve.begin);
  std::array<LogDensitySlope, kMaxStages> k;
  // The integral of the divergence, from time `end` to the current time t.
  Var integral = x.tape->full({x.shape().rows(), 1}, 0);
  for (int step = 0; step < solve.steps; ++step) {
    const double t = grid[step], h = grid[step + 1] - t;
    const bool last = step + 1 == solve.steps;
    k[0] = step > 0 && tableau.fsal ? k[tableau.stages - 1] : slope_at(field, x, t, solve);
    for (int i = 1; i < tableau.stages; ++i) {
      if (!needed(tableau, i) && (last || !tableau.fsal || i + 1 < tableau.stages)) continue;
      const double at = tableau.c[i] == 1 ? grid[step + 1] : t + tableau.c[i] * h;
      k[i] = slope_at(field, along(x, h, tableau.a[i], i, k, &LogDensitySlope::u), at, solve);
    }
    x = along(x, h, tableau.b, tableau.stages, k, &LogDensitySlope::u);
    integral = along(integral, h, tableau.b, tableau.stages, k, &LogDensitySlope::divergence);
  }
  // The steps go backward (h is negative), so `integral` is minus the integral over [begin, end].
  return source(x) + integral;
}

}  // namespace pushforward::inline PF_REAL
