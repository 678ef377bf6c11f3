// Tests the warnings about data that a flow learns badly, and that the suggested cures work.
#include "apps/data/scale.h"

#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/data/data.h"
#include "apps/formats/npy.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

namespace pushforward::app::inline PF_REAL {
namespace {

std::vector<std::string> found(const std::vector<std::string>& overrides) {
  const Config config = parse_config(R"({"data": {"type": "moons"}})", "c.json", overrides);
  return scale_warnings(config, *build_data(config.section("/data").json()));
}

// Returns the override in a message, which is between quotes.
std::string cure_in(const std::string& message) {
  const std::size_t begin = message.find('\'') + 1;
  return message.substr(begin, message.find('\'', begin) - begin);
}

TEST_CASE("data far from the scale of the noise gives a warning with a cure") {
  const std::vector<std::string> raw = found({"data=geyser"});
  REQUIRE(raw.size() == 1);
  CHECK(raw[0] ==
        "[data] warning: column 1 has mean 70.9 and standard deviation 13.6, far from the 0 and 1 "
        "that a flow learns well; add "
        R"('data={"type":"standardize","of":{"type":"geyser"}}')");
  CHECK(found({cure_in(raw[0])}).empty());
  const std::vector<std::string> small =
      found({"data=gaussian", "data.dim=3", "data=affine", R"(data.of={"type":"gaussian","dim":3})",
             "data.scale=0.01"});
  REQUIRE(small.size() == 1);
  CHECK_THAT(small[0], Contains(" (3 columns are like this)"));
  CHECK(found({cure_in(small[0])}).empty());
  const std::vector<std::string> digits = found({"data=digits"});
  REQUIRE(digits.size() == 1);
  CHECK(cure_in(digits[0]) ==
        R"(data={"type":"affine","scale":0.125,"shift":-1,"of":{"type":"digits"}})");
  CHECK(found({cure_in(digits[0])}) == std::vector<std::string>{});
  CHECK(found({}).empty());
  CHECK(found({"data=geyser", "source=data", "source.of=moons"}).empty());
}

TEST_CASE("a column that counts the rows gives a warning") {
  const Sandbox sandbox;
  NdArray table{{40, 3}, {}};
  for (int k = 0; k < 40; ++k) {
    for (const double x : {100. + k, (k * 7) % 11 * 0.2 - 1, (k * 5) % 13 * 0.2 - 1})
      table.values.push_back(x);
  }
  write_npy(sandbox.path("p.npy"), table);
  const std::vector<std::string> counting =
      found({R"(data={"type":"standardize","of":{"type":"npy","path":")" + sandbox.path("p.npy") +
             "\"}}"});
  REQUIRE(counting.size() == 1);
  CHECK_THAT(counting[0], Contains("column 0 goes up or down by the same step in every row"));
}

}  // namespace
}  // namespace pushforward::app::inline PF_REAL
