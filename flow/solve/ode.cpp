#include "flow/solve/ode.h"

#include <utility>

#include "flow/solve/integrate.h"

namespace pushforward::inline PF_REAL {

using detail::check;

Rhs make_rhs(StateSlope slope, int dim) {
  check(bool(slope), "integrate", "no slope is given; give a function of the state and the time");
  check(dim > 0, "integrate", "a state of ", dim, " numbers; it must have at least one");
  return [slope = std::move(slope), width = static_cast<std::size_t>(dim)](
             std::span<const int> rows, const real* x, const double* t, real* dx) {
    for (std::size_t r = 0; r < rows.size(); ++r)
      slope({x + r * width, width}, t[r], {dx + r * width, width});
  };
}

std::vector<real> integrate(const StateSlope& slope, std::vector<real> x,
                            const std::vector<double>& grid, const SolverOptions& options) {
  const int dim = static_cast<int>(x.size());
  const Rhs rhs = make_rhs(slope, dim);
  Integrator(options, 1, dim).run(rhs, 1, grid, x.data());
  return x;
}

double integrate(const ScalarSlope& slope, double x, const std::vector<double>& grid,
                 const SolverOptions& options) {
  check(bool(slope), "integrate", "no slope is given; give a function of the state and the time");
  const StateSlope of_one = [&slope](std::span<const real> at, double t, std::span<real> dx) {
    dx[0] = static_cast<real>(slope(static_cast<double>(at[0]), t));
  };
  return static_cast<double>(
      integrate(of_one, std::vector<real>{static_cast<real>(x)}, grid, options)[0]);
}

}  // namespace pushforward::inline PF_REAL
