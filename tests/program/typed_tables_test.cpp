// Tests tables with typed columns as a user meets them: from a CSV with categories, whole numbers,
// missing cells and classes to samples that have the form of that CSV. Cells that are missing are
// filled, and samples keep given columns.
#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A sandbox with a table of birds: two species of different mass and colour, with missing cells.
struct BirdSandbox : Sandbox {
  BirdSandbox() {
    std::string text = "species,mass,eggs,colour,share\n";
    for (int k = 0; k < 60; ++k) {
      const bool big = k % 3 == 0;
      text += (big ? "gull," : "tern,") + std::to_string(big ? 900 + k : 120 + k) + "." +
              std::to_string(k % 10) + "," + std::to_string(1 + k % 4) + "," +
              (big == (k % 5 != 0) ? "grey" : "black") + ",0." + std::to_string(11 + k) + "\n";
    }
    text += "gull,NA,3,grey,0.5\ntern,130.5,2,,0.5\n";
    write("birds.csv", text);
    write("c.json", R"({"data": {"type": "csv", "path": "birds.csv"}, "model": {"hidden": [16]},
      "train": {"steps": 60, "batch": 32}, "sampler": {"type": "euler", "steps": 8}})");
  }
  // Returns the lines of a CSV file as cells.
  std::vector<std::vector<std::string>> cells(const std::string& name) const {
    std::vector<std::vector<std::string>> rows(1);
    std::string cell;
    for (const char c : read(name)) {
      if (c != ',' && c != '\n') {
        cell += c;
        continue;
      }
      rows.back().push_back(cell);
      cell.clear();
      if (c == '\n') rows.emplace_back();
    }
    rows.pop_back();
    return rows;
  }
};

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
    ask("train c.json -q --out run");
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

TEST_CASE("samples of a table have its header, order, kinds and decimals") {
  const BirdSandbox sandbox;
  const std::string said = sandbox.errors("train c.json --out run");
  CHECK_THAT(said, Contains("read birds.csv: 60 rows, 5 columns: species (category of 2), mass, "
                            "eggs (integer), colour (category of 2), share; separated by commas, "
                            "header in line 1; 2 of 62 rows left out for missing cells (1 in mass, "
                            "1 in colour)"));
  sandbox.ask("sample run -n 200 --out s.csv");
  const auto rows = sandbox.cells("s.csv");
  REQUIRE(rows.size() == 201);
  CHECK(rows[0] == std::vector<std::string>{"species", "mass", "eggs", "colour", "share"});
  std::map<std::string, int> species, colours;
  for (std::size_t k = 1; k < rows.size(); ++k) {
    REQUIRE(rows[k].size() == 5);
    ++species[rows[k][0]];
    ++colours[rows[k][3]];
    CHECK(rows[k][1].find('.') == rows[k][1].size() - 2);
    CHECK(rows[k][2].find('.') == std::string::npos);
    CHECK(rows[k][4].find('.') == rows[k][4].size() - 3);
  }
  CHECK(species.size() == 2);
  CHECK(species.contains("gull"));
  CHECK(colours.contains("grey"));
  // The samples are read back, in any order of columns, and the same rows have the same ln p.
  sandbox.ask("loglik run --points s.csv --out a.csv");
  std::string swapped;
  for (const auto& row : rows)
    swapped += row[3] + ";" + row[4] + ";" + row[2] + ";" + row[0] + ";" + row[1] + "\n";
  sandbox.write("swapped.csv", swapped);
  expect(sandbox("loglik run --points swapped.csv --out b.csv"), 0,
         {"ln p is a lower bound, estimated with one draw of noise for each row: of the "
          "probability in the whole columns species, eggs, colour; the density in mass, share is "
          "exact given these"});
  const auto one = sandbox.cells("a.csv"), other = sandbox.cells("b.csv");
  REQUIRE(one.size() == other.size());
  CHECK(other[0] ==
        std::vector<std::string>{"colour", "share", "eggs", "species", "mass", "ln_p_bound"});
  for (std::size_t k = 0; k < one.size(); ++k) CHECK(one[k].back() == other[k].back());
  // Rows of the data come back as they are.
  sandbox.ask("data csv path=birds.csv -n 20 --out d.csv");
  for (const auto& row : sandbox.cells("d.csv"))
    CHECK_THAT(sandbox.read("birds.csv"), Contains(row[0] + "," + row[1] + "," + row[2]));
}

