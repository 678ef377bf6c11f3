// Tests imputation with the program: a table with missing cells comes back whole, and samples keep
// given columns.
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A sandbox with a run of a table in which the species decides on the mass: gulls have about 900 and
// terns about 120.
struct GapSandbox : Sandbox {
  explicit GapSandbox(const std::string& more = "") {
    std::string text = "species,mass,eggs\n";
    for (int k = 0; k < 90; ++k) {
      const bool big = k % 3 == 0;
      text += std::string(big ? "gull," : "tern,") + std::to_string((big ? 900 : 120) + k % 10) +
              ".5," + std::to_string(1 + k % 4) + "\n";
    }
    write("birds.csv", text);
    write("c.json", R"({"data": {"type": "csv", "path": "birds.csv"}, "model": {"hidden": [32]},
      "optimizer": {"lr": 0.01}, "train": {"steps": 600, "batch": 128})" +
                        more + "}");
    REQUIRE((*this)("train c.json -q --out run").code == 0);
  }
  std::vector<std::string> lines(const std::string& name) const {
    std::istringstream stream(read(name));
    std::vector<std::string> all;
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
  }
};

double mass_in(const std::string& line) { return std::stod(line.substr(line.find(',') + 1)); }

}  // namespace

TEST_CASE("missing cells of a table are filled by what the known cells say") {
  const GapSandbox sandbox;
  sandbox.write("gaps.csv", "eggs,mass,species\n2,,gull\n3,NA,tern\n1,121.5,\n4,902.5,gull\n");
  const std::string base = "impute run --points gaps.csv --steps 30 --particles 32 --out ";
  expect(sandbox(base + "f.csv -n 20"), 0,
         {"3 missing cells in 3 of 4 rows are filled, 20 times",
          "of 32 particles, the effective number is"});
  const std::vector<std::string> filled = sandbox.lines("f.csv");
  REQUIRE(filled.size() == 81);
  CHECK(filled[0] == "species,mass,eggs");
  int right = 0;
  for (int k = 0; k < 20; ++k) {
    CHECK(filled[1 + k].starts_with("gull,"));
    CHECK(filled[1 + k].ends_with(",2"));
    CHECK(filled[21 + k].starts_with("tern,"));
    CHECK(filled[41 + k].ends_with(",121.5,1"));
    CHECK(filled[61 + k] == "gull,902.5,4");
    right += std::abs(mass_in(filled[1 + k]) - 904.5) < 150;
    right += std::abs(mass_in(filled[21 + k]) - 124.5) < 150;
    right += filled[41 + k].starts_with("tern,");
  }
  CHECK(right >= 56);
  // The draws of a seed are the same with other numbers of threads. Another seed has others.
  REQUIRE(sandbox(base + "g.csv -n 20 --threads 2").code == 0);
  CHECK(sandbox.read("g.csv") == sandbox.read("f.csv"));
  REQUIRE(sandbox(base + "g.csv -n 20 --seed 1").code == 0);
  CHECK(sandbox.read("g.csv") != sandbox.read("f.csv"));

  sandbox.write("whole.csv", "species,mass,eggs\ngull,902.5,4\n");
  expect(sandbox("impute run --points whole.csv --out w.csv"), 0,
         {"no number is missing, so the rows are written as they are"});
  CHECK(sandbox.read("w.csv") == sandbox.read("whole.csv"));
}

TEST_CASE("samples with given columns have the given values, and the others fit them") {
  const GapSandbox sandbox;
  expect(sandbox("sample run -n 25 --given species=gull,eggs=2 --steps 30 --out s.csv"), 0,
         {"the samples are drawn given \"species=gull,eggs=2\"; of 64 particles"});
  const std::vector<std::string> samples = sandbox.lines("s.csv");
  REQUIRE(samples.size() == 26);
  int right = 0;
  for (int k = 1; k <= 25; ++k) {
    CHECK(samples[k].starts_with("gull,"));
    CHECK(samples[k].ends_with(",2"));
    right += std::abs(mass_in(samples[k]) - 904.5) < 150;
  }
  CHECK(right >= 23);
}

TEST_CASE("given columns and tables with gaps are refused with the cure") {
  const GapSandbox sandbox;
  const std::string given = "sample run -n 2 --out s.csv --given ";
  expect(sandbox(given + "gull"), 2,
         {"[given] \"gull\" is no assignment to a column; write NAME=VALUE"});
  expect(sandbox(given + "specie=gull"), 2,
         {"[given] there is no column \"specie\"; did you mean \"species\"? choose from: species "
          "mass eggs"});
  expect(sandbox(given + "eggs=2,eggs=3"), 2,
         {"[given] the column \"eggs\" is given twice; give it one value"});
  expect(sandbox(given + "species=duck"), 4,
         {"--given:2:1: \"duck\" is no value of column \"species\" in the run's data"});
  expect(sandbox(given + "eggs=2.5"), 4, {"\"2.5\" in column \"eggs\"", "whole number"});
  expect(sandbox(given + "eggs=2 --loglik p.npy"), 2,
         {"[sample] --loglik has no effect on samples with given columns"});
  expect(sandbox(given + "eggs=2 --solver euler"), 2,
         {"[sample] --solver has no effect on samples with given columns"});
  REQUIRE(sandbox("data moons -n 3 --out other.npy").code == 0);
  expect(sandbox("impute run --points other.npy --out f.csv"), 4,
         {"[impute] other.npy: the points have shape (3, 2), but the run's data has 3 columns"});
}

TEST_CASE("missing numbers are refused by flows whose noise depends on the data") {
  const GapSandbox sandbox(R"(, "coupling": {"type": "ot"})");
  sandbox.write("gaps.csv", "species,mass,eggs\ngull,,4\n");
  expect(sandbox("impute run --points gaps.csv --out f.csv"), 2,
         {"[impute] missing numbers can be drawn only from a flow that starts from standard normal "
          "noise that is independent of the data, but its coupling (ot) makes x0 depend on x1"});
}
