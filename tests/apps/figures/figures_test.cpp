// Tests that every figure draws usual, degenerate and invalid input, with the same bytes each time,
// and large input quickly.
#include "apps/figures/figures.h"
#include "apps/figures/draw_figure.h"
#include "apps/figures/images.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

constexpr double hole = std::numeric_limits<double>::quiet_NaN();

// Returns evenly spread points without random numbers: multiples of irrational numbers modulo 1.
Points spread(std::size_t rows, std::size_t cols, double scale = 1, double shift = 0) {
  Points points{std::vector<double>(rows * cols), rows, cols};
  for (std::size_t i = 0; i < points.values.size(); ++i) {
    const double u = double(i + 1) * (std::sqrt(2.0 + double(i % cols)));
    points.values[i] = shift + scale * (u - std::floor(u));
  }
  return points;
}

Trajectories example_paths(std::size_t times, std::size_t rows, std::size_t cols) {
  Trajectories all{{}, times, rows, cols, {}};
  const Points start = spread(rows, cols, 4, -2), end = spread(rows, cols, 1, 1);
  for (std::size_t k = 0; k < times; ++k) {
    const double s = times > 1 ? double(k) / double(times - 1) : 0;
    for (std::size_t i = 0; i < rows * cols; ++i) {
      all.values.push_back((1 - s) * start.values[i] + s * end.values[i]);
    }
  }
  return all;
}

std::vector<FieldSlice> field(std::size_t dimension) {
  std::vector<FieldSlice> slices;
  for (double t : {0.0, 0.5, 1.0}) {
    FieldSlice slice{t, spread(64, dimension, 4, -2), spread(64, dimension, 2, -1),
                     spread(100, dimension)};
    slices.push_back(slice);
  }
  return slices;
}

// Counts the pixels whose colour is close to the given one.
std::size_t count_figure_pixels(const Figure& figure, const Colour& colour, int off = 40) {
  std::size_t found = 0;
  const std::uint32_t wanted = packed(colour);
  for (std::uint32_t rgb : pixels(picture_of(figure), 1).rgb) {
    int worst = 0;
    for (int shift : {0, 8, 16}) {
      worst = std::max(worst, std::abs(int(rgb >> shift & 255) - int(wanted >> shift & 255)));
    }
    found += worst < off;
  }
  return found;
}

void draws(const Picture& picture) {
  CHECK(png(picture, 1).substr(0, 4) == "\x89PNG");
  CHECK(svg(picture).find("</svg>") != std::string::npos);
}

void draws(const Figure& figure) { draws(picture_of(figure)); }

void draws(const MovingFigure& film) {
  const Animation animation = animation_of(film);
  REQUIRE(!animation.durations.empty());
  draws(frame(animation, 0));
  draws(frame(animation, animation.durations.size() / 2));
  draws(frame(animation, animation.durations.size() - 1));
}

double height_of(const Figure& figure) { return picture_of(figure).height; }
double width_of(const Figure& figure) { return picture_of(figure).width; }

}  // namespace

TEST_CASE(
    "sets of very unequal numbers have dots of similar size and equal numbers in the overlay") {
  Points few{{}, 300, 2}, many{{}, 6000, 2};
  for (std::size_t i = 0; i < 2 * few.rows; ++i) few.values.push_back(double(i * 37 % 101));
  for (std::size_t i = 0; i < 2 * many.rows; ++i) many.values.push_back(double(i * 53 % 103));
  for (const bool more_samples : {true, false}) {
    const Figure figure =
        more_samples ? samples_figure(many, few, "x") : samples_figure(few, many, "x");
    REQUIRE(figure.panels.size() == 3);
    std::vector<Dots> dots;
    for (const Panel& panel : figure.panels) dots.push_back(std::get<Dots>(panel.marks.at(0)));
    CHECK(dots[0].at.size() == (more_samples ? 300 : 6000));
    CHECK(dots[1].at.size() == (more_samples ? 6000 : 300));
    CHECK(std::max(dots[0].radius, dots[1].radius) <=
          1.81 * std::min(dots[0].radius, dots[1].radius));
    CHECK(dots[2].at.size() == 600);
    CHECK(figure.panels[2].title == "overlay  (300 of each at most)");
  }
  // Similar numbers are all shown.
  const Figure figure = samples_figure(few, few, "x");
  CHECK(std::get<Dots>(figure.panels[2].marks.at(0)).at.size() == 600);
  CHECK(figure.panels[2].title == "overlay");
}

