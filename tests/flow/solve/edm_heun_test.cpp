// Tests EDM's sampler: a hand-computed step, the published algorithm on its grid, its order, and
// steps at the ends of paths.
#include "flow/solve/edm_heun.h"

#include <cmath>

#include "flow/path/time_grid.h"
#include "tests/flow/gaussian_data.h"
#include "tests/flow/problems.h"
#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"

namespace pushforward::inline PF_REAL {
TEST_CASE("one EDM step has hand-computed values, on any path and for any prediction") {
  // The data is N(0, 0.5^2). The step goes from z = x / alpha = 2 at noise level sigma / alpha = 1
  // to level 0.5.
  const double eps = kDouble ? 1e-12 : 1e-6;
  for (const Scheduler& path : {cond_ot(), cosine(), vp(), edm(), ve()}) {
    const double t = path.time_of_ratio(1), t1 = path.time_of_ratio(2);
    const double x = 2 * path(t).alpha, alpha = path(t1).alpha;
    for (Prediction p : kPredictions) {
      CAPTURE(path.name, name_of(p));
      const GaussianData data{{p, path}, 0, 0.5};
      EdmHeun heun(data.parameterization, 1, 1);
      CHECK(std::abs(integrated(heun, data.rhs(), x, {t, t1}) / alpha - 1.3) < eps);
      CHECK(heun.costs()[0].evaluations == 2);
      const Conversion euler = denoise_step(data.parameterization, path(t), path(t1));
      CHECK((euler.a * x + euler.b * data(x, t)) / alpha == Approx(1.2).epsilon(1e-9));
      CHECK(data.flow(x, t, t1) / alpha == Approx(1.264911064).epsilon(1e-9));
    }
  }
}

TEST_CASE("EDM's sampler is algorithm 1 on EDM's noise levels") {
  // The loop below is algorithm 1 of Karras et al. 2022 in terms of z = x / alpha and s = sigma /
  // alpha, for data N(2, 0.5^2).
  const auto denoiser = [](double z, double s) { return 2 + 0.25 / (0.25 + s * s) * (z - 2); };
  auto levels = noise_levels(18);
  levels.push_back(0);
  double z = 80 * 0.9;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double s = levels[i], s1 = levels[i + 1], d = (z - denoiser(z, s)) / s;
    double z1 = z + (s1 - s) * d;
    if (s1 > 0) z1 = z + (s1 - s) / 2 * (d + (z1 - denoiser(z1, s1)) / s1);
    z = z1;
  }
  for (const Scheduler& path : {cond_ot(), cosine(), polynomial(2)}) {
    const GaussianData data{{Prediction::velocity, path}};
    const auto grid = edm_grid(path, 18);
    EdmHeun heun(data.parameterization, 1, 1);
    const double x = integrated(heun, data.rhs(), 0.9 * path(grid.front()).sigma, grid);
    CAPTURE(path.name);
    CHECK(std::abs(x - z) < (kDouble ? 1e-9 : 1e-4));
    CHECK(heun.costs()[0].evaluations == 35);  // 2 N - 1 for N = 18 steps
  }
}

TEST_CASE("EDM's sampler has order 2 on every path, in both directions") {
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
          EdmHeun solver(data.parameterization, 1, 1);
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

TEST_CASE("EDM's sampler goes from pure noise to clean data and back") {
  for (const Scheduler& path : {cond_ot(), cosine()}) {
    const GaussianData data{{Prediction::velocity, path}};
    EdmHeun solver(data.parameterization, 1, 1);
    CAPTURE(path.name);
    CHECK(std::abs(integrated(solver, data.rhs(), 0.8, time_grid(200)) - 2.4) < 2e-3);
    CHECK(std::abs(integrated(solver, data.rhs(), 2.4, time_grid(200, 1, 0)) - 0.8) < 2e-3);
  }
}

}  // namespace pushforward::inline PF_REAL
