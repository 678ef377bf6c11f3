// What is said of data whose numbers a flow learns badly, and that the cure it gives is one.
#include "apps/from_config/data_scale.h"

#include <fstream>
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/from_config/data.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

namespace pushforward::app::inline PF_REAL {
namespace {

std::vector<std::string> found(const std::vector<std::string>& overrides) {
  const Config config = parse_config(R"({"data": {"type": "moons"}})", "c.json", overrides);
  return scale_warnings(config, *build_data(config.section("/data").json()));
}

// The override between the quotes of a message.
std::string cure_in(const std::string& message) {
  const std::size_t begin = message.find('\'') + 1;
  return message.substr(begin, message.find('\'', begin) - begin);
}

TEST_CASE("data far from the scale of the noise is warned of with a cure") {
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
  CHECK_THAT(small[0], Contains("standard deviation 0.01 (3 columns are like this)"));
  CHECK(found({cure_in(small[0])}).empty());
  const std::vector<std::string> digits = found({"data=digits"});
  REQUIRE(digits.size() == 1);
  CHECK(cure_in(digits[0]) ==
        R"(data={"type":"affine","scale":0.125,"shift":-1,"of":{"type":"digits"}})");
  CHECK(found({cure_in(digits[0])}).empty());
  CHECK(found({}).empty());
  CHECK(found({"data=geyser", "source=data", "source.of=moons"}).empty());
}

TEST_CASE("EDM's standard deviation of the data is compared with the data's") {
  CHECK(found({"prediction=edm", "sigma_data=0.7"}).empty());
  const std::vector<std::string> raw = found({"prediction=edm", "data=geyser"});
  REQUIRE(raw.size() == 1);
  CHECK_THAT(raw[0], Contains("the data has standard deviation 9.6") &&
                         Contains("/sigma_data is 0.5") && Contains(" sigma_data=1"));
  CHECK(found({"prediction=edm", cure_in(raw[0]), "sigma_data=1"}).empty());
}

TEST_CASE("a column that counts the rows is warned of") {
  const Sandbox sandbox;
  std::string text = "id,x,y\n";
  for (int k = 0; k < 40; ++k)
    text += std::to_string(100 + k) + "," + std::to_string((k * 7) % 11 * 0.2 - 1) + "," +
            std::to_string((k * 5) % 13 * 0.2 - 1) + "\n";
  sandbox.write("p.csv", text);
  const std::string csv = R"({"type":"csv","path":")" + sandbox.path("p.csv") + "\"}";
  const std::vector<std::string> wrapped =
      found({R"(data={"type":"standardize","of":)" + csv + "}"});
  REQUIRE(wrapped.size() == 1);
  CHECK_THAT(wrapped[0], Contains("column 0 goes up or down by the same step in every row"));
  CHECK(cure_in(wrapped[0]) == "data.of.columns=[1,2]");
  CHECK(found({R"(data={"type":"standardize","of":)" + csv + "}", cure_in(wrapped[0])}).empty());
  // Named columns keep their names.
  const std::vector<std::string> named = found({"data=" + csv, R"(data.columns=["y","id","x"])"});
  REQUIRE(named.size() == 2);
  CHECK(cure_in(named[1]) == R"(data.columns=["y","x"])");
}

}  // namespace
}  // namespace pushforward::app::inline PF_REAL