TEST_CASE("samples and data show their colours in their own panels and both in the overlay") {
  const Figure both = samples_figure(spread(400, 2), spread(300, 2), "both");
  CHECK(count_figure_pixels(both, colours::data) > 500);
  CHECK(count_figure_pixels(both, colours::samples) > 500);
  const Figure data_only = samples_figure({}, spread(300, 2), "data only");
  CHECK(count_figure_pixels(data_only, colours::data) > 500);
  CHECK(count_figure_pixels(data_only, colours::samples) < 200);  // only the dot in the legend
}

TEST_CASE("figures give the same bytes each time") {
  const auto twice = [](const std::function<Figure()>& make) {
    CHECK(png(picture_of(make()), 1) == png(picture_of(make()), 1));
    CHECK(svg(picture_of(make())) == svg(picture_of(make())));
  };
  twice([] { return samples_figure(spread(500, 2), spread(600, 2), "s"); });
  twice([] { return samples_figure(spread(500, 7), spread(600, 7), "pca"); });
  twice([] { return density_figure(spread(500, 2), spread(600, 2), "d"); });
  twice([] { return field_figure(field(2), "f"); });
  twice([] { return trajectories_figure(example_paths(5, 50, 2), "t", "noise"); });
  twice([] { return images_figure(spread(9, 64), spread(9, 64), {8, 8, 0, 1}, "i"); });
  twice([] { return flow_strip(example_paths(5, 500, 2), "w"); });
}

TEST_CASE("every dimension has its picture") {
  for (std::size_t D : {1u, 2u, 3u, 64u}) {
    CAPTURE(D);
    draws(samples_figure(spread(200, D), spread(150, D), "samples"));
    draws(density_figure(spread(200, D), spread(150, D), "density"));
    draws(trajectories_figure(example_paths(6, 40, D), "paths", "noise"));
    draws(flow_animation(example_paths(6, 40, D), "film", "noise", 5));
    draws(flow_strip(example_paths(6, 40, D), "strip"));
  }
  draws(field_figure(field(1), "curves"));
  draws(field_figure(field(2), "arrows"));
}

TEST_CASE("empty, single, constant, infinite and huge input never fails") {
  const std::vector<Points> odd{{},
                                {{}, 0, 2},
                                {{1, 2}, 1, 2},
                                {std::vector<double>(100, 3.5), 50, 2},
                                {{hole, 1, 2, hole}, 2, 2},
                                {{1e308, -1e308, -1e308, 1e308, INFINITY, 0}, 3, 2},
                                {{1e-320, 0, 0, 1e-320}, 2, 2},
                                {{1e17, 1e17 + 16, 1e17, 1e17}, 2, 2}};
  for (std::size_t i = 0; i < odd.size(); ++i) {
    for (std::size_t j : {std::size_t{0}, std::size_t{2}, i}) {
      CAPTURE(i, j);
      draws(samples_figure(odd[i], odd[j], "odd"));
      draws(density_figure(odd[i], odd[j], "odd"));
    }
    Trajectories still{odd[i].values, 1, odd[i].rows, odd[i].cols, {}};
    draws(trajectories_figure(still, "odd", "noise"));
    draws(flow_strip(still, "odd"));
    draws(flow_animation(still, "odd", "noise", 2));
    draws(field_figure({{0.5,
                         odd[i].rows ? odd[i] : Points{{}, 0, 2},
                         odd[i].rows ? odd[i] : Points{{}, 0, 2},
                         {}}},
                       "odd"));
  }
  const std::vector<Points> flat{
      {{}, 0, 1}, {{5}, 1, 1}, {{2, 2, 2}, 3, 1}, {{hole}, 1, 1}, {{1e308, -1e308}, 2, 1}};
  for (const Points& points : flat) {
    draws(samples_figure(points, points, "flat"));
    draws(density_figure(points, points, "flat"));
    draws(flow_strip({points.values, 1, points.rows, 1, {}}, "flat"));
    draws(trajectories_figure({points.values, 1, points.rows, 1, {}}, "flat", "noise"));
  }
  draws(trajectories_figure({}, "none", "noise"));
  draws(flow_animation({}, "none", "noise", 3));
  draws(images_animation({}, {}, "none", "noise", 3));
  draws(images_strip({}, {}, "none"));
  draws(images_figure({}, {}, {}, "none"));
}