TEST_CASE("a column of the table can be the class") {
  const BirdSandbox sandbox;
  sandbox.ask(
      "train c.json -q --out run data.label=species model.label.type=embedding "
      "train.steps=1500");
  sandbox.ask("sample run -n 100 --label gull --out g.csv --labels l.csv");
  const auto rows = sandbox.cells("g.csv");
  CHECK(rows[0] == std::vector<std::string>{"species", "mass", "eggs", "colour", "share"});
  int big = 0;
  for (std::size_t k = 1; k < rows.size(); ++k) {
    CHECK(rows[k][0] == "gull");
    big += std::stod(rows[k][1]) > 500;
  }
  CHECK(big > 90);
  CHECK_THAT(sandbox.read("l.csv"), Contains("gull\ngull\n"));
  expect(sandbox("config check c.json data.label=species"), 0,
         {"/data: it names the classes of its rows, but the network takes no labels\n   set "
          "/model/label to {\"type\": \"embedding\"}, or leave it out"});
  sandbox.ask("sample run -n 100 --label tern --out t.npy");
  expect(sandbox("sample run -n 10 --label duck --out g.csv"), 2,
         {"[label] there is no class duck for --label; choose one of gull or tern"});
  expect(sandbox("sample run -n 10 --label 0 --out g.csv"), 2,
         {"[label] there is no class 0 for --label; choose one of gull or tern"});
  expect(sandbox("loglik run --label tern --points birds.csv --out p.csv"), 4,
         {"[csv] birds.csv:62:6: \"NA\" in column \"mass\" is a missing value"});
}

TEST_CASE("verbs take encoded tables or say why they do not") {
  const BirdSandbox sandbox;
  sandbox.ask("train c.json -q --out run");
  sandbox.ask("sample run -n 9 --out s.csv");
  sandbox.ask("encode run --points s.csv --out z.csv");
  CHECK_THAT(sandbox.read("z.csv"),
             Contains("species=gull,species=tern,mass,eggs,colour=black,colour=grey,share\n"));
  sandbox.ask("decode run --points z.csv --out x.csv --solver dopri5");
  CHECK(sandbox.cells("x.csv")[0] == sandbox.cells("s.csv")[0]);
  sandbox.ask("interpolate run --from s.csv --to x.csv --out w.npy");
  expect(sandbox("velocity run --points s.csv --t 0.5 --out u.csv"), 2,
         {"[velocity] the columns of this run's table are encoded for the flow, so a velocity has "
          "no meaning in its columns"});
  expect(sandbox("sample run -n 9 --exact --out e.csv"), 2,
         {"[exact] the columns of this run's table are encoded for the flow, so the exact field of "
          "its numbers is not known; leave --exact out"});
  expect(sandbox("sample run -n 9 --loglik p.npy --out e.csv"), 2,
         {"[sample]",
          "give that to "
          "`pushforward loglik`"});
  expect(sandbox("sample run -n 9 --trajectory p.npy --out e.csv"), 2,
         {"[sample]", "leave --trajectory out"});
  expect(sandbox("loglik run --points s.csv --gradient g.csv --out p.csv"), 2,
         {"[loglik]", "--gradient has no meaning in its columns; leave it out"});
  const auto report = sandbox.object("eval run -n 50");
  CHECK(report.at("rows") == "training rows");
  CHECK(report.at("samples").at("columns_as") == "encoded and scaled for the flow");
  CHECK_THAT(report.at("likelihood").at("of_columns").get<std::string>(), Contains("lower bound"));
  CHECK(std::isfinite(report.at("likelihood").at("nll").get<double>()));
}

TEST_CASE("a table within another data set has plain numbers unless its types say otherwise") {
  const BirdSandbox sandbox;
  sandbox.write("n.csv", "a,b\n1.5,2\n2.5,4\n3.0,6\n");
  sandbox.write("n.json",
                R"({"data": {"type": "standardize", "of": {"type": "csv", "path": "n.csv"}},
    "model": {"hidden": [4]}, "train": {"steps": 2}})");
  CHECK_THAT(sandbox.errors("train n.json --out run"), Contains("2 columns: a, b; "));
  expect(sandbox("train n.json -q --out run --overwrite 'data.of.types={\"b\": \"integer\"}'"), 0,
         {});
  expect(sandbox("train n.json -q --out run --overwrite data.type=affine "
                 "'data.of.types={\"b\": \"integer\"}'"),
         2,
         {"[data] column b is of kind integer, but affine around the table needs plain numbers; "
          "leave its type out, or make the table all of /data"});
}

