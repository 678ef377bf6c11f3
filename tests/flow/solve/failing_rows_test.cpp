// Tests what remains of rows that fail while others go on: NaN where nothing was saved, and the
// points that were saved before.
#include <cmath>
#include <limits>
#include <vector>

#include "flow/path/time_grid.h"
#include "flow/solve/integrate.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {

TEST_CASE("the points of a row that fails are NaN from then on, and those before it are kept") {
  // The first number of row 0 has no slope after t = 0.6. All other numbers have slope 1.
  const Rhs rhs = [](std::span<const int> rows, const real*, const double* t, real* dx) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      dx[2 * r] = rows[r] == 0 && t[r] > 0.6 ? std::numeric_limits<real>::quiet_NaN() : real(1);
      dx[2 * r + 1] = 1;
    }
  };
  for (const bool adaptive : {true, false}) {
    CAPTURE(adaptive);
    SolverOptions o;
    o.tableau = &kDopri5;
    o.adaptive = adaptive;
    o.rtol = o.atol = 1e-4;
    o.skips_failures = true;
    o.max_steps = 200;
    const std::vector<double> grid = adaptive ? std::vector<double>{0, 1} : time_grid(8);
    const std::vector<SavePoint> points = evenly_saved(static_cast<int>(grid.size()) - 1, 5);
    const std::vector<double> start{2, -1, 3, -4};
    std::vector<real> x(start.begin(), start.end()), saved(20, real(77));
    Integrator solver(o, 2, 2);
    solver.run(rhs, 2, grid, x.data(), {points, saved.data(), 4});
    CHECK(solver.failures().count == 1);
    CHECK(solver.failures().first == 0);
    for (std::size_t j = 0; j < 4; ++j) {
      CAPTURE(j);
      const bool failed = j < 2;
      CHECK((failed ? std::isnan(x[j]) : double(x[j]) == Approx(start[j] + 1)));
      for (std::size_t k = 0; k < 5; ++k) {
        CAPTURE(k);
        const double t = 0.25 * static_cast<double>(k);
        const real at = saved[4 * k + j];
        CHECK((failed && t > 0.6 ? std::isnan(at) : double(at) == Approx(start[j] + t)));
      }
    }
  }
}

TEST_CASE("a row that starts from a number that is not finite is NaN in all saved points") {
  const Rhs rhs = [](std::span<const int> rows, const real*, const double*, real* dx) {
    for (std::size_t e = 0; e < 2 * rows.size(); ++e) dx[e] = 1;
  };
  for (const bool adaptive : {true, false}) {
    CAPTURE(adaptive);
    SolverOptions o;
    o.tableau = &kDopri5;
    o.adaptive = adaptive;
    o.skips_failures = true;
    const std::vector<double> grid = adaptive ? std::vector<double>{0, 1} : time_grid(4);
    const std::vector<SavePoint> points = evenly_saved(static_cast<int>(grid.size()) - 1, 3);
    std::vector<real> x{5, std::numeric_limits<real>::infinity(), 1, 2}, saved(12, real(77));
    Integrator(o, 2, 2).run(rhs, 2, grid, x.data(), {points, saved.data(), 4});
    for (std::size_t k = 0; k < 3; ++k) {
      CAPTURE(k);
      CHECK(std::isnan(saved[4 * k]));
      CHECK(std::isnan(saved[4 * k + 1]));
      CHECK(double(saved[4 * k + 2]) == Approx(1 + 0.5 * static_cast<double>(k)));
    }
    CHECK(std::isnan(x[0]));
  }
}

}  // namespace pushforward::inline PF_REAL
