// Tests the data behind the figures: shapes, limits, projections and kernel estimates.
#include "apps/figures/data.h"

#include <cmath>
#include <numbers>

#include "apps/figures/kernel.h"
#include "apps/figures/panels.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("shapes that do not fit say what they hold and what to give") {
  CHECK_THROWS_WITH(check_shape("plot", Points{{1, 2, 3}, 2, 2}),
                    "[plot] points of shape (2, 2) hold 3 values; give rows times columns");
  CHECK_THROWS_WITH(check_shape("plot", Points{{}, 3, 0}),
                    "[plot] points of dimension 0; give at least one column");
  CHECK_THROWS_WITH(
      check_shape("plot", Trajectories{{1, 2}, 2, 2, 1, {}}),
      "[plot] trajectories of shape (2, 2, 1) hold 2 values; give times by rows by columns");
  CHECK_THROWS_WITH(check_shape("plot", Trajectories{{1, 2}, 2, 1, 1, {0}}),
                    "[plot] 1 times for 2 saved states; give one for each, or none");
  CHECK_THROWS_WITH(check_shape("plot", Trajectories{{1, 2}, 2, 1, 1, {0.5, 0.5}}),
                    "[plot] times must increase, but t[0] = 0.5 and t[1] = 0.5");
}

TEST_CASE("points between saved times lie on the line between them") {
  const Trajectories all{{0, 10, 4, 20, 6, 20}, 3, 2, 1, {0, 0.5, 1}};
  CHECK(points_at(all, 0.25).values == std::vector<double>{2, 15});
  CHECK(points_at(all, 0.5).values == std::vector<double>{4, 20});
  CHECK(points_at(all, 1).values == std::vector<double>{6, 20});
  CHECK(points_at(all, -3).values == std::vector<double>{0, 10});
  CHECK(points_at(all, 9).values == std::vector<double>{6, 20});
  CHECK(points_at(Trajectories{{7}, 1, 1, 1, {}}, 0.3).values == std::vector<double>{7});
}

TEST_CASE("rows with a value that is not finite are dropped and counted") {
  std::size_t dropped = 0;
  const Points kept = finite_rows({{1, 2, NAN, 3, 4, 5, 6, INFINITY}, 4, 2}, dropped);
  CHECK(kept.rows == 2);
  CHECK(kept.values == std::vector<double>{1, 2, 4, 5});
  CHECK(dropped == 2);
  CHECK(dropped_note(0) == "");
  CHECK(dropped_note(1) == "1 point that is not finite is left out");
  CHECK(dropped_note(2) == "2 points that are not finite are left out");
}

