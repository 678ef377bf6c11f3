// Tests that a run remembers how its table was read, so that nothing is guessed again when its file
// is read later, and that points may be written as the table is.
#include <string>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

const std::string kTail = R"(}, "model": {"hidden": [8]}, "train": {"steps": 6, "batch": 16,
    "log_every": 1}, "sampler": {"type": "euler", "steps": 4}})";

// A table of 40 rows: a number, a category and a whole number, with a separator.
std::string rows(char separator, bool swapped = false) {
  const std::string s(1, separator);
  std::string text = swapped ? "n" + s + "x" + s + "c\n" : "x" + s + "c" + s + "n\n";
  for (int k = 0; k < 40; ++k) {
    const std::string x = std::to_string(k % 7) + "." + std::to_string(k % 10),
                      c = k % 3 == 0   ? "gull"
                          : k % 3 == 1 ? "tern"
                                       : "owl",
                      n = std::to_string(k % 4);
    text += swapped ? n + s + x + s + c + "\n" : x + s + c + s + n + "\n";
  }
  return text;
}

// A sandbox with a run of that table.
struct RowSandbox : Sandbox {
  RowSandbox() {
    write("t.csv", rows(','));
    write("c.json", R"({"data": {"type": "csv", "path": "t.csv")" + kTail);
    ask("train c.json -q --out run");
  }
};

}  // namespace

TEST_CASE("a run keeps the layout, kinds and categories of its table, and its missing cells") {
  const Sandbox sandbox;
  sandbox.write("t.csv",
                "# a note\nx;when;c;k\n1.5;2020-01-02;a;u\n2.5;2020-01-03;b;v\n"
                "NA;2020-01-04;a;u\n3.5;2020-02-03;b;\n4.5;2020-02-04;a;v\n");
  sandbox.write("h.csv", "k\tc\twhen\tx\nu\tb\t2020-01-05\t2.5\n");
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv", "label": "k")" + kTail);
  sandbox.ask("train c.json -q --out run train.holdout=h.csv model.label.type=embedding");
  const auto data = nlohmann::json::parse(sandbox.read("run/env.json")).at("data");
  const nlohmann::json& read = data.at(0).at("read");
  CHECK(read.at("separator") == "semicolon");
  CHECK(read.at("decimal") == "point");
  CHECK(read.at("names_in") == "first row");
  CHECK(read.at("names") == nlohmann::json({"x", "when", "c"}));
  CHECK(read.at("kinds") == nlohmann::json({"number", "date", "category"}));
  CHECK(read.at("categories") == nlohmann::json({{"c", {"a", "b"}}}));
  CHECK(read.at("class") == nlohmann::json({{"column", "k"}, {"at", 3}, {"values", {"u", "v"}}}));
  CHECK(read.at("rows") == 3);
  CHECK(read.at("missing") == nlohmann::json({"", "NA"}));
  CHECK(read.at("left_out").at(1) == "2 of 5 rows left out for missing cells (1 in x, 1 in k)");
  // The columns of the held-out rows are in another order, and are found by name.
  CHECK(data.at(1).at("key") == "/train/holdout");
  CHECK(data.at(1).at("read").at("separator") == "tab");
  CHECK(data.at(1).at("read").at("names") == nlohmann::json({"x", "when", "c"}));
  // A resumed run reads both files as before.
  expect(sandbox("train c.json --resume --out run train.holdout=h.csv "
                 "model.label.type=embedding train.steps=9"),
         0, {"separated by semicolons, header in line 2"});
}

