// Tests the hints about settings that are allowed but probably a mistake.
#include "apps/from_config/hints.h"

#include <string>
#include <vector>

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::vector<std::string> hints(const std::vector<std::string>& overrides, DataSize size = {1, 1}) {
  return training_hints(parse_config(R"({"data": {"type": "gaussian"}})", "g.json", overrides),
                        size);
}

}  // namespace

TEST_CASE("a velocity with infinite mean square gives a hint if times are drawn there") {
  for (const char* path : {"linear_vp", "vp", R"({"type": "polynomial", "power": 0.25})"}) {
    CAPTURE(path);
    const std::string set =
        path[0] == '{' ? std::string("path=") + path : std::string("path.type=") + path;
    const std::string uniform = "loss.time.type=uniform";
    REQUIRE(hints({set, uniform}).size() == 1);
    CHECK_THAT(hints({set, uniform})[0],
               Contains("the velocity grows without bound towards t = ") &&
                   Contains("; set /prediction to \"data\" or \"noise\""));
    CHECK(hints({set, uniform, "prediction=data"}).empty());
    CHECK(hints({set, uniform, "prediction=noise"}).empty());
    CHECK(hints({set}).empty());  // the default distribution draws few times near the ends
    CHECK(hints({set, "loss.time={\"type\": \"logit_normal\", \"std\": 1}"}).empty());
    CHECK(hints({set, "loss.time.type=stratified"}).size() == 1);
  }
  CHECK(hints({"path.type=vp", "loss.time.type=uniform", "loss.weight=noise", "loss.most=100"})
            .empty());
  for (const char* path : {"path.type=cond_ot", "path.type=cosine", "path.type=polynomial",
                           "path={\"type\": \"polynomial\", \"power\": 0.75}"})
    CHECK(hints({path, "loss.time.type=uniform"}).empty());
}

TEST_CASE("data of another size than the network or the noise expects gives a hint") {
  const std::vector<std::string> edm{"path.type=edm", "prediction=edm",
                                     "loss.time.type=noise_level"};
  CHECK(hints(edm, {0.5, 0.5}).empty());
  CHECK(hints(edm, {0.9, 0.9}).empty());
  const std::vector<std::string> wide = hints(edm, {71, 13.6});
  REQUIRE(wide.size() == 2);
  CHECK(wide[0] ==
        "hint: the data has standard deviation 13.6 in the units of the flow, but /sigma_data is "
        "0.5, to which the network is scaled; set it to 13.6, or standardize the data");
  CHECK(wide[1] ==
        "hint: at t = 0 the path is 1 x1 + 80 x0, and samples start from 80 x0 alone, but the data "
        "has a root mean square of 71 in the units of the flow; standardize the data, or begin the "
        "path with more noise");
  CHECK(hints(edm, {0.1, 0.1}).size() == 1);
  CHECK(hints({"path.type=ve"}, {1, 1}).empty());
  CHECK(hints({"path.type=ve"}, {30, 1}).size() == 1);
  CHECK(hints({"path.type=cond_ot"}, {1e6, 1e6}).empty());
}
