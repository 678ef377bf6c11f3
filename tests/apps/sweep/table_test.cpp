// Tests the tables and the picture of a sweep with made-up results.
#include "apps/sweep/table.h"

#include "apps/draw/axes.h"
#include "apps/sweep/picture.h"
#include "tests/tools/catch.h"

namespace pushforward::app {
namespace {

// Results of lr = 1e-3, 3e-3 and seed = 0, 1, 2. The last run has none.
std::vector<SweepResult> made_up() {
  std::vector<SweepResult> results;
  const double nan = std::nan("");
  for (int k = 0; k < 6; ++k) {
    const double value = k == 5 ? nan : k < 3 ? 1.0 + k : 10.0 + 2 * k;
    results.push_back({"runs/x/" + std::to_string(k),
                       k == 5 ? "none" : "done",
                       {value, nan, nan, nan, nan, k == 5 ? nan : value / 100}});
  }
  return results;
}

}  // namespace

TEST_CASE("the table of a sweep has a line for each run and the spread over the seeds", "[sweep]") {
  const SweepGrid grid = read_grid({"optimizer.lr=1e-3,3e-3", "seed=0..2"});
  // 1, 2, 3: mean 2, standard deviation 1. 16, 18: mean 17, standard deviation sqrt(2).
  CHECK(result_table(grid, made_up()) ==
        "optimizer.lr  seed  state  loss  above_entropy\n"
        "1e-3          0     done   1     0.01\n"
        "1e-3          1     done   2     0.02\n"
        "1e-3          2     done   3     0.03\n"
        "3e-3          0     done   16    0.16\n"
        "3e-3          1     done   18    0.18\n"
        "3e-3          2     none   -     -\n"
        "\n"
        "mean +- standard deviation over the seeds\n"
        "optimizer.lr  runs  loss       above_entropy\n"
        "1e-3          3     2 +- 1     0.02 +- 0.01\n"
        "3e-3          2     17 +- 1.4  0.17 +- 0.014\n");
}

TEST_CASE("a sweep over seeds alone has no second table", "[sweep]") {
  const std::string table = result_table(read_grid({"seed=0..5"}), made_up());
  CHECK(table.find("standard deviation") == std::string::npos);
}

TEST_CASE("the CSV of a sweep quotes cells with commas and leaves missing numbers empty",
          "[sweep]") {
  const SweepGrid grid = read_grid({"model.hidden=[8,8],[16]", "seed=0..2"});
  const std::string csv = result_csv(grid, made_up());
  CHECK(
      csv.starts_with("model.hidden,seed,folder,state,loss,above_entropy\n"
                      "\"[8,8]\",0,runs/x/0,done,1,0.01\n"));
  CHECK(csv.ends_with("[16],2,runs/x/5,none,,\n"));
}

TEST_CASE("the picture of a sweep shows the last measure over the first key", "[sweep]") {
  const SweepGrid grid = read_grid({"seed=0..2", "optimizer.lr=1e-3,3e-3"});
  const Figure figure = sweep_figure(grid, made_up(), "moons");
  REQUIRE(figure.panels.size() == 1);
  const Panel& panel = figure.panels[0];
  CHECK(panel.x_label == "optimizer.lr");
  CHECK(panel.y_label == "above_entropy");
  REQUIRE(panel.marks.size() == 2);
  // In this order, results 0, 2, 4 have lr = 1e-3, and 1, 3 have lr = 3e-3.
  const Lines& line = std::get<Lines>(panel.marks[0]);
  REQUIRE(line.lines[0].size() == 2);
  CHECK(line.lines[0][0].y == Approx((0.01 + 0.03 + 0.18) / 3));
  CHECK(line.lines[0][1].y == Approx((0.02 + 0.16) / 2));
  CHECK(std::get<Dots>(panel.marks[1]).at.size() == 5);
  CHECK(figure.notes.back() == "1 of 6 runs do not have this number.");
}

TEST_CASE("a sweep without results has a picture that says so", "[sweep]") {
  std::vector<SweepResult> none = made_up();
  for (SweepResult& result : none) result.measures.assign(6, std::nan(""));
  CHECK(sweep_figure(read_grid({"seed=0..5"}), none, "moons").panels[0].placard == "no results");
}

}  // namespace pushforward::app
