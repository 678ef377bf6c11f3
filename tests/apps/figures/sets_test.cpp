// Tests figures of several sets of points, of steps and of pairs.
#include "apps/figures/sets.h"

#include <cmath>
#include <string>

#include "apps/figures/draw_figure.h"
#include "apps/figures/pairs.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

Points wave_points(std::size_t rows, std::size_t cols, double shift = 0) {
  Points points{{}, rows, cols};
  for (std::size_t i = 0; i < rows * cols; ++i)
    points.values.push_back(shift + std::sin(double(i) * (1 + double(i % cols))));
  return points;
}

void draws_sets(const Figure& figure) {
  CHECK(svg(picture_of(figure)).find("</svg>") != std::string::npos);
}

}  // namespace

TEST_CASE("sets of points have common limits and one bandwidth, in any dimension") {
  for (std::size_t D : {1u, 2u, 5u}) {
    CAPTURE(D);
    const std::vector<NamedPoints> sets{{"a", wave_points(50, D)}, {"b", wave_points(60, D, 3)}};
    const Figure samples = sets_figure(sets, "x"), density = sets_density_figure(sets, "x");
    draws_sets(samples);
    draws_sets(density);
    CHECK(samples.panels.size() == (D == 1 ? 2 : 3));
    CHECK(samples.panels[0].x == samples.panels[1].x);
    CHECK(samples.panels[0].y == samples.panels[1].y);
    CHECK(samples.panels[1].title == "b  (n = 60)");
    draws_sets(sets_figure({sets[0]}, "x"));
    draws_sets(sets_density_figure({sets[0], {"none", {{}, 0, D}}}, "x"));
    draws_sets(steps_figure({{"1 step", sets[0].points}, {"dopri5", sets[0].points}},
                            sets[0].points, "x"));
  }
  CHECK_THROWS_WITH(sets_figure({{"a", wave_points(5, 2)}, {"b", wave_points(5, 3)}}, "x"),
                    "[plot] b has 3 columns and a has 2; compare points of the same dimension");
  CHECK_THROWS_WITH(sets_figure({}, "x"),
                    "[plot] there are no sets of points to compare; give at least one");
}

TEST_CASE("each number of steps says how far its points are from the reference") {
  Points far = wave_points(40, 2);
  for (double& x : far.values) x += 1;
  const Figure figure =
      steps_figure({{"1 step", far}, {"dopri5", wave_points(40, 2)}}, wave_points(40, 2), "x");
  CHECK(figure.panels[0].title == "1 step, off by 1.41");
  CHECK(figure.panels[1].title == "dopri5");
  // A point has one colour in all panels.
  CHECK(std::get<Dots>(figure.panels[0].marks[0]).colours ==
        std::get<Dots>(figure.panels[1].marks[0]).colours);
}

TEST_CASE("a step that blows up does not set the limits, and says how many points are outside") {
  Points far = wave_points(40, 2);
  for (double& x : far.values) x *= 1000;
  const Figure figure =
      steps_figure({{"1 step", far}, {"dopri5", wave_points(40, 2)}}, wave_points(40, 2), "x");
  CHECK(figure.panels[0].x.width() < 8);
  CHECK(figure.panels[0].title.find(" % outside") != std::string::npos);
  CHECK(figure.panels[1].title == "dopri5");
}

TEST_CASE("a coupling is a segment for each pair, with its length in the title") {
  for (std::size_t D : {1u, 2u, 4u}) {
    CAPTURE(D);
    const Points x0 = wave_points(30, D), x1 = wave_points(30, D, 2);
    const Figure figure = coupling_figure({"ot", x0, x1}, {"independent", x0, x0}, "x", "noise");
    draws_sets(figure);
    CHECK(figure.panels[0].title == "ot: length " + short_number(2 * std::sqrt(double(D))));
    CHECK(figure.panels[1].title == "independent: length 0");
    CHECK(std::get<Lines>(figure.panels[0].marks[0]).lines.size() == 30);
    Trajectories paths{x0.values, 2, 30, D, {0, 1}};
    paths.values.insert(paths.values.end(), x1.values.begin(), x1.values.end());
    draws_sets(paths_figure(paths, paths, "x", "noise"));
  }
  CHECK_THROWS_WITH(
      coupling_figure({"a", wave_points(3, 2), wave_points(4, 2)}, {"b", {}, {}}, "x", "noise"),
      "[plot] source points of shape (3, 2) beside data of shape (4, 2); pairs need as many of "
      "each");
  CHECK_THROWS_WITH(paths_figure({}, {}, "x", "noise"), Contains("both need points at two times"));
}
