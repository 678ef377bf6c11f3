// Tests the file of pairs and the two distributions that are made of it.
#include "apps/data/pairs.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "apps/failure.h"
#include "apps/run/data_traits.h"
#include "nn/checkpoint/file.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

namespace pushforward::app::inline PF_REAL {
namespace {

FlowPairs three_pairs() {
  FlowPairs pairs;
  pairs.units = {{2, 0.5}, {10, -1}, {"a", "b"}};
  pairs.x0 = {0, 1, 2, 3, 4, 5};
  pairs.x1 = {10, -1, 12, -0.5, 14, 0};
  pairs.labels = {0, 2, 1};
  pairs.classes = {"red", "tan", "dun"};
  pairs.run = "runs/first";
  pairs.source = R"({"type":"gaussian","std":1.0})";
  return pairs;
}

Json section_of(const std::string& path, int n) {
  return {{"type", "pairs"}, {"from", "runs/first"}, {"n", n}, {"path", path}};
}

}  // namespace

TEST_CASE("pairs come back from their file, and their two sides as rows of the flow") {
  const Sandbox sandbox;
  sandbox.write("p.safetensors", pairs_bytes(three_pairs()));
  const FlowPairs read = read_section_pairs(section_of(sandbox.path("p.safetensors"), 3));
  const FlowPairs made = three_pairs();
  CHECK(read.x0 == made.x0);
  CHECK(read.x1 == made.x1);
  CHECK(read.labels == made.labels);
  CHECK(read.classes == made.classes);
  CHECK(read.units.names == made.units.names);
  CHECK((read.run == made.run && read.source == made.source));
  const DistributionPtr ends = pair_ends(read, {}), starts = pair_starts(read, {});
  REQUIRE((ends->all() && starts->all()));
  for (int r = 0; r < 3; ++r) {
    CHECK(double((*starts->all())(r, 0)) == 2 * r);
    CHECK(double((*ends->all())(r, 0)) == Approx(r));
    CHECK(double((*ends->all())(r, 1)) == Approx(r));
  }
  const Units units = make_units(*ends);
  CHECK(units.scale[0] == Approx(2));
  CHECK(units.shift[1] == Approx(-1));
  CHECK(ends->classes() == 3);
  // Partners are held out together.
  const Holdout holdout{Json{1}, 0, 1};
  CHECK(double((*pair_starts(read, holdout)->held_out()->all())(0, 0)) == 2);
  CHECK(double((*pair_ends(read, holdout)->held_out()->all())(0, 0)) == Approx(1));
}

TEST_CASE("files of pairs with other content are refused") {
  const Sandbox sandbox;
  const std::string file = sandbox.path("p.safetensors");
  const auto refuses = [&](const FlowPairs& pairs, const std::string& part) {
    sandbox.write("p.safetensors", pairs_bytes(pairs));
    CHECK_THROWS_WITH(read_section_pairs(section_of(file, 3)), Contains(part));
  };
  CHECK_THROWS_WITH(
      read_section_pairs(section_of("", 3)),
      Contains("[pairs] the pairs of /data are made by runs/first when a run is trained "
               "on them, and there is no file of them yet"));
  FlowPairs pairs = three_pairs();
  pairs.labels[1] = -4;
  refuses(pairs, "it has the label -4; give the unedited pairs.safetensors of a run");
  pairs = three_pairs();
  pairs.labels.pop_back();
  refuses(pairs, "labels is [2] of I64, and there are 3 pairs");
  pairs = three_pairs();
  pairs.x1[3] = std::numeric_limits<double>::quiet_NaN();
  refuses(pairs, "x1 holds nan");
  CHECK_THROWS_WITH(
      [&] {
        sandbox.write("p.safetensors", pairs_bytes(three_pairs()));
        read_section_pairs(section_of(file, 4));
      }(),
      Contains("p.safetensors has 3 pairs, and /data/n is 4; set it to 3"));
  CHECK_THROWS_WITH(pair_ends(three_pairs(), {Json("more.csv"), 0, 1}),
                    Contains("[pairs] the rows of more.csv have no x0"));
}

}  // namespace pushforward::app::inline PF_REAL
