// Tests that the tables of data/tables are read as they are: rows, kinds of columns and remarks. Each
// is trained on for a few steps in both precisions, and its samples have its form.
#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

struct ShippedTable {
  const char* name;
  const char* overrides;  // of the config
  const char* says;       // the line about the file
  const char* warning;    // "": none
};

const ShippedTable kTables[] = {
    {"airquality", "",
     "111 rows, 7 columns: (no name) (integer), Ozone (integer), Solar.R (integer), Wind, Temp "
     "(integer), Month (integer), Day (integer); separated by commas, header in line 1; 42 of 153 "
     "rows left out for missing cells (37 in Ozone, 7 in Solar.R)",
     "column 0 has no name and counts the rows from 1: it looks like an index, not data; leave it "
     "out with 'data.columns=[\"Ozone\",\"Solar.R\",\"Wind\",\"Temp\",\"Month\",\"Day\"]'"},
    {"anes96", "",
     "944 rows, 10 columns: 'popul' (integer), 'TVnews' (integer), 'selfLR' (integer), 'ClinLR' "
     "(integer), 'DoleLR' (integer), 'PID' (integer), 'age' (integer), 'educ' (integer), 'income' "
     "(integer), 'vote' (integer); separated by tabs, header in line 1",
     ""},
    {"attenu", R"('data.types={"station": "category"}' 'data.drop=[0]')",
     "166 rows, 5 of 6 columns: event (integer), mag, station (category of 117), dist, accel; "
     "separated by commas, header in line 1; 16 of 182 rows left out for missing cells (16 in "
     "station)",
     "column \"station\" has 117 different texts in 166 rows, so little can be learned about each"},
    {"engel", R"('data.types={"income": "log"}')",
     "235 rows, 2 columns: income, foodexp; separated by commas, header in line 1", ""},
    {"esoph", "",
     "88 rows, 6 columns: (no name) (integer), agegp (category of 6), alcgp (category of 4), tobgp "
     "(category of 4), ncases (integer), ncontrols (integer); separated by commas, header in line 1",
     "column 0 has no name and counts the rows from 1"},
    {"infert", "",
     "248 rows, 9 columns: (no name) (integer), education (category of 3), age (integer), parity "
     "(integer), induced (integer), case (integer), spontaneous (integer), stratum (integer), "
     "pooled.stratum (integer); separated by commas, header in line 1",
     "column 0 has no name and counts the rows from 1"},
    {"iris", "",
     "150 rows, 6 columns: (no name) (integer), Sepal.Length, Sepal.Width, Petal.Length, "
     "Petal.Width, Species (category of 3); separated by commas, header in line 1",
     "column 0 has no name and counts the rows from 1"},
    {"macrodata", "",
     "203 rows, 14 columns: year (integer), quarter (integer), realgdp, realcons, realinv, realgovt, "
     "realdpi, cpi, m1, tbilrate, unemp, pop, infl, realint; separated by commas, header in line 1",
     ""},
    {"modechoice", "",
     "840 rows, 9 columns: individual (integer), mode (integer), choice (integer), ttme (integer), "
     "invc (integer), invt (integer), gc (integer), hinc (integer), psize (integer); separated by "
     "semicolons, header in line 1",
     ""},
    {"mtcars", "",
     "32 rows, 12 columns: (no name) (category of 32), mpg, cyl (integer), disp, hp (integer), drat, "
     "wt, qsec, vs (integer), am (integer), gear (integer), carb (integer); separated by commas, "
     "header in line 1",
     "column 0 has no name and has another text in every row, so it looks like the rows' names, not "
     "data; leave it out with 'data.columns=[\"mpg\",\"cyl\",\"disp\","},
    {"quakes", "",
     "1000 rows, 6 columns: (no name) (integer), lat, long, depth (integer), mag, stations "
     "(integer); separated by commas, header in line 1",
     "column 0 has no name and counts the rows from 1"},
    {"statecrime", "",
     "51 rows, 8 columns: state (category of 51), violent, murder, hs_grad, poverty, single, white, "
     "urban; separated by commas, header in line 1",
     "column \"state\" has another text in every row"},
    {"tumours", "data.label=diagnosis model.label.type=embedding",
     "569 rows, 10 of 11 columns: mean radius, mean texture, mean perimeter, mean area, mean "
     "smoothness, mean compactness, mean concavity, mean concave points, mean symmetry, mean fractal "
     "dimension; separated by commas, header in line 1; column \"diagnosis\" is the class",
     ""},
    {"wine", "",
     "178 rows, 14 columns: alcohol, malic_acid, ash, alcalinity_of_ash, magnesium (integer), "
     "total_phenols, flavanoids, nonflavanoid_phenols, proanthocyanins, color_intensity, hue, "
     "od280/od315_of_diluted_wines, proline (integer), cultivar (category of 3); separated by "
     "commas, header in line 1",
     ""},
};