TEST_CASE("values that are not finite are counted under the picture") {
  Points holed = spread(50, 2);
  const Figure whole = samples_figure(holed, spread(50, 2), "x");
  holed.values[7] = hole;
  const Figure noted = samples_figure(holed, spread(50, 2), "x");
  CHECK(height_of(noted) > height_of(whole));  // the note adds a line
}

TEST_CASE("loss curves of any length and kind") {
  draws(loss_figure({}, "none"));
  draws(loss_figure({{1}, {0.5}, {}, {}, {}, {}}, "one"));
  draws(loss_figure({{1, 2, 3}, {hole, hole, hole}, {0, 0, 0}, {hole, 1, 2}, {2}, {0.3}}, "nan"));
  LossCurve curve;
  for (int k = 0; k < 50000; ++k) {
    curve.step.push_back(k);
    curve.loss.push_back(std::exp(-k / 5000.0) * (1.5 + std::sin(double(k))));
    curve.rate.push_back(1e-3);
  }
  draws(loss_figure(curve, "long"));
  CHECK(svg(picture_of(loss_figure(curve, "long"))).size() < 600000);
  CHECK_THROWS_WITH(loss_figure({{1, 2}, {1}, {}, {}, {}, {}}, "x"),
                    "[plot] 1 losses for 2 steps; give one for each");
  CHECK_THROWS_WITH(loss_figure({{1}, {1}, {1, 2}, {}, {}, {}}, "x"),
                    "[plot] 2 values of the learning rate for 1 steps; give one for each, or none");
}

TEST_CASE("images draw dark ink on white paper, and mark pixels that are none") {
  Points blank{std::vector<double>(64, 0.0), 1, 64}, full{std::vector<double>(64, 1.0), 1, 64};
  const Colour ink{0.07, 0.08, 0.16};
  const std::size_t letters = count_figure_pixels(images_figure(blank, {}, {}, "x"), ink, 12);
  CHECK(count_figure_pixels(images_figure(full, {}, {}, "x"), ink, 12) > letters + 1500);
  full.values[0] = hole;
  CHECK(count_figure_pixels(images_figure(full, {}, {}, "x"), colours::samples, 12) > 10);
  draws(images_figure(spread(100, 28 * 28), spread(3, 28 * 28), {28, 28, 0, 1}, "larger"));
  draws(images_animation(example_paths(4, 3, 12), {3, 4, -1, 1}, "oblong", "noise", 4));
  draws(images_strip(example_paths(4, 3, 12), {3, 4, -1, 1}, "oblong"));
}

