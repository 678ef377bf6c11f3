// Tests DPM-Solver++(2M): its published formula, its order on every path and for every prediction,
// and steps at the ends of paths.
#include "flow/solve/dpm_solver.h"

#include <cmath>

#include "flow/path/time_grid.h"
#include "tests/flow/gaussian_data.h"
#include "tests/flow/problems.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
TEST_CASE("DPM-Solver++(2M) is the published recurrence") {
  // The recurrence is algorithm 2 of Lu et al. 2022 in terms of lambda = ln(alpha / sigma), on an
  // uneven grid.
  const std::vector<double> grid{0.1, 0.25, 0.3, 0.6, 0.75};
  for (const Scheduler& path : {cond_ot(), cosine(), vp(), ve(0.1, 10)}) {
    const GaussianData data{{Prediction::data, path}};
    double x = 0.6, before = 0, h_before = 0;
    for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
      const Coefficients a = path(grid[i]), b = path(grid[i + 1]);
      const double h = std::log(b.alpha / b.sigma) - std::log(a.alpha / a.sigma);
      const double d = data(x, grid[i]), r = h_before / h;
      const double mixed = i == 0 ? d : (1 + 1 / (2 * r)) * d - 1 / (2 * r) * before;
      x = b.sigma / a.sigma * x - b.alpha * (std::exp(-h) - 1) * mixed;
      before = d;
      h_before = h;
    }
    for (Prediction p : kPredictions) {
      const GaussianData model{{p, path}};
      DpmSolver solver(model.parameterization, 1, 1);
      CAPTURE(path.name, name_of(p));
      CHECK(std::abs(integrated(solver, model.rhs(), 0.6, grid) - x) < (kDouble ? 1e-11 : 3e-5));
      CHECK(solver.costs()[0].evaluations == 4);
    }
  }
}

TEST_CASE("DPM-Solver++(2M) has order 2 on every path, in both directions") {
  if (!kDouble) return;
  for (const Scheduler& path :
       {cond_ot(), polynomial(2), cosine(), linear_vp(), vp(), ve(0.1, 5)}) {
    for (Prediction p : {Prediction::data, Prediction::velocity, Prediction::noise}) {
      const GaussianData data{{p, path}};
      for (const bool back : {false, true}) {
        const double begin = back ? 0.8 : 0.3, end = back ? 0.3 : 0.8;
        const double exact = data.flow(1.4, begin, end);
        std::vector<double> step, error;
        for (int steps : {80, 160, 320}) {
          DpmSolver solver(data.parameterization, 1, 1);
          step.push_back(1. / steps);
          error.push_back(
              std::abs(integrated(solver, data.rhs(), 1.4, time_grid(steps, begin, end)) - exact));
        }
        CAPTURE(path.name, name_of(p), back, error);
        CHECK(fitted_order(step, error) == Approx(2).margin(0.15));
      }
    }
  }
}

TEST_CASE("DPM-Solver++(2M) goes from pure noise to clean data") {
  // lambda = ln(alpha / sigma) is infinite at both ends. If the data is a single point, every step
  // is exact.
  const double eps = kDouble ? 1e-12 : 1e-5;
  for (const Scheduler& path : {cond_ot(), cosine()}) {
    for (Prediction p : {Prediction::data, Prediction::velocity, Prediction::edm}) {
      CAPTURE(path.name, name_of(p));
      const GaussianData point{{p, path}, -1.5, 0};
      DpmSolver solver(point.parameterization, 1, 1);
      CHECK(std::abs(integrated(solver, point.rhs(), 0.8, time_grid(3)) + 1.5) < eps);
      // The first step, from pure noise, is x' = sigma x + alpha E[x1].
      const Coefficients c = path(0.25);
      CHECK(std::abs(integrated(solver, point.rhs(), 0.8, {0, 0.25}) - 0.8 * c.sigma +
                     1.5 * c.alpha) < eps);
      const GaussianData data{{p, path}};
      DpmSolver whole(data.parameterization, 1, 1);
      CHECK(std::abs(integrated(whole, data.rhs(), 0.8, time_grid(200)) - 2.4) < 2e-3);
    }
  }
  const GaussianData noise{{Prediction::noise, cond_ot()}};
  DpmSolver solver(noise.parameterization, 1, 1);
  CHECK_THROWS_WITH(
      integrated(solver, noise.rhs(), 0.8, time_grid(3)),
      "[prediction] data from noise has no finite limit where alpha is 0 and sigma 1; "
      "begin after t = 0 or end before t = 1");
}

}  // namespace pushforward::inline PF_REAL