TEST_CASE("one stray value cannot shrink the view") {
  std::vector<double> values(5000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = double(i) / 5000;
  values[17] = 1e6;
  values[18] = NAN;
  const Limits limits = robust_limits(values);
  CHECK(limits.low == 0);
  CHECK(limits.high < 1.3);
  CHECK(robust_limits({0, 1e6}) == Limits{0, 1e6});
}

TEST_CASE("principal axes are those of the standardised columns, longest first") {
  Points points{{}, 0, 3};
  for (int i = -10; i <= 10; ++i) {
    for (int j = -4; j <= 4; ++j) {  // the variance is larger along (0, 1, 0) than (0.6, 0, -0.8)
      const double a = i, b = 0.5 * j;
      points.values.insert(points.values.end(), {1 + 0.6 * b, 2 + a, 3 - 0.8 * b});
      ++points.rows;
    }
  }
  const Projection projection = make_projection(points);
  REQUIRE(projection.axes.size() == 2);
  // Columns 0 and 2 are the same but for sign and size; column 1 is independent of them.
  const double half = std::sqrt(0.5);
  CHECK(std::abs(projection.axes[0][0]) == Approx(half));
  CHECK(projection.axes[0][1] == Approx(0).margin(1e-9));
  CHECK(projection.axes[0][2] == Approx(-projection.axes[0][0]));
  CHECK(projection.axes[1][1] == Approx(1));
  CHECK(projection.origin[2] == Approx(3));
  CHECK(projection.scale[1] == Approx(std::sqrt(110.0 / 3)));
  CHECK(projection.note == "first two principal axes of 3 standardised columns");
  CHECK(projection.x_label == "principal axis 1 (67 % of the variance)");
  const Points flat = projection(points);
  CHECK(flat.cols == 2);
  CHECK(flat.at(0, 1) == Approx(-10 / std::sqrt(110.0 / 3)));
  // A column in other units gives the same picture.
  Points other = points;
  for (std::size_t i = 1; i < other.values.size(); i += 3) other.values[i] *= 1000;
  CHECK(make_projection(other)(other).at(0, 1) == Approx(flat.at(0, 1)));
  CHECK_THROWS_WITH(projection(Points{{1, 2}, 1, 2}),
                    "[plot] points of dimension 2 beside points of dimension 3; "
                    "give sets of the same dimension");
}

TEST_CASE("points without any spread have principal axes too") {
  const Projection projection = make_projection({std::vector<double>(40, 2.5), 10, 4});
  for (double value : projection({std::vector<double>(4, 2.5), 1, 4}).values) CHECK(value == 0);
}

TEST_CASE("a kernel estimate of one point is its Gaussian, and holds mass 1") {
  const double h = 0.2;
  const DensityGrid grid = kernel_density({{0, 0}, 1, 2}, {-2, 2}, {-2, 2}, 101, 101, {h, h});
  CHECK(grid.density[50 * 101 + 50] == Approx(1 / (2 * std::numbers::pi * h * h)).epsilon(1e-3));
  double mass = 0;
  for (double density : grid.density) mass += density * std::pow(4.0 / 101, 2);
  CHECK(mass == Approx(1).epsilon(1e-6));
}

TEST_CASE("the bandwidth follows the data's finest structure, not their spread") {
  Points one{{}, 2000, 1}, two{{}, 2000, 1};
  // `one` has quantiles of a logistic distribution, `two` has two narrow copies of it, far apart.
  for (int i = 0; i < 2000; ++i) {
    const double u = (i + 0.5) / 2000, x = std::log(u / (1 - u));
    one.values.push_back(x);
    two.values.push_back(0.1 * x + (i % 2 ? 10 : -10));
  }
  const double wide = kernel_bandwidth(one, {-12, 12}, {}, 400, 1).x;
  const double narrow = kernel_bandwidth(two, {-12, 12}, {}, 400, 1).x;
  CHECK(wide > 3 * narrow);
  CHECK(kernel_bandwidth({{1}, 1, 1}, {0, 2}, {}, 100, 1).x > 0);
  CHECK(kernel_bandwidth({{1, 1, 1}, 3, 1}, {0, 2}, {}, 100, 1).x > 0);
}

TEST_CASE("paths with a state that is not finite are left out, and the rest chosen evenly") {
  Trajectories all{{}, 2, 10, 1, {}};
  for (int i = 0; i < 20; ++i) all.values.push_back(i == 13 ? NAN : i);
  const DrawnPaths flow = make_drawn_paths(all, 3);
  CHECK(flow.points.rows == 3);
  CHECK(flow.points.values == std::vector<double>{0, 4, 7, 10, 14, 17});
  CHECK(flow.note == "1 path that is not finite is left out");
  CHECK(flow.points.t == std::vector<double>{0, 1});
}

TEST_CASE("an animation begins and ends on the ends of time and rests there") {
  const Timing timing = make_timing({{}, 0, 0, 2, {0.2, 0.9}}, 30);
  CHECK(timing.t.size() == 30);
  CHECK(timing.t.front() == Approx(0.2));
  CHECK(timing.t.back() == Approx(0.9));
  CHECK(timing.durations.back() > 1000);
  for (std::size_t k = 1; k < 30; ++k) CHECK(timing.t[k] > timing.t[k - 1]);
  CHECK_THROWS_WITH(make_timing({}, 1), "[plot] an animation of 1 frames; give at least 2");
}