TEST_CASE("shapes that do not fit are errors with both sizes") {
  CHECK_THROWS_WITH(
      samples_figure(spread(3, 2), spread(3, 3), "x"),
      "[plot] samples of dimension 2 beside data of dimension 3; both need the same dimension");
  CHECK_THROWS_WITH(images_figure(spread(3, 60), {}, {}, "x"),
                    "[plot] images of 8 x 8 pixels need 64 columns, but the table has 60");
  CHECK_THROWS_WITH(images_animation(example_paths(2, 2, 5), {}, "x", "noise"),
                    "[plot] images of 8 x 8 pixels need 64 columns, but the trajectories have 5");
  CHECK_THROWS_WITH(
      images_figure({}, {}, {8, 8, 1, 1}, "x"),
      "[plot] images of 8 x 8 pixels from 1 to 1; sizes must be positive, and low < high");
  CHECK_THROWS_WITH(field_figure({}, "x"),
                    "[plot] the velocity field has no times; give at least one");
  CHECK_THROWS_WITH(field_figure({{0.0, spread(4, 3), spread(4, 3), {}}}, "x"),
                    "[plot] a velocity field of dimension 3; only 1 and 2 can be drawn");
  CHECK_THROWS_WITH(field_figure({{0.5, spread(4, 2), spread(5, 2), {}}}, "x"),
                    "[plot] at t = 0.5 velocities (5, 2) at points (4, 2); "
                    "give one velocity for each point, of dimension 2");
}

TEST_CASE("a hundred thousand points stay a small SVG") {
  const Points many = spread(100000, 2);
  const Figure picture = samples_figure(many, many, "many");
  CHECK(svg(picture_of(picture)).size() < 4000000);
  // Although so many points are drawn faintly, they tint the panels that they fill.
  CHECK(count_figure_pixels(picture, colours::panel, 10) <
        count_figure_pixels(samples_figure({}, {}, "none"), colours::panel, 10) / 2);
}

namespace {

// Returns pairs of fields in which `off` is added to the learned velocities.
std::vector<FieldPair> pairs(std::size_t dimension, double off) {
  std::vector<FieldPair> all;
  for (const FieldSlice& slice : field(dimension)) {
    FieldPair pair{slice, slice.velocity, 0.01};
    for (double& u : pair.learned.velocity.values) u += off;
    all.push_back(pair);
  }
  return all;
}

DensityPair densities(std::size_t columns, std::size_t rows, bool exact) {
  DensityPair pair;
  pair.model = {columns, rows, {-2, 2}, {-1, 1}, std::vector<double>(columns * rows, 0.1)};
  pair.data = pair.model;
  pair.model.density[columns * rows / 2] = 0.4;
  pair.exact = exact;
  return pair;
}

std::vector<int> labels(std::size_t n, int classes) {
  std::vector<int> all;
  for (std::size_t i = 0; i < n; ++i) all.push_back(static_cast<int>(i) % classes);
  return all;
}

}  // namespace

TEST_CASE("learned and exact velocities stand over their difference") {
  for (std::size_t D : {1u, 2u}) {
    CAPTURE(D);
    draws(exact_figure(pairs(D, 0.1), "learned and exact"));
    draws(exact_figure(pairs(D, 0), "no difference"));
    CHECK(png(picture_of(exact_figure(pairs(D, 0.1), "x")), 1) ==
          png(picture_of(exact_figure(pairs(D, 0.1), "x")), 1));
    CHECK(png(picture_of(exact_figure(pairs(D, 0.1), "x")), 1) !=
          png(picture_of(exact_figure(pairs(D, 0.2), "x")), 1));
    std::vector<FieldPair> holed = pairs(D, 0.1);
    const double height = height_of(exact_figure(holed, "x"));
    holed[1].exact.values[3] = hole;
    holed[2].error = -1;
    draws(exact_figure(holed, "x"));
    CHECK(height_of(exact_figure(holed, "x")) == height + 15);  // a note counts the hole
    CHECK(svg(picture_of(exact_figure(holed, "x"))) !=
          svg(picture_of(exact_figure(pairs(D, 0.1), "x"))));
  }
  std::vector<FieldPair> wrong = pairs(2, 0);
  wrong[1].exact = spread(63, 2);
  CHECK_THROWS_WITH(exact_figure(wrong, "x"),
                    "[plot] at t = 0.5 exact velocities (63, 2) "
                    "beside learned ones (64, 2); give both at all points");
  CHECK_THROWS_WITH(exact_figure({}, "x"),
                    "[plot] the velocity field has no times; give at least one");
}

