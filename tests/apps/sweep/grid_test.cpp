// Tests the grid of a sweep: values, combinations, names and refusals.
#include "apps/sweep/grid.h"

#include "apps/failure.h"
#include "tests/tools/catch.h"

namespace pushforward::app {
namespace {

std::vector<std::string> names_of(const SweepGrid& grid) {
  std::vector<std::string> names;
  for (const SweepPoint& point : grid.points) names.push_back(point.name);
  return names;
}

std::string refusal(const std::vector<std::string>& arguments) {
  try {
    read_grid(arguments);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::usage);
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a sweep has every combination, and its last key changes fastest", "[sweep]") {
  const SweepGrid grid = read_grid({"optimizer.lr=1e-3,3e-3", "train.steps=50", "seed=0..2"});
  REQUIRE(grid.axes.size() == 2);
  CHECK(grid.fixed == std::vector<std::string>{"train.steps=50"});
  CHECK(names_of(grid) == std::vector<std::string>{"lr=1e-3,seed=0", "lr=1e-3,seed=1",
                                                   "lr=1e-3,seed=2", "lr=3e-3,seed=0",
                                                   "lr=3e-3,seed=1", "lr=3e-3,seed=2"});
  CHECK(grid.points[4].overrides ==
        std::vector<std::string>{"train.steps=50", "optimizer.lr=3e-3", "seed=1"});
  CHECK(grid.points[4].values == std::vector<std::string>{"3e-3", "1"});
}

TEST_CASE("commas inside of lists, objects and quotes do not separate values", "[sweep]") {
  const SweepGrid lists = read_grid({"model.hidden=[64,64],[128]"});
  CHECK(lists.axes[0].values == std::vector<std::string>{"[64,64]", "[128]"});
  CHECK(names_of(lists) == std::vector<std::string>{"hidden=_64,64_", "hidden=_128_"});
  const SweepGrid objects =
      read_grid({R"(path={"type":"polynomial","power":2},{"type":"cosine"})"});
  CHECK(objects.axes[0].values[0] == R"({"type":"polynomial","power":2})");
  const SweepGrid texts = read_grid({R"(data.path="a,b.csv","c\",d.csv")"});
  CHECK(texts.axes[0].values == std::vector<std::string>{"\"a,b.csv\"", R"("c\",d.csv")"});
}

TEST_CASE("keys with one value and resets hold for all runs of a sweep", "[sweep]") {
  const SweepGrid grid = read_grid({"~optimizer", "batch=7..7", "seed=-1..1,5"});
  CHECK(grid.fixed == std::vector<std::string>{"~optimizer", "batch=7"});
  CHECK(grid.axes[0].values == std::vector<std::string>{"-1", "0", "1", "5"});
}

TEST_CASE("folders of a sweep have different names that a file system takes", "[sweep]") {
  // Keys with the same last part are written whole, and values that are awkward are made plain.
  CHECK(names_of(read_grid({"path.noise.scale=1,2", "coupling.scale=3,4"}))[1] ==
        "path.noise.scale=1,coupling.scale=4");
  const auto same = names_of(read_grid({R"(data.path="a/b","a b")"}));
  CHECK(same == std::vector<std::string>{"path=a_b", "run-0001"});
  const std::string longest(200, '1');
  CHECK(names_of(read_grid({"seed=1," + longest}))[1] == "run-0001");
}

TEST_CASE("sweeps without a choice, with empty or equal values or too many are refused",
          "[sweep]") {
  CHECK_THAT(refusal({"seed=1"}), Contains("[sweep] no key has several values; give some"));
  CHECK_THAT(refusal({"seed=1,,2"}), Contains("seed=1,,2: a value is empty"));
  CHECK_THAT(refusal({"seed=1,2,1"}), Contains("the value 1 stands twice"));
  CHECK_THAT(refusal({"seed=1", "seed=2,3"}), Contains("seed is given twice"));
  CHECK_THAT(refusal({"seed=4..1"}),
             Contains("\"4..1\" is no range of at most 10000 whole numbers"));
  CHECK_THAT(refusal({"seed=0..x"}), Contains("\"0..x\" is no range"));
  CHECK_THAT(refusal({"seed=0..200", "train.batch=1..100"}),
             Contains("more than 10000 combinations"));
}

TEST_CASE("a shard is a part of a whole", "[sweep]") {
  CHECK(read_shard("2/8").index == 2);
  CHECK(read_shard("2/8").of == 8);
  for (const char* wrong : {"0/2", "3/2", "2", "a/2", "1/b", "", "1/2/3"}) {
    CAPTURE(wrong);
    CHECK_THROWS_WITH(read_shard(wrong), Contains("write which part of how many, from 1/n to n/n"));
  }
}

}  // namespace pushforward::app
