// Tests time grids: exact ends, strict order, spacing, both directions, and times at which states
// are saved.
#include "flow/path/time_grid.h"

#include <algorithm>
#include <cmath>

#include "flow/solve/time_range.h"
#include "tests/tools/catch.h"

namespace pushforward {
namespace {

std::vector<double> reversed(std::vector<double> grid) {
  std::reverse(grid.begin(), grid.end());
  return grid;
}

double level(const Scheduler& path, double t) { return path(t).sigma / path(t).alpha; }

}  // namespace

TEST_CASE("even grids and save points have the right times") {
  CHECK(time_grid(4) == std::vector<double>{0, 0.25, 0.5, 0.75, 1});
  const auto back = time_grid(10, 1, 0);
  CHECK(back.front() == 1);
  CHECK(back.back() == 0);
  CHECK_THROWS_WITH(time_grid(0), "[solver] a grid of 0 steps; give at least 1");

  const auto p = evenly_saved(100, 50);
  REQUIRE(p.size() == 50);
  CHECK(p.front().index == 0);
  CHECK(p.front().fraction == 0);
  CHECK(p.back().index == 100);
  CHECK(p.back().fraction == 0);
  for (int k = 0; k < 50; ++k) CHECK(p[k].index + p[k].fraction == Approx(100. * k / 49));
  for (const SavePoint& on_grid : evenly_saved(100, 51)) CHECK(on_grid.fraction == 0);
  CHECK_THROWS_WITH(
      evenly_saved(10, 1),
      "[solver] 1 points on a grid of 10 intervals; at least 2 points and 1 interval are needed");
}

TEST_CASE("every grid has exact ends and strict order, and the same times backwards") {
  for (const Scheduler& path : {cond_ot(), cosine(), polynomial(2), vp(), ve(), edm()}) {
    CAPTURE(path.name);
    for (int steps : {1, 2, 7, 50, 1000}) {
      for (int kind = 0; kind < 3; ++kind) {
        const auto made = [&](double begin, double end) {
          if (kind == 0) return power_grid(steps, 2.5, begin, end);
          if (kind == 1) return cosine_grid(steps, begin, end);
          return log_snr_grid(path, steps, begin, end);
        };
        CAPTURE(steps, kind);
        for (const TimeRange& range : {TimeRange{0, 1}, TimeRange{0.01, 0.97}}) {
          const auto grid = made(range.begin, range.end);
          REQUIRE(grid.size() == static_cast<std::size_t>(steps) + 1);
          CHECK(grid.front() == range.begin);
          CHECK(grid.back() == range.end);
          CHECK(std::adjacent_find(grid.begin(), grid.end(), std::greater_equal<>()) == grid.end());
          CHECK(made(range.end, range.begin) == reversed(grid));
        }
      }
    }
  }
}

TEST_CASE("power and cosine grids have their formulas") {
  const auto power = power_grid(4, 2, 0, 1);
  for (int i = 0; i <= 4; ++i) CHECK(power[i] == Approx(i * i / 16.));
  CHECK(power_grid(10, 1, 0.2, 0.8)[3] == Approx(time_grid(10, 0.2, 0.8)[3]));
  const auto cosine = cosine_grid(6, 1, 3);
  for (int i = 0; i <= 6; ++i)
    CHECK(cosine[i] == Approx(1 + (1 - std::cos(3.14159265358979323846 * i / 6))));
}

TEST_CASE("a grid in log SNR is even in the logarithm, and refuses paths without these levels") {
  for (const Scheduler& path : {cond_ot(), cosine(), vp(), ve()}) {
    CAPTURE(path.name);
    const auto grid = log_snr_grid(path, 20, 0.1, 0.9);  // evenly spaced within the range
    const double first = std::log(level(path, 0.1)), last = std::log(level(path, 0.9));
    for (int i = 0; i <= 20; ++i)
      CHECK(std::log(level(path, grid[i])) == Approx(first + (last - first) * i / 20).margin(1e-9));
  }
  // On cond_ot the logarithm of the noise level is infinite at t = 0 and t = 1. The noise
  // levels at the inner times of the grid then lie between the given levels 100 and 0.01.
  const auto grid = log_snr_grid(cond_ot(), 10, 0, 1, {100, 0.01});
  for (int i = 1; i < 10; ++i)
    CHECK(std::log10(level(cond_ot(), grid[i])) == Approx(2 - 4. * i / 10).margin(1e-9));
}

TEST_CASE("EDM's noise levels are the published ones, and their times are found on a path") {
  // The expected numbers are the first three noise levels and the last of Karras et al. 2022, eq.
  // 5, with N = 18.
  const auto levels = noise_levels(18);
  CHECK(levels[0] == 80);
  CHECK(levels[1] == Approx(57.58598472124816));
  CHECK(levels[2] == Approx(40.78557379650796));
  CHECK(levels[17] == 0.002);

  for (const Scheduler& path : {cond_ot(), cosine(), polynomial(2), linear_vp()}) {
    const auto grid = edm_grid(path, 18);
    REQUIRE(grid.size() == 19);
    CAPTURE(path.name);
    for (int i = 0; i < 18; ++i) CHECK(level(path, grid[i]) == Approx(levels[i]).epsilon(1e-8));
    CHECK(grid.back() == 1);
    CHECK(edm_grid(path, 18, 1, 0) == reversed(grid));
  }
  CHECK(edm_grid(cond_ot(), 18)[0] == Approx(1 / 81.));
  // On the path edm, the times of edm_grid are evenly spaced from 0 to 1.
  const auto even = edm_grid(edm(), 10);
  REQUIRE(even.size() == 11);
  for (int i = 0; i <= 10; ++i) CHECK(even[i] == Approx(i / 10.).margin(1e-12));
  // edm_grid restricts its noise levels to those that the path has.
  const auto narrow = edm_grid(ve(0.02, 40), 10);
  CHECK(level(ve(0.02, 40), narrow.front()) == Approx(40));
  CHECK(level(ve(0.02, 40), narrow.back()) == Approx(0.02));
  CHECK(edm_grid(cond_ot(), 18, 0.25, 1).front() == Approx(0.25));
}

TEST_CASE("invalid grids are refused") {
  CHECK_THROWS_WITH(power_grid(0, 2), "[solver] a grid of 0 steps; give at least 1");
  CHECK_THROWS_WITH(power_grid(4, -1),
                    "[solver] the power of a time grid is -1; it must be positive");
  CHECK_THROWS_WITH(
      cosine_grid(3, 0.5, 0.5),
      "[integrate] the time grid goes from 0.5 to 0.5 at index 1; it must be strictly monotone");
  CHECK_THROWS_WITH(noise_levels(5, {1, 2}),
                    "[solver] noise levels from 1 down to 2 with rho 7; "
                    "give 0 < sigma_min < sigma_max and a positive rho");
  CHECK_THROWS_WITH(noise_levels(1), "[solver] 1 noise levels; give at least 2");
  CHECK_THROWS_WITH(edm_grid(cond_ot(), 1),
                    "[solver] a grid of 1 steps through EDM's noise levels; give at least 2");
  CHECK_THROWS_WITH(edm_grid(ve(0.02, 100), 10, 0, 1, {0.01, 0.002}),
                    "[solver] ve has noise levels 100 to 0.02 from t = 0 to 1, "
                    "none of them between 0.01 and 0.002; widen the range");
}

TEST_CASE("the time of a save point is found") {
  const std::vector<double> grid{0, 0.2, 1};
  CHECK(time_of({1, 0}, grid) == 0.2);
  CHECK(time_of({1, 0.25}, grid) == Approx(0.4));
  CHECK(time_of({2, 0}, grid) == 1);
}

}  // namespace pushforward
