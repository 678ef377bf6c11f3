// Tests the pictures of the sphere, and the reader of coastlines.
#include "apps/globe/globe.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "apps/figures/draw_figure.h"
#include "apps/globe/shapefile.h"
#include "apps/globe/sphere.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// The bytes of a shapefile with one record for each list of parts.
class ShapefileBytes {
 public:
  using Part = std::vector<Spot>;

  explicit ShapefileBytes(const std::vector<std::vector<Part>>& shapes, std::uint32_t type = 5) {
    big(9994);
    bytes_.resize(100);
    std::uint32_t number = 0;
    for (const std::vector<Part>& parts : shapes) {
      std::size_t points = 0;
      for (const Part& part : parts) points += part.size();
      big(++number);
      big(static_cast<std::uint32_t>((44 + 4 * parts.size() + 16 * points) / 2));
      little(type);
      bytes_.append(32, '\0');  // the box
      little(static_cast<std::uint32_t>(parts.size()));
      little(static_cast<std::uint32_t>(points));
      std::size_t first = 0;
      for (const Part& part : parts) {
        little(static_cast<std::uint32_t>(first));
        first += part.size();
      }
      for (const Part& part : parts)
        for (const Spot& spot : part) {
          number_of(spot.x);
          number_of(spot.y);
        }
    }
  }
  std::string bytes_;

 private:
  void big(std::uint32_t v) {
    for (int shift : {24, 16, 8, 0}) bytes_ += static_cast<char>(v >> shift & 255);
  }
  void little(std::uint32_t v) {
    for (int shift : {0, 8, 16, 24}) bytes_ += static_cast<char>(v >> shift & 255);
  }
  void number_of(double v) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &v, sizeof bits);
    little(static_cast<std::uint32_t>(bits));
    little(static_cast<std::uint32_t>(bits >> 32));
  }
};

Points units(std::size_t rows) {
  Points points{{}, rows, 3};
  for (std::size_t k = 0; k < rows; ++k) {
    const Vector3 x = on_globe(80 * std::sin(1.7 * double(k)), 137.5 * double(k));
    points.values.insert(points.values.end(), x.begin(), x.end());
  }
  return points;
}

Coastlines some_coasts() { return {{{{0, 0}, {20, 10}, {40, -5}}}, "a coast"}; }

template <class Mark>
std::size_t count_marks(const Panel& panel) {
  std::size_t found = 0;
  for (const auto& mark : panel.marks) found += std::holds_alternative<Mark>(mark);
  return found;
}

std::size_t dots_in(const Panel& panel) {
  std::size_t found = 0;
  for (const auto& mark : panel.marks)
    if (const Dots* dots = std::get_if<Dots>(&mark)) found += dots->at.size();
  return found;
}

}  // namespace

TEST_CASE("a shapefile's lines are read, and coastlines leave out cuts and close points") {
  const TestFolder folder;
  const std::string path = folder / "coast.shp";
  // A square with an edge along the date line, and a speck; the third point is close to the second.
  const ShapefileBytes file({{{{170, 0}, {180, 0}, {180, 10}, {170, 10}, {170, 0}},
                              {{0, 0}, {0.1, 0}, {0.1, 0.1}, {0, 0}}},
                             {{{10, 10}, {20, 10}, {20.05, 10}, {30, 15}}},
                             {{{5, -70}, {0, -70}, {0, -90}, {10, -90}, {10, -70}}}});
  write_file_atomically(posix(), path, file.bytes_);
  const auto lines = read_shapefile(path);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].size() == 5);
  CHECK(lines[0][2].x == 180);
  CHECK(lines[0][2].y == 10);
  const Coastlines coasts = coastlines_from(path);
  REQUIRE(coasts.lines.size() == 4);
  CHECK(coasts.lines[3].size() == 2);  // the coast, without the edges to the pole and back
  CHECK(coasts.lines[0].size() == 2);
  CHECK(coasts.lines[1].size() == 3);
  CHECK(coasts.lines[2].size() == 3);
  CHECK(coasts.lines[2][1].x == 20);
}

TEST_CASE("damaged shapefiles are errors that name the file and the byte") {
  const TestFolder folder;
  const std::string path = folder / "coast.shp";
  const auto refuses = [&](const std::string& bytes, const std::string& words) {
    write_file_atomically(posix(), path, bytes);
    CHECK_THROWS_WITH(read_shapefile(path), Contains("[shapefile] " + path) && Contains(words));
  };
  const std::string good = ShapefileBytes({{{{1, 2}, {3, 4}}}}).bytes_;
  refuses("lat,long\n1,2\n", "byte 0: it does not begin as a shapefile does; give a .shp file");
  refuses(good.substr(0, 104), "byte 100: 8 bytes should follow, and 4 do");
  refuses(good.substr(0, good.size() - 8), "the file is damaged or cut off");
  refuses(ShapefileBytes({{{{1, 2}, {3, 4}}}}, 1).bytes_,
          "byte 108: a shape is of type 1; give polylines (3) or polygons (5)");
  refuses(ShapefileBytes({{{{1, 2}, {std::nan(""), 4}}}}).bytes_, "a coordinate is not finite");
  std::string many = good;
  many[108 + 40] = 100;
  refuses(many, "1 parts and 100 points do not fit into a shape of 80 bytes");
  std::string order = good;
  order[108 + 44] = 7;
  refuses(order, "the parts of a shape are not in order");
  CHECK_THROWS(read_shapefile(folder / "none.shp"));
}

