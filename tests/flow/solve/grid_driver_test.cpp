// Tests properties of all drivers (solvers that move rows along a grid of times) with fixed steps:
// saved points, costs, samples that depend on their number, and failures.
#include "flow/solve/grid_driver.h"

#include <cmath>
#include <limits>
#include <memory>

#include "flow/solve/sampler.h"
#include "tests/flow/gaussian_data.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

constexpr SamplingMethod kGridMethods[] = {SamplingMethod::euler_maruyama,
                                           SamplingMethod::stochastic_heun,
                                           SamplingMethod::dpm_solver, SamplingMethod::edm_heun};

std::unique_ptr<Driver> driver(SamplingMethod method, int rows, int dim) {
  SamplerOptions options;
  options.method = method;
  return make_driver(options, rows, dim);
}

}  // namespace

TEST_CASE("grid drivers save grid points exactly, and interpolate linearly between them") {
  const GaussianData data;
  for (SamplingMethod method : kGridMethods) {
    for (const bool back : {false, true}) {
      CAPTURE(name_of(method), back);
      const auto grid = back ? time_grid(6, 0.95, 0.05) : time_grid(6, 0.05, 0.95);
      const auto run = [&](const std::vector<SavePoint>& points) {
        std::vector<real> x{0, 1, 2, 3}, saved(points.size() * 4, real(-77));
        const auto d = driver(method, 2, 2);
        d->run(data.rhs(2), 2, grid, x.data(), {points, saved.data(), 4}, 5);
        CHECK(std::equal(x.begin(), x.end(), saved.end() - 4));
        return saved;
      };
      const auto every = run(evenly_saved(6, 7));
      CHECK(every[1] == 1);
      CHECK(every[3] == 3);
      const auto between = run({{0, 0}, {0, 0.25}, {0, 0.5}, {2, 0}, {5, 0.75}, {6, 0}});
      for (int e = 0; e < 4; ++e) {
        const auto at = [&](int i) { return double(every[i * 4 + e]); };
        const double wanted[] = {at(0), 0.75 * at(0) + 0.25 * at(1), 0.5 * (at(0) + at(1)),
                                 at(2), 0.25 * at(5) + 0.75 * at(6), at(6)};
        for (int s = 0; s < 6; ++s)
          CHECK(double(between[s * 4 + e]) == Approx(wanted[s]).epsilon(1e-6).margin(1e-6));
      }
      // The point that is saved at a time of the grid equals the result of a solution that ends at
      // this time.
      std::vector<real> x{0, 1, 2, 3};
      const std::vector<double> part(grid.begin(), grid.begin() + 4);
      driver(method, 2, 2)->run(data.rhs(2), 2, part, x.data(), {}, 5);
      CHECK(std::equal(x.begin(), x.end(), every.begin() + 12));
    }
  }
}

TEST_CASE("grid drivers count their evaluations") {
  const GaussianData data;
  for (SamplingMethod method : kGridMethods) {
    int asked = 0;
    const Rhs exact = data.rhs();
    const Rhs rhs = [&](std::span<const int> rows, const real* x, const double* t, real* out) {
      CHECK(rows.front() == 7);
      CHECK(rows.size() == 3);
      ++asked;
      exact(rows, x, t, out);
    };
    std::vector<real> x{0, 1, 2};
    const auto d = driver(method, 5, 1);
    d->run(rhs, 3, time_grid(8), x.data(), {}, 7);
    REQUIRE(d->costs().size() == 3);
    for (const RowCost& c : d->costs()) {
      CHECK(c.evaluations == asked);
      CHECK(c.steps == 8);
      CHECK(c.rejected == 0);
    }
    // Heun's second evaluation is left out in a step to sigma = 0. edm_heun also leaves it out in a
    // step from alpha = 0.
    CHECK(asked == (method == SamplingMethod::stochastic_heun ? 15
                    : method == SamplingMethod::edm_heun      ? 14
                                                              : 8));
  }
}

TEST_CASE("grid drivers refuse invalid arguments, and name the sample that fails") {
  const GaussianData data;
  for (SamplingMethod method : kGridMethods) {
    const auto d = driver(method, 2, 2);
    std::vector<real> x(4, real(1));
    CHECK_THROWS_WITH(d->run(data.rhs(2), 3, time_grid(2), x.data()),
                      "[integrate] 3 rows given to a solver made for 1 to 2");
    CHECK_THROWS_WITH(
        d->run(data.rhs(2), 2, std::vector<double>{0, 0.5, 0.4}, x.data()),
        "[integrate] the time grid goes from 0.5 to 0.4 at index 2; it must be strictly monotone");
    CHECK_THROWS_WITH(
        driver(method, 0, 2),
        "[integrate] a state of 0 rows of 2 numbers is empty; give at least one of both");
    const std::vector<SavePoint> late{{2, 0.5}};
    CHECK_THROWS_WITH(d->run(data.rhs(2), 2, time_grid(2), x.data(), {late, x.data(), 4}),
                      "[integrate] save point 2 + 0.5 is not on a grid of 2 intervals");

    const Rhs breaks = [](std::span<const int> rows, const real*, const double* t, real* out) {
      for (std::size_t r = 0; r < rows.size(); ++r) {
        const bool bad = rows[r] == 9 && t[r] > 0.2;
        out[2 * r] = out[2 * r + 1] = bad ? std::numeric_limits<real>::quiet_NaN() : 0;
      }
    };
    try {
      d->run(breaks, 2, time_grid(4, 0, 0.8), x.data(), {}, 8);
      FAIL("no failure");
    } catch (const IntegrationFailure& e) {
      CHECK(e.sample == 9);
      CHECK(e.step == 1 + std::lround(e.t / 0.2));
      CHECK_THAT(e.what(), Contains("[integrate] step ") &&
                               Contains(": the state is not finite; the model's output diverges") &&
                               Contains("(sample 9)"));
    }
    x = {1, 1, 1, std::numeric_limits<real>::infinity()};
    CHECK_THROWS_WITH(d->run(data.rhs(2), 2, time_grid(2), x.data()),
                      "[integrate] step 0 at t=0: the starting point is not finite (sample 1)");
  }
}

}  // namespace pushforward::inline PF_REAL
