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
  // Row 0 has no slope after t = 0.6, and row 1 moves with slope 1.
  const Rhs rhs = [](std::span<const int> rows, const real*, const double* t, real* dx) {
    for (std::size_t r = 0; r < rows.size(); ++r)
      dx[r] = rows[r] == 0 && t[r] > 0.6 ? std::numeric_limits<real>::quiet_NaN() : real(1);
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
    std::vector<real> x{2, 3}, saved(10, real(77));
    Integrator solver(o, 2, 1);
    solver.run(rhs, 2, grid, x.data(), {points, saved.data(), 2});
    CHECK(solver.failures().count == 1);
    CHECK(solver.failures().first == 0);
    CHECK(std::isnan(x[0]));
    CHECK(double(x[1]) == Approx(4));
    for (std::size_t k = 0; k < 5; ++k) {
      CAPTURE(k);
      const double t = 0.25 * static_cast<double>(k);
      CHECK(double(saved[2 * k + 1]) == Approx(3 + t));
      if (k <= 2)
        CHECK(double(saved[2 * k]) == Approx(2 + t));
      else
        CHECK(std::isnan(saved[2 * k]));
    }
  }
}

}  // namespace pushforward::inline PF_REAL
