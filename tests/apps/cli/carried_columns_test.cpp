// Tests that tables which `impute` and `loglik` write have all columns and cells of the table that they
// read, and that errors about cells say how a missing cell is written.
#include <sstream>
#include <string>
#include <vector>

#include "apps/tables/cell_table.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A sandbox with a table as people have them: names of the rows, a class, numbers with gaps, dates, a
// note, and a run that leaves out names and notes.
struct HerdSandbox : Sandbox {
  std::string header = "id,kind,long,\"big, heavy\",born,note";
  std::vector<std::string> rows;

  HerdSandbox() : Sandbox(folder_in_memory()) {
    for (int k = 0; k < 40; ++k) {
      const std::string n = std::to_string(k), x = std::to_string(k % 7) + "." + n,
                        y = k % 9 == 4 ? "NA" : std::to_string(k % 5) + ".50",
                        day = "2020-0" + std::to_string(1 + k % 9) + "-11";
      rows.push_back("\"X0" + n + "\"," + (k % 2 ? "cow" : "ox") + "," + (k % 8 == 3 ? "" : x) +
                     "," + y + "," + day + "," + (k % 3 ? "fine, \"\"really\"\"" : ""));
      if (k % 3) rows.back() = quote_last(rows.back());
    }
    write_table("t.csv", header, rows);
    write("c.json", R"({"data": {"type": "csv", "path": "t.csv", "label": "kind",
      "drop": ["id", "note"], "missing_rows": "model"}, "model": {"hidden": [8],
      "label": {"type": "embedding"}}, "train": {"steps": 20, "batch": 16}})");
    ask("train c.json -q --out run");
  }
  static std::string quote_last(const std::string& row) {
    const std::size_t at = row.find("fine");
    return row.substr(0, at) + "\"" + row.substr(at) + "\"";
  }
  void write_table(const std::string& name, const std::string& names,
                   const std::vector<std::string>& lines) const {
    std::string text = names + "\n";
    for (const std::string& line : lines) text += line + "\n";
    write(name, text);
  }
  std::vector<std::string> lines(const std::string& name) const {
    std::istringstream text(read(name));
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) all.push_back(line);
    return all;
  }
  // Whether the line `after` is `before` with its empty and NA cells of numbers filled.
  static bool fills(const std::string& before, const std::string& after) {
    std::istringstream a(before), b(after);
    std::string old, now;
    for (int k = 0; k < 5; ++k) {
      std::getline(a, old, ',');
      std::getline(b, now, ',');
      const bool gap = (k == 2 || k == 3) && (old.empty() || old == "NA");
      if (gap ? now.empty() || now == "NA" || now == "nan" : now != old) return false;
    }
    std::getline(a, old);
    std::getline(b, now);
    return old == now;
  }
};

const std::string kQuick = " --steps 4 --particles 2";

}  // namespace

TEST_CASE("a filled table is the whole table with only its missing cells filled") {
  const HerdSandbox sandbox;
  expect(sandbox("impute run --points t.csv --out f.csv" + kQuick), 0,
         {"missing cells in", "are filled, once",
          "14 missing cells of note are not filled, since the flow does not draw this column"});
  const std::vector<std::string> filled = sandbox.lines("f.csv");
  REQUIRE(filled.size() == sandbox.rows.size() + 1);
  CHECK(filled[0] == sandbox.header);
  for (std::size_t k = 0; k < sandbox.rows.size(); ++k) {
    INFO(sandbox.rows[k] << "\n" << filled[k + 1]);
    CHECK(HerdSandbox::fills(sandbox.rows[k], filled[k + 1]));
  }
  // The columns that numbers alone cannot hold are named.
  expect(
      sandbox("impute run --points t.csv --out f.npy" + kQuick), 0,
      {"f.npy has only the columns that the flow draws, without id, kind, note; a name that ends "
       "in .csv keeps all columns of the table"});
  // A column that the file lacks comes last.
  sandbox.write("u.csv", "id,kind,born\nX1,cow,2020-03-01\n");
  sandbox.ask("impute run --points u.csv --out g.csv" + kQuick);
  CHECK(sandbox.lines("g.csv")[0] == "id,kind,born,long,\"big, heavy\"");
  CHECK_THAT(sandbox.lines("g.csv")[1], Contains("X1,cow,2020-03-01,"));
  CHECK_THAT(sandbox.lines("g.csv")[1], !Contains("nan"));
}