// Checks that no cell of the text is empty or "nan", and that each of its `rows` rows has as many
// cells as the header.
void check_whole(const std::string& text, int rows) {
  CHECK(std::count(text.begin(), text.end(), '\n') == rows + 1);
  std::istringstream lines(text);
  std::ptrdiff_t commas = -1;
  for (std::string line; std::getline(lines, line);) {
    if (line.find('"') != std::string::npos) continue;  // a name with a comma
    if (commas < 0) commas = std::count(line.begin(), line.end(), ',');
    CHECK(std::count(line.begin(), line.end(), ',') == commas);
    CHECK(line.find(",,") == std::string::npos);
    CHECK((line + ",").find(",nan,") == std::string::npos);
  }
}

}  // namespace

TEST_CASE("shipped tables are read whole, trained on and sampled in both precisions", "[long]") {
  const Sandbox sandbox;
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv"}, "model": {"hidden": [16]},
    "train": {"steps": 5, "batch": 32}, "sampler": {"type": "euler", "steps": 4}})");
  for (const ShippedTable& t : kTables) {
    INFO(t.name);
    const std::string file = PUSHFORWARD_SOURCE_DIR "/data/tables/" + std::string(t.name) + ".csv";
    for (const char* precision : {"float32", "float64"}) {
      const Outcome trained = sandbox("train c.json --out run --overwrite data.path=" + file +
                                      " precision=" + precision + " " + t.overrides);
      expect(trained, 0, {"read " + file + ": " + t.says, t.warning});
      CHECK((trained.text.find("warning: ") != std::string::npos) == (*t.warning != 0));
      sandbox.ask("sample run -n 40 --out s.csv");
      check_whole(sandbox.read("s.csv"), 40);
      // The samples have the kinds of the table, so their rows have a density.
      expect(sandbox("loglik run --points s.csv --out p.csv"), 0, {"40 points in"});
    }
  }
}

TEST_CASE(
    "missing cells of the penguins are filled in both precisions, and known ones keep their text") {
  const Sandbox sandbox;
  const std::string file = PUSHFORWARD_SOURCE_DIR "/data/penguins.csv";
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": ")" + file + R"("},
    "model": {"hidden": [32]}, "optimizer": {"lr": 0.01}, "train": {"steps": 300, "batch": 128}})");
  std::istringstream lines(Sandbox::run_shell("cat " + file).text);
  std::vector<std::string> rows;
  for (std::string line; std::getline(lines, line);)
    if (rows.empty() || line.find("NA") != std::string::npos) rows.push_back(line);
  REQUIRE(rows.size() == 12);
  std::string gaps;
  for (const std::string& row : rows) gaps += row + "\n";
  sandbox.write("gaps.csv", gaps);
  for (const char* precision : {"float32", "float64"}) {
    INFO(precision);
    sandbox.ask("train c.json -q --overwrite --out run precision=" + std::string(precision));
    expect(sandbox("impute run --points gaps.csv --out f.csv --steps 20 --particles 16"), 0,
           {"19 missing cells in 11 of 11 rows are filled, once"});
    std::istringstream filled(sandbox.read("f.csv"));
    std::size_t k = 0;
    for (std::string line; std::getline(filled, line); ++k) {
      INFO(line);
      REQUIRE(k < rows.size());
      CHECK(line.find("NA") == std::string::npos);
      std::istringstream before(rows[k]), after(line);
      for (std::string old, cell; std::getline(before, old, ',');) {
        std::getline(after, cell, ',');
        if (old == "NA")
          CHECK((cell == "male" || cell == "female" || std::strtod(cell.c_str(), nullptr) > 5));
        else
          CHECK(cell == old);
      }
    }
    CHECK(k == rows.size());
  }
}

TEST_CASE("a shipped table with numbers and texts in one column is refused with the key") {
  const Sandbox sandbox;
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": ")" PUSHFORWARD_SOURCE_DIR
                          R"(/data/tables/attenu.csv"}})");
  expect(sandbox("config check c.json"), 4,
         {"attenu.csv:171:14: \"c168\" in column \"station\" is not a number; set "
          "'data.types={\"station\": \"category\"}' if the column is a category"});
}
