#include "flow/solver_options.h"

#include "flow/tableau_check.h"  // for its assertions

namespace pushforward {

void SolverOptions::check_valid() const {
  const char* name = tableau->name;
  check(!adaptive || tableau->adaptive(), "solver", "method ", name,
        " has no error estimate, so it cannot be adaptive; give a number of steps, or take bosh3, "
        "dopri5 or tsit5");
  check(rtol >= 0 && atol >= 0 && rtol + atol > 0, "solver", "rtol ", rtol, " and atol ", atol,
        "; neither may be negative, and one must be positive");
  check(first_step >= 0, "solver", "first_step is ", first_step,
        "; give a positive one, or 0 to have it estimated");
  check(max_steps > 0, "solver", "max_steps is ", max_steps, "; it must be positive");
  const Control& c = control;
  check(c.safety > 0 && c.safety <= 1 && c.min_factor > 0 && c.min_factor < 1 && c.max_factor > 1,
        "solver", "safety ", c.safety, " must be in (0, 1], min_factor ", c.min_factor,
        " in (0, 1), max_factor ", c.max_factor, " above 1");
}

std::vector<SavePoint> evenly_saved(int steps, int count) {
  check(steps >= 1 && count >= 2, "solver", count, " points on a grid of ", steps,
        " intervals; at least 2 points and 1 interval are needed");
  std::vector<SavePoint> points;
  for (int k = 0; k < count; ++k) {
    const long long place =
        static_cast<long long>(k) * steps;  // in units of 1 / (count - 1) interval
    points.push_back({static_cast<int>(place / (count - 1)),
                      static_cast<double>(place % (count - 1)) / (count - 1)});
  }
  return points;
}

std::vector<double> time_grid(int steps, double begin, double end) {
  check(steps >= 1, "solver", "a grid of ", steps, " steps; give at least 1");
  std::vector<double> grid;
  for (int i = 0; i < steps; ++i) grid.push_back(begin + (end - begin) * i / steps);
  grid.push_back(end);
  return grid;
}

}  // namespace pushforward