TEST_CASE("several draws of a row say which row they are of") {
  const HerdSandbox sandbox;
  expect(
      sandbox("impute run --points t.csv --out f.csv -n 3" + kQuick), 0,
      {"column row has the number of the row in the table, and column draw that of its draw, from "
       "0"});
  const std::vector<std::string> filled = sandbox.lines("f.csv");
  REQUIRE(filled.size() == 3 * sandbox.rows.size() + 1);
  CHECK(filled[0] == "row,draw," + sandbox.header);
  for (std::size_t k = 1; k < filled.size(); ++k) {
    const std::size_t row = (k - 1) / 3;
    const std::string start = std::to_string(row) + "," + std::to_string((k - 1) % 3) + ",";
    INFO(filled[k]);
    REQUIRE(filled[k].substr(0, start.size()) == start);
    CHECK(HerdSandbox::fills(sandbox.rows[row], filled[k].substr(start.size())));
  }
  // Names of the table are kept, and --json has those of the new columns.
  sandbox.write_table("t.csv", "row" + sandbox.header.substr(2), sandbox.rows);
  CHECK(sandbox.object("impute run --points t.csv --out f.csv -n 2" + kQuick).at("numbered_by") ==
        nlohmann::json({"input_row", "draw"}));
  CHECK(sandbox.lines("f.csv")[0] == "input_row,draw,row" + sandbox.header.substr(2));
}

TEST_CASE("a filled table without names has no numbers of rows, which is said") {
  const HerdSandbox sandbox;
  sandbox.write("bare.csv", "1.5,2\n2.5,3\n3.5,1.25\n4.5,7\n2,2\n");
  sandbox.write("d.json", R"({"data": {"type": "csv", "path": "bare.csv"},
      "model": {"hidden": [8]}, "train": {"steps": 20, "batch": 16}})");
  sandbox.ask("train d.json -q --out bare");
  sandbox.write("gaps.csv", "1.50,NA\n2.75,3\n");
  expect(
      sandbox("impute bare --points gaps.csv --out f.csv -n 2" + kQuick), 0,
      {"the table has no names, so no column numbers the draws: rows 0 to 1 are the draws of row "
       "0"});
  const std::vector<std::string> filled = sandbox.lines("f.csv");
  REQUIRE(filled.size() == 4);
  CHECK(filled[0].substr(0, 5) == "1.50,");
  CHECK(filled[2] == "2.75,3");
  CHECK(filled[3] == "2.75,3");
}

TEST_CASE("numbers in another notation are written as numbers, and texts stay as they are") {
  const HerdSandbox sandbox;
  sandbox.write("s.csv", "a;b;c\n1,5;12%;x,y\n2,25;20%;z\n;5%;x,y\n3;7,5%;z\n");
  sandbox.write("d.json", R"({"data": {"type": "csv", "path": "s.csv", "decimal": "comma",
      "percent": "share", "drop": ["c"], "missing_rows": "model"},
      "model": {"hidden": [8]}, "train": {"steps": 20, "batch": 16}})");
  sandbox.ask("train d.json -q --out shares");
  sandbox.ask("impute shares --points s.csv --out f.csv" + kQuick);
  const std::vector<std::string> filled = sandbox.lines("f.csv");
  REQUIRE(filled.size() == 5);
  CHECK(filled[0] == "a,b,c");
  CHECK(filled[1] == "1.5,0.12,\"x,y\"");
  CHECK_THAT(filled[3], Contains(",0.05,\"x,y\""));
  CHECK(filled[4] == "3,0.075,z");
}