TEST_CASE("globes and maps show each point once, with the coastlines and their note") {
  const Points data = units(200), samples = units(150);
  const Coastlines coasts = some_coasts();
  const Figure globes = globe_figure(samples, data, coasts, "globe");
  REQUIRE(globes.panels.size() == 4);
  // A point on the edge would be seen from both sides.
  CHECK(dots_in(globes.panels[0]) + dots_in(globes.panels[1]) == 200);
  CHECK(dots_in(globes.panels[2]) + dots_in(globes.panels[3]) == 150);
  CHECK(globes.notes == std::vector<std::string>{"a coast"});
  CHECK(count_marks<Lines>(globes.panels[0]) + count_marks<Lines>(globes.panels[1]) >
        count_marks<Lines>(globe_figure(samples, data, {}, "globe").panels[0]) * 2);

  DensityGrid grid{
      90, 45, {-180, 180}, {-90, 90}, std::vector<double>(90 * 45, 1 / (4 * 3.14159265358979))};
  const Figure map = map_figure(samples, data, grid, coasts, "map");
  REQUIRE(map.panels.size() == 3);
  CHECK(dots_in(map.panels[0]) == 200);
  CHECK(dots_in(map.panels[1]) == 150);
  CHECK(count_marks<Heat>(map.panels[2]) == 1);
  CHECK(map.notes ==
        std::vector<std::string>{"cells of 4 degrees; the flow's mass on them: 1.000", "a coast"});
  CHECK(png(picture_of(map), 1).size() > 1000);
  grid.density.pop_back();
  CHECK_THROWS_WITH(map_figure(samples, data, grid, coasts, "map"),
                    "[plot] 4049 densities on a grid of 90 x 45 cells; give one for each");
  CHECK_THROWS_WITH(globe_figure(Points{{1, 2}, 1, 2}, data, coasts, "globe"),
                    Contains("give unit vectors of three numbers"));
}

TEST_CASE("a place is on the map where its longitude and latitude are") {
  const Vector3 x = on_globe(-30, 150);
  const Points one{{x[0], x[1], x[2]}, 1, 3};
  const DensityGrid grid{2, 1, {-180, 180}, {-90, 90}, {1, 1}};
  const Figure map = map_figure(one, one, grid, {}, "map");
  for (const auto& mark : map.panels[0].marks)
    if (const Dots* dots = std::get_if<Dots>(&mark)) {
      REQUIRE(dots->at.size() == 1);
      CHECK(dots->at[0].x == Approx(150));
      CHECK(dots->at[0].y == Approx(-30));
    }
}

TEST_CASE("velocities on a globe are arrows along their projection, as long as they are fast") {
  // At the point that faces the eye, the velocity to the east is an arrow to the right.
  const Points at{{1, 0, 0, -1, 0, 0}, 2, 3}, velocity{{0, 2, 0, 0, 0, 1}, 2, 3},
      flowing{{1, 0, 0}, 1, 3};
  const Figure figure =
      globe_field_figure({{0, at, velocity, flowing}, {1, at, velocity, flowing}}, {}, "field");
  REQUIRE(figure.panels.size() == 4);
  const auto arrows_of = [](const Panel& panel) {
    for (const auto& mark : panel.marks)
      if (const Arrows* arrows = std::get_if<Arrows>(&mark)) return *arrows;
    return Arrows{};
  };
  const Arrows front = arrows_of(figure.panels[0]), back = arrows_of(figure.panels[2]);
  REQUIRE(front.at.size() == 1);
  REQUIRE(back.at.size() == 1);
  CHECK(front.along[0].x == Approx(2));
  CHECK(front.along[0].y == Approx(0).margin(1e-12));
  CHECK(back.along[0].y == Approx(1));
  CHECK(back.length[0] < front.length[0]);
  CHECK(dots_in(figure.panels[0]) == 1);
  CHECK(dots_in(figure.panels[2]) == 0);
  CHECK_THROWS_WITH(globe_field_figure({}, {}, "field"), Contains("has no times"));
}

TEST_CASE("the film of a flow on the sphere keeps its points on the sphere between saved times") {
  // Two points at a right angle; the middle of the chord is at a distance of 0.7 from the centre.
  Trajectories flow{{1, 0, 0, 0.6, 0.8, 0, 0, 0, 1, 0.8, 0.6, 0}, 2, 2, 3, {0, 1}};
  const MovingFigure film = globe_animation(flow, {}, "film", "noise", 3);
  REQUIRE(film.durations.size() == 3);
  const Figure middle = film.frame(1);
  REQUIRE(middle.panels.size() == 2);
  CHECK(dots_in(middle.panels[0]) + dots_in(middle.panels[1]) == 2);
  CHECK(middle.clock.has_value());
  const Figure end = film.frame(2);
  CHECK(dots_in(end.panels[0]) + dots_in(end.panels[1]) == 2);
}