TEST_CASE("types of columns that do not fit are refused") {
  const BirdSandbox sandbox;
  const auto says = [&](const std::string& types, int code, const std::string& what) {
    expect(sandbox("train c.json -q --out run 'data.types=" + types + "'"), code, {what});
  };
  says(R"({"mass": "colour"})", 2, "/data/types/mass is \"colour\", but must be one of number");
  says(R"({"mass": {"kind": "date", "transform": "log"}})", 2,
       "column \"mass\" is of kind date, which has no transform\n   leave one of them out");
  says(R"({"share": {"transform": "logit"}})", 2,
       "column \"share\" has the transform logit, but no bounds");
  says(R"({"share": [1, 0]})", 2, "the bounds of column \"share\" are not [low, high]");
  says(R"({"species": "log"})", 2,
       "[data] column species is of kind category, but its transform log is for numbers; leave the "
       "transform out, or set the kind");
  says(R"({"share": [0.2, 1]})", 4,
       "[data] birds.csv: row 0, column share is 0.11, and its bounds "
       "are 0.2 and 1, which it must be between");
  says(R"({"weight": "log"})", 4, "data.types names \"weight\", which is no column of the table");
}

TEST_CASE("transforms keep samples within the bounds of a column") {
  const BirdSandbox sandbox;
  sandbox.ask(
      "train c.json -q --out run 'data.types={\"mass\": \"log\", \"share\": [0, 1], "
      "\"eggs\": {\"kind\": \"integer\", \"bounds\": [1, 4]}}'");
  sandbox.ask("sample run -n 300 --out s.csv");
  const auto rows = sandbox.cells("s.csv");
  for (std::size_t k = 1; k < rows.size(); ++k) {
    CHECK(std::stod(rows[k][1]) > 0);
    const double share = std::stod(rows[k][4]), eggs = std::stod(rows[k][2]);
    CHECK((share >= 0 && share <= 1));
    CHECK((eggs >= 1 && eggs <= 4));
  }
}

TEST_CASE("an array can have the classes of its rows in a file") {
  const BirdSandbox sandbox;
  sandbox.write("x.csv", "a,b\n1.5,2.5\n2.5,1.5\n3.5,0.5\n4.5,9.5\n");
  sandbox.write("kinds.csv", "kind\nup\ndown\nup\ndown\n");
  sandbox.ask("data csv path=x.csv -n 4 --out x.npy");
  sandbox.write("n.json", R"({"data": {"type": "npy", "path": "x.npy", "labels": "kinds.csv"},
    "model": {"hidden": [4], "label": {"type": "embedding"}}, "train": {"steps": 2}})");
  sandbox.ask("train n.json -q --out run");
  sandbox.ask("sample run --label down -n 3 --out s.csv --labels l.csv");
  CHECK(sandbox.read("l.csv") == "down\ndown\ndown\n");
  sandbox.write("kinds.csv", "up\ndown\nup\ndown\n");
  sandbox.ask("train n.json -q --out run --overwrite");
  sandbox.write("kinds.csv", "up\ndown\nup\n");
  expect(
      sandbox("train n.json -q --out run --overwrite"), 4,
      {"[labels] kinds.csv: it has 3 classes, but x.npy has 4 rows; give one class for each row"});
}

TEST_CASE("ln p stands beside the rows of a table, given the class of each") {
  const BirdSandbox sandbox;
  sandbox.ask("train c.json -q --out run data.label=species model.label.type=embedding");
  sandbox.write("p.csv",
                "species,share,mass,eggs,colour\ngull,0.5,910.5,2,grey\n"
                "tern,0.5,910.5,2,grey\n");
  expect(sandbox("loglik run --points p.csv --out by_row.csv"), 0,
         {"ln p is that given the class of each row, in column species"});
  const auto rows = sandbox.cells("by_row.csv");
  CHECK(rows[0] ==
        std::vector<std::string>{"species", "share", "mass", "eggs", "colour", "ln_p_bound"});
  CHECK(rows[1][2] == "910.5");
  CHECK(rows[1][5] != rows[2][5]);
  sandbox.ask("loglik run --points p.csv --out all.csv --label gull");
  CHECK(sandbox.cells("all.csv")[1] == rows[1]);
  CHECK(sandbox.cells("all.csv")[2][5] != rows[2][5]);
  // Another seed draws other noise, so the bound differs.
  sandbox.ask("loglik run --points p.csv --out other.csv --label gull --seed 3");
  CHECK(sandbox.cells("other.csv")[1][5] != rows[1][5]);
}