TEST_CASE("a file that has changed is read by what the run remembers of the old one") {
  const RowSandbox sandbox;
  const std::string changed = "[data] t.csv has changed since run was trained";
  const nlohmann::json before = sandbox.object("eval run -n 20");
  // Columns in another order, and one more, are taken by name.
  sandbox.write("t.csv", rows(',', /*swapped=*/true));
  expect(sandbox("eval run -n 20"), 0, {changed});
  CHECK(sandbox.object("eval run -n 20").at("samples").at("w2") == before.at("samples").at("w2"));
  // Whole numbers in the column of numbers do not make it another kind.
  sandbox.write("t.csv", "x,c,n\n1,tern,2\n2,gull,3\n3,tern,1\n");
  expect(sandbox("eval run -n 8"), 0, {changed, "3 columns: x, c (category of 3), n (integer)"});
  // A category without one of its values is still that category.
  sandbox.write("t.csv", "x,c,n\n1.5,tern,2\n2.5,gull,3\n3.25,tern,1\n");
  expect(sandbox("eval run -n 8"), 0, {changed, "c (category of 3)"});
  const auto refused = [&](const std::string& text, const std::string& what) {
    sandbox.write("t.csv", text);
    CAPTURE(text);
    expect(sandbox("eval run -n 20"), 4, {changed, what});
  };
  refused(rows(';'),
          "[csv] t.csv:1:1: the first row, x;c;n, has 1 cell, but the file had 3 columns when the "
          "run was trained on it, separated by commas, and now its cells seem to be separated by "
          "semicolons; put the old file back");
  refused("x,c,n\n1.5,crow,2\n2.5,gull,3\n",
          "t.csv:2:5: \"crow\" is no value of column \"c\" in the run's data; its values are gull, "
          "owl, tern");
  refused("x,c,n\n1.5,gull,2\n2.5,gull,3.5\n",
          "t.csv:3:10: \"3.5\" in column \"n\" is not a whole number; correct it, or put the old "
          "file back, since the run was trained on the column as integer");
  refused("x,c,n\nlow,gull,2\n2.5,gull,3\n",
          "\"low\" in column \"x\" is not a number; put the old file back, since the run was "
          "trained on the column as number");
  refused("x,c\n1.5,gull\n2.5,tern\n", "there is no column \"n\"; choose from x, c");
  refused("1.5,gull,2\n2.5,gull,3\n", "there is no column \"x\"; choose from 1.5, gull, 2");
}

TEST_CASE("another version of the program that reads the same file otherwise is noticed") {
  const RowSandbox sandbox;
  std::string record = sandbox.read("run/env.json");
  const std::size_t at = record.find("\"rows\": 40");
  REQUIRE(at != std::string::npos);
  sandbox.write("run/env.json", record.replace(at, 10, "\"rows\": 39"));
  expect(sandbox("train c.json --resume --out run train.steps=9"), 4,
         {"[data] t.csv is read as 40 rows, but the run was trained on 39 rows of the same file"});
  // A record that is damaged is reported, and the file is read as without one.
  sandbox.write("run/env.json", record.replace(record.find("\"comma\""), 7, "\"dot\""));
  expect(sandbox("eval run -n 20"), 0, {"is no record of data files"});
}

TEST_CASE("points may be written as the run's table is: decimal commas, comments, missing cells") {
  const Sandbox sandbox;
  sandbox.write("t.csv",
                "% note\na;b;c\n1,5;2,5;x\n2,5;3,5;y\n3,5;1,5;x\n4,25;1,75;y\n-9;1,25;x\n");
  sandbox.write("c.json",
                R"({"data": {"type": "csv", "path": "t.csv", "decimal": "comma", "comment": "%",
    "missing": ["-9"])" +
                    kTail);
  sandbox.ask("train c.json -q --out run");
  expect(sandbox("loglik run --points t.csv --out p.csv"), 4, {"\"-9\"", "is a missing value"});
  // The cell -9 is missing in this file, too, so it is filled.
  sandbox.ask("impute run --points t.csv --out f.csv --steps 4 --particles 2");
  const std::string filled = sandbox.read("f.csv");
  CHECK_THAT(filled, Contains("a,b,c\n1.5,2.5,x\n2.5,3.5,y\n3.5,1.5,x\n4.25,1.75,y\n"));
  CHECK(filled.find("\n-9") == std::string::npos);
  // Files that the program writes have decimal points, and are read as well.
  sandbox.ask("sample run -n 5 --out s.csv");
  expect(sandbox("loglik run --points s.csv --out p.csv"), 0, {"separated by commas"});
  sandbox.write("w.csv", "a;b;c\n1.5;2.5;x\n");
  expect(sandbox("loglik run --points w.csv --out p.csv"), 0, {"separated by semicolons"});
}

TEST_CASE("in a file without names, columns that are chosen keep their numbers of the file") {
  const Sandbox sandbox;
  std::string text;
  for (int k = 1; k < 20; ++k)
    text += std::to_string(k) + "," + std::to_string(k) + ".5," + std::to_string(k % 5) + ".25," +
            (k % 2 ? "a" : "b") + "\n";
  sandbox.write("t.csv", text);
  sandbox.write("h.csv", "3,4.5,5.25,b\n");
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv", "columns": [3, 2],
    "types": {"2": [0.5, 9]})" +
                              kTail);
  // Column 2 has 0.25, which is outside of these bounds.
  expect(sandbox("train c.json --out run"), 4, {"0.25, and its bounds are 0.5 and 9"});
  expect(sandbox("train c.json -q --out run 'data.types={\"2\": \"log\"}' train.holdout=h.csv"), 0,
         {});
}
