// Exercise 6: a Runge-Kutta method as a table, Kutta's 3/8 rule (1901) of order 4.
#include "docs/exercises/exercise.h"
#include "flow/solve/integrate.h"

using namespace pushforward;

namespace {

// your part: constexpr Tableau kThreeEighths, with c = (0, 1/3, 2/3, 1) and b = (1, 3, 3, 1) / 8
constexpr Tableau kThreeEighths{
    .name = "three_eighths",
    .doc = "Kutta's 3/8 rule (1901), order 4, 4 evaluations a step",
    .stages = 4,
    .order = 4,
    .c = {0, 1. / 3, 2. / 3, 1},
    .b = {1. / 8, 3. / 8, 3. / 8, 1. / 8},
    .a = {{{}, {1. / 3}, {-1. / 3, 1}, {1, -1, 1}}},
};
// end of your part

// Returns the error at t = 2 of the solution of dx/dt = x cos(t), x(0) = 1, with this number of
// steps. The solution is exp(sin(t)).
double error(int steps) {
  std::vector<double> grid;
  for (int k = 0; k <= steps; ++k) grid.push_back(2. * k / steps);
  Integrator solver({.tableau = &kThreeEighths}, 1, 1);
  real x = 1;
  solver.run(
      [](auto rows, const real* at, const double* t, real* dx) {
        for (std::size_t r = 0; r < rows.size(); ++r) dx[r] = at[r] * std::cos(t[r]);
      },
      1, grid, &x);
  return std::fabs(x - std::exp(std::sin(2.)));
}

}  // namespace

int main() {
  exercise::expect("half the step, a sixteenth of the error", error(80) / error(160), 16, 0.05);
  exercise::expect("and again", error(160) / error(320), 16, 0.05);
  return exercise::result();
}