TEST_CASE("a check of a config shows the kinds of its table") {
  const BirdSandbox sandbox;
  expect(sandbox("config check c.json"), 0,
         {"eggs (integer), colour (category of 2)", "c.json: ok"});
  expect(sandbox("config check c.json data.path=none.csv"), 0,
         {"there is no file none.csv here, so the kinds of its columns are not known"});
}

TEST_CASE("a table with one row is a point of plain numbers") {
  const BirdSandbox sandbox;
  sandbox.write("one.csv", "a,b\n1,2.5\n");
  sandbox.ask("train c.json -q --out run data.path=one.csv train.steps=2");
  sandbox.ask("sample run -n 2 --out s.csv");
  CHECK(sandbox.read("s.csv") == "a,b\n1,2.5\n1,2.5\n");
}

TEST_CASE("the config of an earlier run reads its table as before") {
  const BirdSandbox sandbox;
  sandbox.write("n.csv", "a,b\n1.5,2\n2.5,4\n3.0,6\n1.0,3\n0.5,9\n1.2,8\n2.2,7\n3.1,5\n");
  sandbox.ask("train c.json -q --out run data.path=n.csv data.guess=no data.scale=none");
  // A run of a version without the new keys has none of them in its config.
  std::string config = sandbox.read("run/config.json");
  auto json = nlohmann::json::parse(config);
  for (const char* key :
       {"guess", "scale", "missing_rows", "types", "label", "drop", "missing", "comment"})
    json["data"].erase(key);
  sandbox.write("run/config.json", json.dump());
  expect(sandbox("eval run -n 8"), 0, {"read n.csv: 8 rows, 2 columns: a, b; "});
  sandbox.ask("sample run -n 3 --out old.csv");
  CHECK_THAT(sandbox.read("old.csv"), Contains("a,b\n"));
  // The same table in a new run has a whole number.
  expect(sandbox("train c.json --out new data.path=n.csv"), 0, {"a, b (integer); "});
}

TEST_CASE(
    "rows of an encoded table are held out, but their likelihood is not measured in training") {
  const GapSandbox sandbox;
  expect(sandbox("train c.json -q --overwrite --out held train.holdout=0.2 train.steps=20"), 0, {});
  CHECK_THAT(sandbox.read("held/metrics.jsonl"), Contains("\"valid/loss\""));
  expect(
      sandbox("train c.json -q --out other train.holdout=0.2 train.nll_every=1 train.steps=20"), 2,
      {"[train] /train/nll_every measures a density of numbers, but the columns of this table are "
       "encoded for the flow"});
}

TEST_CASE("missing cells of a table are filled by what the known cells say") {
  const GapSandbox sandbox;
  sandbox.write("gaps.csv", "eggs,mass,species\n2,,gull\n3,NA,tern\n1,121.5,\n4,902.5,gull\n");
  const std::string base = "impute run --points gaps.csv --steps 30 --particles 32 --out ";
  expect(sandbox(base + "f.csv -n 20"), 0,
         {"3 missing cells in 3 of 4 rows are filled, 20 times",
          "of 32 particles, the effective number is"});
  const std::vector<std::string> filled = sandbox.lines("f.csv");
  REQUIRE(filled.size() == 81);
  CHECK(filled[0] == "row,draw,eggs,mass,species");
  int right = 0;
  for (int k = 0; k < 20; ++k) {
    const auto row = [&](int number) {
      const std::string& line = filled[1 + 20 * number + k];
      const std::string start = std::to_string(number) + "," + std::to_string(k) + ",";
      CHECK(line.starts_with(start));
      return line.substr(start.size());
    };
    CHECK(row(0).ends_with(",gull"));
    CHECK(row(1).ends_with(",tern"));
    CHECK(row(2).starts_with("1,121.5,"));
    CHECK(row(3) == "4,902.5,gull");
    right += std::abs(mass_in(row(0)) - 904.5) < 150;
    right += std::abs(mass_in(row(1)) - 124.5) < 150;
    right += row(2) == "1,121.5,tern";
  }
  CHECK(right >= 56);
  // The draws of a seed are the same with other numbers of threads. Another seed has others.
  sandbox.ask(base + "g.csv -n 20 --threads 2");
  CHECK(sandbox.read("g.csv") == sandbox.read("f.csv"));
  sandbox.ask(base + "g.csv -n 20 --seed 1");
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
  sandbox.ask("data moons -n 3 --out other.npy");
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
