// Tests storing units in a model file, and when they need double precision.
#include "apps/run/units.h"

#include <cmath>

#include "apps/failure.h"
#include "tests/tools/catch.h"

namespace pushforward::app {

TEST_CASE("units, names and constants are read back from a model file, and old files have none") {
  const Units units{{2, 3}, {0.5, -1}, {"a, b", "c"}, {std::nullopt, 7.25}};
  Metadata metadata;
  write_units(units, metadata);
  const Units read = read_units(metadata, "m");
  CHECK(read.scale == units.scale);
  CHECK(read.shift == units.shift);
  CHECK(read.names == units.names);
  CHECK(read.constant == units.constant);
  CHECK(!units_undo_affine(metadata));
  const Metadata old{{"data.scale", "[2.0, 3.0]"}, {"data.shift", "[0.5, -1.0]"}};
  CHECK(read_units(old, "m").names.empty());
  CHECK(read_units(old, "m").constant.empty());
  CHECK(units_undo_affine(old));
  for (const auto& [key, text] :
       std::vector<std::pair<std::string, std::string>>{{"data.names", "[\"a\"]"},
                                                        {"data.names", "[1, 2]"},
                                                        {"data.constant", "[null]"},
                                                        {"data.constant", "[\"x\", null]"},
                                                        {"data.names", "{"}}) {
    CAPTURE(key, text);
    Metadata broken = old;
    broken[key] = text;
    CHECK_THROWS_WITH(read_units(broken, "m.file"), Contains("[model] m.file: ") && Contains(key));
  }
  std::vector<double> rows{1, 2, 3, 4, std::nan(""), std::nan("")};
  units.set_constants(rows);
  CHECK(std::vector<double>(rows.begin(), rows.begin() + 4) ==
        std::vector<double>{1, 7.25, 3, 7.25});
  CHECK(std::isnan(rows[5]));
  const Units moved = units.then({2, -1}, {1, 1});
  CHECK(moved.scale == std::vector<double>{4, -3});
  CHECK(moved.shift == std::vector<double>{2, 2});
  CHECK(moved.constant[1] == -6.25);
}

TEST_CASE("double is needed if float32 is coarse relative to one unit of the flow") {
  CHECK(!Units{{1, 1}, {0, 0}}.need_double());
  CHECK(!Units{{13.6}, {70.9}}.need_double());
  CHECK(!Units{{1}, {500}}.need_double());
  CHECK(Units{{1}, {1000}}.need_double());
  CHECK(Units{{1, 0.05}, {0, 4.5e6}}.need_double());
  CHECK(Units{{17}, {1.7e9}}.need_double());
  CHECK(Units{{1e-46}, {0}}.need_double());
  CHECK(Units{{1e38}, {0}}.need_double());
  CHECK(column_name(std::vector<std::string>{"x", "y"}, 1) == "y");
  CHECK(column_name({}, 1) == "1");
}

}  // namespace pushforward::app
