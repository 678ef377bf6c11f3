// Solves an ordinary differential equation given as a plain function, for one number or one small
// state.
//
// The functions use Integrator (integrate.h), which moves many rows at once and can save points.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "flow/solve/solver_options.h"
#include "flow/solve/step.h"

namespace pushforward::inline PF_REAL {

// The slope of dx/dt = slope(x, t), where x is one number.
using ScalarSlope = std::function<double(double x, double t)>;
// The slope of dx/dt = slope(x, t), where x is a state of several numbers. It writes the slope to
// dx, which has the size of x.
using StateSlope = std::function<void(std::span<const real> x, double t, std::span<real> dx)>;

// Returns the solution at grid.back() of dx/dt = slope(x, t) with x(grid.front()) = x:
//   integrate([](double x, double t) { return -x; }, 1., {0, 1})                      exp(-1)
//   integrate(slope, 1., time_grid(100), {.tableau = &kEuler})                        100 steps
// An adaptive method chooses its steps between the ends of the grid. A method with fixed steps goes
// from each time of the grid to the next. The state is stored in `real`. Fails as Integrator::run
// does, and without a function.
double integrate(const ScalarSlope& slope, double x, const std::vector<double>& grid,
                 const SolverOptions& options = {});
// Returns the state x(grid.back()) that solves dx/dt = slope(x, t) from the state x (D) at time
// grid.front(). The options and errors are those of the function for one number.
std::vector<real> integrate(const StateSlope& slope, std::vector<real> x,
                            const std::vector<double>& grid, const SolverOptions& options = {});

// Returns a right-hand side for Integrator and Stepper, which calls `slope` for each row of `dim`
// numbers. Fails without a function, and on a dimension below 1.
Rhs make_rhs(StateSlope slope, int dim);

}  // namespace pushforward::inline PF_REAL