TEST_CASE("scored rows have all columns and cells of the points") {
  const HerdSandbox sandbox;
  std::vector<std::string> whole;
  for (const std::string& row : sandbox.rows)
    if (row.find("NA") == std::string::npos && row.find(",,") == std::string::npos)
      whole.push_back(row);
  sandbox.write_table("w.csv", sandbox.header, whole);
  sandbox.ask("loglik run --points w.csv --out p.csv");
  const std::vector<std::string> scored = sandbox.lines("p.csv");
  REQUIRE(scored.size() == whole.size() + 1);
  CHECK(scored[0] == sandbox.header + ",ln_p_bound");
  for (std::size_t k = 0; k < whole.size(); ++k)
    CHECK(scored[k + 1].substr(0, whole[k].size() + 1) == whole[k] + ",");
  // Rows that are scored again have one such column.
  expect(sandbox("loglik run --points p.csv --out q.csv"), 0,
         {"column ln_p_bound of the points is replaced, since the new one has its name"});
  CHECK(sandbox.read("q.csv") == sandbox.read("p.csv"));
}

TEST_CASE("a table from a pipe, which is read once, is carried, too") {
  const Sandbox sandbox;
  sandbox.write("t.csv", "a,k\n1,x\n2,y\n3,x\n4,y\n5,x\n6,y\n");
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv"}, "model": {"hidden": [8]},
      "train": {"steps": 10, "batch": 8}})");
  sandbox.ask("train c.json -q --out run");
  sandbox.write("g.csv", "a,k\n1,\n");
  for (const char* command : {"cat t.csv | $pf loglik run --points /dev/stdin --out o.csv",
                              "cat g.csv | $pf impute run --points /dev/stdin --out o.csv"}) {
    INFO(command);
    CHECK(sandbox.shell(command).code == 0);
    CHECK_THAT(sandbox.read("o.csv"), Contains("a,k") && Contains("\n1,"));
  }
}

TEST_CASE("numbers with signs of their own are carried as the numbers that they mean") {
  using namespace pushforward::app;
  CsvOptions options{.separator = ';', .decimal = CsvDecimal::comma};
  options.thousands = '.';
  options.percent = 0.01;
  const CsvRows rows("a;b;c\n5.200;5.200;10%\n5.200,00;x;3.000\n-3;1,5;2\n", "q.csv", options);
  CHECK(cell_table(rows, {false, true, false}, {}).cells ==
        std::vector<std::string>{"5200", "5.200", "0.1", "5200.00", "x", "3000", "-3", "\"1,5\"",
                                 "2"});
}

TEST_CASE("an error about a cell says how the run's missing cells are written") {
  const HerdSandbox sandbox;
  const std::string one = "impute run --points g.csv --out f.csv";
  sandbox.write("g.csv", "kind,long\ncow,unknown\n");
  expect(
      sandbox(one), 4,
      {"\"unknown\" in column \"long\" is not a number; give a number, as the run's data has in this "
       "column, or write a missing cell as NA, nan, null, ? or another word of docs/tables.md, or "
       "leave it empty"});
  // A value of --given is never missing.
  expect(sandbox("sample run -n 2 --out s.csv --given long=unknown"), 4,
         {"\"unknown\" in column \"long\" is not a number"});
  CHECK_THAT(sandbox("sample run -n 2 --out s.csv --given long=unknown").text,
             !Contains("missing cell"));

  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "m.csv", "missing": ["-99"]},
      "model": {"hidden": [8]}, "train": {"steps": 20, "batch": 16}})");
  sandbox.write("m.csv",
                "x,d,c\n1,2020-01-01,a\n2,2020-01-02,b\n-99,2020-01-03,a\n4,2020-01-04,b\n");
  sandbox.ask("train c.json -q --overwrite --out run");
  const std::string cure = "write a missing cell as the run's config has them (`missing`): \"-99\"";
  for (const char* row : {"NA,2020-01-02,a", ",2020-01-02,a", "1,NA,a", "1,2020-01-02,NA"}) {
    INFO(row);
    sandbox.write("g.csv", std::string("x,d,c\n") + row + "\n");
    expect(sandbox(one), 4, {cure});
  }
  sandbox.write("g.csv", "x,d,c\n-99,2020-01-02,a\n");
  expect(sandbox(one + kQuick), 0, {"1 missing cell"});
  // In the table of a config, the key is named.
  sandbox.write("m.csv", "x,c\n1,a\nNA,b\n-99,a\n4,b\n");
  expect(sandbox("config check c.json"), 4,
         {"\"NA\" in column \"x\" is a missing value; fill it in, or remove the row, or add it to "
          "data.missing, which has only \"-99\", if it means a missing value"});
}