TEST_CASE(
    "densities on a grid are maps or curves, with a map of the difference where it is known") {
  const Figure known = likelihood_figure(densities(20, 10, true), "x"),
               estimated = likelihood_figure(densities(20, 10, false), "x");
  draws(known);
  draws(estimated);
  CHECK(known.panels[0].title == "data: exact");
  CHECK(estimated.panels[0].title == "data: kernel estimate");
  CHECK(known.panels.size() == 3);
  CHECK(estimated.panels.size() == 3);
  // The difference is greatest in the only cell where the model's density is higher.
  const Heat& difference = std::get<Heat>(known.panels[2].marks[0]);
  CHECK(difference.values[100] == Approx(0.3));
  CHECK(difference.range.high == Approx(0.3));
  CHECK(difference.range.low == Approx(-0.3));
  DensityPair line = densities(200, 1, true);
  for (double& v : line.data.density) v = 0.2;
  const Figure curves = likelihood_figure(line, "x");
  CHECK(count_figure_pixels(curves, colours::data) > 100);
  CHECK(count_figure_pixels(curves, colours::samples) > 100);
  DensityPair odd = densities(20, 10, true);
  odd.model.density[3] = hole;
  odd.data.density[4] = INFINITY;
  draws(likelihood_figure(odd, "odd"));
  odd.data.density.pop_back();
  CHECK_THROWS_WITH(likelihood_figure(odd, "x"),
                    "[plot] 199 densities on a grid of 20 x 10 cells; give one for each");
  odd.data = densities(10, 20, true).data;
  CHECK_THROWS_WITH(
      likelihood_figure(odd, "x"),
      "[plot] a density on 20 x 10 cells beside one on 10 x 20; both need the same grid");
}

TEST_CASE("classes have their colours in both panels") {
  const Points samples = spread(400, 2), data = spread(300, 2);
  const Figure picture = classes_figure(samples, labels(400, 3), data, labels(300, 3), "x");
  draws(picture);
  for (std::size_t k : {0u, 1u, 2u}) CHECK(count_figure_pixels(picture, category_colour(k)) > 300);
  CHECK(count_figure_pixels(classes_figure(samples, labels(400, 2), data, labels(300, 2), "x"),
                            category_colour(2)) < 100);
  draws(classes_figure(spread(50, 5), labels(50, 20), {}, {}, "many, and no data"));
  draws(classes_figure({}, {}, {}, {}, "none"));
  Points holed = samples;
  holed.values[3] = hole;
  CHECK(height_of(classes_figure(holed, labels(400, 3), data, labels(300, 3), "x")) >
        height_of(picture));
  CHECK_THROWS_WITH(classes_figure(samples, labels(399, 3), data, labels(300, 3), "x"),
                    "[plot] 399 labels for 400 samples; give one for each");
  CHECK_THROWS_WITH(classes_figure(spread(9, 1), labels(9, 3), {}, {}, "x"),
                    "[plot] classes of samples of dimension 1; give points of dimension 2 or more");
}

TEST_CASE("images stand in rows by class, and between two others") {
  const ImageShape shape{3, 4, 0, 1};
  const Figure classes = images_by_class(spread(30, 12), labels(30, 3), shape, "x");
  draws(classes);
  CHECK(height_of(images_by_class(spread(30, 12), labels(30, 6), shape, "x")) >
        height_of(classes) + 60);
  draws(images_by_class({}, {}, shape, "none"));
  CHECK_THROWS_WITH(images_by_class(spread(3, 12), labels(2, 2), shape, "x"),
                    "[plot] 2 labels for 3 images; give one for each");
  const Figure way = images_between(example_paths(9, 4, 12), shape, "way");
  draws(way);
  CHECK(width_of(images_between(example_paths(5, 4, 12), shape, "way")) < width_of(way));
  draws(images_between({}, shape, "none"));
  CHECK_THROWS_WITH(images_between(example_paths(9, 4, 11), shape, "x"),
                    "[plot] images of 3 x 4 pixels need 12 columns, but the trajectories have 11");
}
