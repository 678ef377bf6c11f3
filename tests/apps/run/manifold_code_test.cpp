// Tests the code between the columns of a table and the coordinates of a manifold.
#include "apps/run/manifold_code.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "tests/tools/catch.h"

namespace pushforward::app {
namespace {

using Numbers = std::vector<double>;

double worst(const Numbers& a, const Numbers& b) {
  REQUIRE(a.size() == b.size());
  double found = 0;
  for (std::size_t k = 0; k < a.size(); ++k) found = std::max(found, std::abs(a[k] - b[k]));
  return found;
}

// A table of latitude, name a number, longitude, angle in degrees, and a rotation matrix.
ManifoldCode travel_code() {
  return ManifoldCode(
      {{{Geometry::sphere, 3}, ManifoldForm::latlong, {0, 2}},
       {{Geometry::rotation, 4}, ManifoldForm::matrix, {4, 5, 6, 7, 8, 9, 10, 11, 12}},
       {{Geometry::torus, 1}, ManifoldForm::degrees, {3}},
       {{Geometry::euclidean, 1}, ManifoldForm::coordinates, {1}}},
      {"lat", "height", "long", "wind", "a", "b", "c", "d", "e", "f", "g", "h", "i"});
}

// A turn by `angle` about the axis z, beside a place, a height and a wind.
Numbers travel_row(double lat, double lon, double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  return {lat, 12.5, lon, -90, c, -s, 0, s, c, 0, 0, 0, 1};
}

std::string fault(const ManifoldCode& code, const Numbers& row) {
  NdArray table{{1, row.size()}, row};
  table.file = "places.csv";
  try {
    code.check(table, "data");
  } catch (const Failure& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("manifold code: tables become coordinates and come back") {
  const ManifoldCode code = travel_code();
  CHECK(code.manifold().words() == "sphere in R^3 x rotations x torus of 1 angle x R^1");
  CHECK_FALSE(code.plain());
  CHECK(code.coordinate_names() ==
        std::vector<std::string>{"lat long (x)", "lat long (y)", "lat long (z)",
                                 "a b c d e f g h i (w)", "a b c d e f g h i (x)",
                                 "a b c d e f g h i (y)", "a b c d e f g h i (z)", "wind",
                                 "height"});
  for (const double lat : {-90., -33.25, 0., 60., 90.})
    for (const double lon : {-180., -120.5, 0., 179.})
      for (const double angle : {0., 1., -2.5, std::numbers::pi, 3.1}) {
        const Numbers row = travel_row(lat, lon, angle), point = code.encode(row);
        CHECK(fault(code, row).empty());
        CHECK(off_manifold(code.manifold(), point) < 1e-15);
        Numbers back = code.decode(point);
        if (std::abs(lat) == 90) back[2] = lon;  // a pole has every longitude
        CHECK(worst(back, row) < 1e-12);
      }
  const Numbers point = code.encode(travel_row(0, 90, 0));
  CHECK(worst(point, {0, 1, 0, 1, 0, 0, 0, -std::numbers::pi / 2, 12.5}) < 1e-15);
  // Longitudes from 180 to 360 are those from -180 to 0.
  CHECK(code.decode(code.encode(travel_row(10, 300, 0)))[2] == Approx(-60));
}

TEST_CASE("manifold code: velocities in the columns are the slopes of the rows") {
  const ManifoldCode code = travel_code();
  const std::size_t d = static_cast<std::size_t>(code.manifold().dim());
  Numbers raw(d);
  for (std::size_t k = 0; k < d; ++k) raw[k] = std::sin(3. * double(k) + 1);
  for (const double lat : {-70., 0., 35.}) {
    const Numbers x = code.encode(travel_row(lat, 150, 2.2)),
                  v = tangent_at(code.manifold(), x, raw);
    const auto row_at = [&](double h) {
      Numbers along = v;
      for (double& one : along) one *= h;
      return code.decode(exp_at(code.manifold(), x, along));
    };
    const Numbers found = code.decode_velocity(x, v), after = row_at(1e-4), before = row_at(-1e-4);
    for (std::size_t k = 0; k < found.size(); ++k)
      CHECK(found[k] == Approx((after[k] - before[k]) / 2e-4).epsilon(1e-6).margin(1e-6));
  }
  const Numbers pole = code.decode_velocity(code.encode(travel_row(90, 0, 0)), raw);
  CHECK(std::isnan(pole[0]));
  CHECK(std::isnan(pole[2]));
  CHECK(std::isfinite(pole[3]));
}

TEST_CASE("manifold code: the embedding has a name for each column, and joins the ends of a turn") {
  const ManifoldCode code = travel_code();
  const std::vector<std::string> names = code.embedded_names();
  REQUIRE(names.size() == 15);
  CHECK(names[2] == "z (90 N)");
  CHECK(names[3] == "matrix 11");
  CHECK(names[12] == "cos wind");
  CHECK(names[14] == "height");
  Numbers one = travel_row(10, -180, 0), other = travel_row(10, 180, 0);
  one[3] = -180;
  other[3] = 180;
  CHECK(worst(code.embed(one), code.embed(other)) < 1e-14);
  CHECK(worst(code.embed(travel_row(0, 90, 0)), {0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, -1, 12.5}) <
        1e-15);
}

TEST_CASE("manifold code: rows that are not on the manifold are errors") {
  const ManifoldCode code = travel_code();
  CHECK(
      fault(code, travel_row(91, 0, 0)) ==
      "[data] places.csv: row 0: the latitude, in column lat, is 91; latitudes are from -90 to 90 "
      "degrees, and come before the longitude in `latlong`");
  CHECK(
      fault(code, travel_row(0, 361, 0)) ==
      "[data] places.csv: row 0: the longitude, in column long, is 361; longitudes are from -180 to "
      "360 degrees");
  Numbers row = travel_row(0, 0, 1);
  row[4] = 2;
  CHECK(fault(code, row).find("row 0: its matrix times its transpose is off the identity by") !=
        std::string::npos);
  row = travel_row(0, 0, 0);
  row[12] = -1;
  CHECK(fault(code, row) ==
        "[data] places.csv: row 0: its matrix has the determinant -1, a "
        "reflection; give rotations, of determinant 1");
  row = travel_row(0, 0, 0);
  row[3] = 400;
  CHECK(fault(code, row) ==
        "[data] places.csv: row 0: the angle in column wind is 400; angles in "
        "degrees are from -360 to 360");
  const ManifoldCode plain({{{Geometry::torus, 2}, ManifoldForm::radians, {0, 1}},
                            {{Geometry::sphere, 2}, ManifoldForm::coordinates, {2, 3}},
                            {{Geometry::rotation, 4}, ManifoldForm::coordinates, {4, 5, 6, 7}}});
  CHECK(plain.plain());
  CHECK(worst(plain.decode(Numbers{1, 2, 0, 1, -0.6, 0, 0.8, 0}), {1, 2, 0, 1, 0.6, 0, -0.8, 0}) ==
        0);
  CHECK(
      fault(plain, {1, 90, 1, 0, 1, 0, 0, 0}) ==
      "[data] places.csv: row 0: the angle in column 1 is 90; angles in radians are from -2 pi to 2 "
      "pi, or set \"angle_unit\": \"degrees\"");
  CHECK(
      fault(plain, {1, 2, 1, 1, 1, 0, 0, 0}) ==
      "[data] places.csv: row 0: the unit vector in the columns 2 to 3 has the length 1.41421; give "
      "vectors of length 1");
  CHECK(
      fault(plain, {1, 2, 1, 0, 1, 1, 0, 0}) ==
      "[data] places.csv: row 0: the quaternion in the columns 4 to 7 has the length 1.41421; give "
      "vectors of length 1");
}

TEST_CASE("manifold code: model files store it, and damaged ones are errors") {
  Metadata metadata;
  CHECK(read_manifold_code(metadata, "m") == nullptr);
  write_manifold_code(std::make_shared<ManifoldCode>(travel_code()), metadata);
  const ManifoldCodePtr read = read_manifold_code(metadata, "m");
  REQUIRE(read);
  CHECK(read->manifold() == travel_code().manifold());
  CHECK(read->names() == travel_code().names());
  const Numbers row = travel_row(20, 30, 1);
  CHECK(read->encode(row) == travel_code().encode(row));
  for (
      const char* text :
      {"", "{", "{}", R"({"parts": [], "names": []})",
       R"({"parts": [{"geometry": "knot", "dim": 3, "form": "latlong", "columns": [0, 1]}], "names": []})",
       R"({"parts": [{"geometry": "sphere", "dim": 3, "form": "latlong", "columns": [0, 9]}], "names": []})",
       R"({"parts": [{"geometry": "sphere", "dim": 3, "form": "latlong", "columns": [0, 0]}], "names": []})",
       R"({"parts": [{"geometry": "sphere", "dim": 3, "form": "latlong", "columns": [0, 1]}], "names": ["a"]})"}) {
    metadata["data.manifold"] = text;
    CHECK_THROWS_WITH(read_manifold_code(metadata, "m"),
                      "[model] m: \"data.manifold\" of its metadata describes no manifold; use the "
                      "unedited model file of a run");
  }
}

}  // namespace pushforward::app
