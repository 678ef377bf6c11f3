// Tests how verbs read users' tables: the report about each file on stderr or in the JSON, which
// files are read, and errors with their cures.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

const char* const kTwoColumns =
    "length,width\n1.5,20\n2.5,31\n3.25,27\n2.0,22\n1.75,29\n2.25,24\n3.0,30\n2.75,21\n";

// A sandbox that trains a run on a table for a few steps.
struct TableSandbox : Sandbox {
  TableSandbox() {
    write("t.csv", kTwoColumns);
    write("c.json", R"({"name": "table", "data": {"type": "standardize",
      "of": {"type": "csv", "path": "t.csv"}}, "model": {"hidden": [8]},
      "train": {"steps": 20, "batch": 16}, "sampler": {"type": "euler", "steps": 4}})");
  }
};

const std::string kSaid =
    "read t.csv: 8 rows, 2 columns: length, width; separated by commas, header in line 1\n";

}  // namespace

TEST_CASE("each verb reports in one line what it read from a table") {
  const TableSandbox sandbox;
  CHECK_THAT(sandbox.errors("train c.json --out run"), Contains(kSaid));
  CHECK(sandbox.errors("train c.json --out quiet -q") == "");
  const nlohmann::json trained = sandbox.object("train c.json --out run --overwrite");
  REQUIRE(trained.at("read").size() == 1);
  CHECK(trained.at("read")[0].at("names") == nlohmann::json{"length", "width"});
  CHECK(trained.at("read")[0].at("rows") == 8);
  CHECK(trained.at("read")[0].at("warnings").empty());
  CHECK_THAT(sandbox.errors("data csv path=t.csv -n 3 --out a.csv"),
             Contains("2 columns: length, width (integer); "));
  CHECK_THAT(sandbox.errors("loglik run --points t.csv --out p.npy"), Contains(kSaid));
  CHECK(sandbox.object("loglik run --points t.csv --out p.npy").at("read")[0].at("file") ==
        "t.csv");
  CHECK_THAT(sandbox.errors("compare t.csv t.csv"),
             Contains("read t.csv: 8 rows, 2 columns: length, width (integer); "));
  CHECK(sandbox.object("compare t.csv t.csv").at("read").size() == 1);
  CHECK_THAT(sandbox.errors("eval run -n 8"), Contains(kSaid));
  CHECK(sandbox.object("eval run -n 8").at("read").size() == 1);
  CHECK_THAT(sandbox.errors("encode run --points t.csv --out z.csv"), Contains(kSaid));
  CHECK_THAT(sandbox.errors("decode run --points z.csv --out x.csv"),
             Contains("read z.csv: 8 rows"));
  CHECK_THAT(sandbox.errors("velocity run --points t.csv --t 0.5 --out u.csv"), Contains(kSaid));
  CHECK_THAT(sandbox.errors("interpolate run --from t.csv --to t.csv --out w.npy"),
             Contains(kSaid));
}

TEST_CASE("points are read from files with any ending, like data") {
  const TableSandbox sandbox;
  sandbox.ask("train c.json --out run -q");
  sandbox.ask("loglik run --points t.csv --out want.npy");
  std::string tabs(kTwoColumns);
  for (char& c : tabs) c = c == ',' ? '\t' : c;
  std::string returns("\xEF\xBB\xBF");
  for (const char c : std::string(kTwoColumns)) returns += c == '\n' ? '\r' : c;
  sandbox.write("X.CSV", kTwoColumns);
  sandbox.write("t.tsv", tabs);
  sandbox.write("t.txt", returns);
  sandbox.write("t.dat", kTwoColumns);
  REQUIRE(sandbox.shell("gzip -k t.dat").code == 0);
  for (const char* name : {"X.CSV", "t.tsv", "t.txt", "t.dat", "t.dat.gz"}) {
    INFO(name);
    expect(sandbox(std::string("loglik run --points ") + name + " --out got.npy"), 0, {"got.npy"});
    CHECK(sandbox.read("got.npy") == sandbox.read("want.npy"));
    expect(sandbox("data csv path=" + std::string(name) + " -n 3 --out got.CSV"), 0, {"8 rows"});
    expect(sandbox("data csv path=t.csv -n 3 --out want.csv"), 0, {});
    CHECK(sandbox.read("got.CSV") == sandbox.read("want.csv"));
  }
}

TEST_CASE("the error for a refused table has a setting that can be pasted") {
  const TableSandbox sandbox;
  sandbox.write("text.csv", "kind,length,width\nx,1.5,2\ny,2.5,3\n");
  const std::string columns = R"('data.columns=["length","width"]')";
  expect(sandbox("data csv path=text.csv guess=no -n 2 --out a.npy"), 4,
         {"[csv] text.csv:2:1: \"x\" in column \"kind\" is not a number", columns});
  expect(sandbox("data csv path=text.csv guess=no -n 2 --out a.npy " + columns), 0,
         {"read text.csv: 2 rows, 2 of 3 columns: length, width; "});
  expect(sandbox(R"(train c.json -q --out run data.of.path=text.csv)"), 4,
         {R"('data.of.columns=["length","width"]')"});
  sandbox.write("comma.csv", "a;b\n1,5;2\n2,5;3\n");
  expect(sandbox("data csv path=comma.csv -n 2 --out a.npy"), 4, {"set data.decimal=comma"});
  expect(sandbox("data csv path=comma.csv data.decimal=comma -n 2 --out a.npy"), 0,
         {"separated by semicolons, decimal commas"});
  sandbox.write("bars.csv", "1|2,3\n2|3,5\n");
  expect(sandbox("data csv path=bars.csv decimal=comma separator=bar -n 2 --out a.npy"), 0,
         {"separated by bars, decimal commas, no header"});
  sandbox.write("index.csv", ",a\n0,5\n1,7\n2,6\n");
  expect(sandbox("train c.json --out run data.of.path=index.csv"), 0,
         {"warning: index.csv: column 0 has no name and counts the rows from 0",
          R"(leave it out with 'data.of.columns=["a"]')"});
  sandbox.write("years.csv", "2019,2020\n1.5,2.5\n3.5,4.5\n");
  expect(sandbox("data csv path=years.csv -n 2 --out a.npy"), 4,
         {"looks like a header of years", "set data.header=yes if it holds names, data.header=no"});
}

namespace {

// A table as people have it, overrides of the config that reads it, and what the program says.
struct MetTable {
  const char* text;
  const char* overrides;
  int code;
  const char* says;
};

}  // namespace

TEST_CASE("each table is read whole, or refused with the key that reads it") {
  const Sandbox sandbox;
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv"}})");
  const MetTable tables[] = {
      {"a,b\n12345678901,2\n12345678902,4\n12345678905,3\n", "", 0,
       "3 rows, 2 columns: a (integer), b (integer); separated by commas, header in line 1"},
      {"a,b\n1,2\n\n3,4\n5,6\n", "", 0, "3 rows, 2 columns: a (integer), b (integer)"},
      {"a,b\n1,true\n3,false\n", "", 0, "b (category of 2)"},
      {"a,b\r\n1,2\r\n3,4\r\n", "", 0, "2 rows, 2 columns: a (integer), b (integer)"},
      {"a,b\r1,2\r3,4\r", "", 0, "2 rows, 2 columns: a (integer), b (integer)"},
      {"\xEF\xBB\xBF"
       "a,b\n1,2\n3,4\n",
       "", 0, "2 columns: a (integer), b (integer)"},
      {"# a comment\na,b\n1,2\n3,4\n", "", 0, "1 comment line left out (line 1)"},
      {"a\tb\n1\t2\n3\t4\n", "", 0, "separated by tabs, header in line 1"},
      {"a,b,c,\n1,2,3,\n4,5,6,\n", "", 0,
       "3 columns: a (integer), b (integer), c (integer); separated by commas, header in line 1; the "
       "separator at the end of each line starts no cell"},
      {"\"a b\",\"c,d\",\"e \"\"q\"\"\"\n1,2,3\n4,5,6\n", "", 0,
       "3 columns: a b (integer), \"c,d\" (integer), \"e \"q\"\" (integer)"},
      {"waiting time\n79\n54\n62\n85\n", "", 0, "4 rows, 1 column: waiting time (integer); "},
      {"time (s; UTC),value\n1,2\n3,4\n", "", 0, "2 rows, 2 columns: \"time (s; UTC)\" (integer)"},
      {"#id,x,y\n1,2,3\n4,5,6\n", "", 0, "names in the comment of line 1"},
      {"a,b\n1,5\n2.5,5\n3,5\n", "", 0, "column \"b\" is 5 in every row"},
      {",a,b\n0,1.5,2.5\n1,1.7,2.1\n2,1.2,2.9\n", "", 0,
       "column 0 has no name and counts the rows from 0: it looks like an index, not data; leave it "
       "out with 'data.columns=[\"a\",\"b\"]'"},
      {"a,a\n1,2\n3,5\n", "", 0, "two columns are named \"a\""},
      {"NA,NA\n1,2\n3,4\n", "", 0,
       "2 rows, 2 columns: 0 (integer), 1 (integer); separated by commas, "
       "no header; 1 of 3 rows left out for missing cells (1 in 0, 1 in 1)"},
      {"NA\n1\n2\n", "", 0, "1 of 3 rows left out for missing cells (1 in 0)"},
      {"a,b\n1,2\n#N/A,5\n3,#DIV/0!\n4,6\n", "", 0,
       "2 of 4 rows left out for missing cells (1 in a, 1 in b)"},
      {"a,b\n1,nan\n3,4\n5,6\n", "", 0, "1 of 3 rows left out for missing cells (1 in b)"},
      {"a,b\n1,nan\n3,4\n", "data.missing_rows=refuse", 4,
       "t.csv:2:3: \"nan\" in column \"b\" is a missing value; fill it in, or remove the row"},
      {"a,b\n1e-400,1\n0.5,1\n0.25,3\n", "", 0,
       "2 columns: a, b (integer); separated by commas, header in line 1; 1 number nearer to 0 than "
       "4.9e-324 became 0"},
      {"a,b\n1e-400,1\n5,2\n", "", 0, "2 columns: a, b (integer)"},
      {"a,b\n1,inf\n3,4\n", "", 4,
       "\"inf\" in column \"b\" is not a finite number; fill it in, or remove the row; the columns of "
       "numbers alone are 'data.columns=[\"a\"]'"},
      {"a,b\n1,inf\n3,4\n", "'data.missing=[\"inf\"]'", 0, "1 of 2 rows left out"},
      {"a,b\n1,50%\n3,20%\n", "", 4,
       "write the number alone, without \"%\"; the columns of numbers alone are "
       "'data.columns=[\"a\"]'"},
      {"a,b\n1,50%\n3,20%\n", "'data.columns=[\"a\"]'", 0, "2 rows, 1 of 2 columns: a (integer)"},
      {"a,b\n1,$5\n3,$6\n", "", 4, "write the number alone, without \"$\""},
      {"a,b\n1,\"1,234\"\n3,\"4,567\"\n", "", 4,
       "if its comma separates thousands, set data.thousands=comma, or write 1234; if it is a "
       "decimal comma, set data.decimal=comma"},
      {"a,b\n1,\"1,234\"\n3,\"4,567\"\n", "data.thousands=comma", 0,
       "2 columns: a (integer), b (integer); "},
      {"a,b\n1,50%\n3,20%\n", "data.percent=share", 0, "2 columns: a (integer), b; "},
      {"a,b\n1,50%\n3,20%\n", "data.percent=number", 0, "2 columns: a (integer), b (integer); "},
      {"a,b\n1,$5\n3,$6\n", "data.currency=drop", 0, "2 columns: a (integer), b (integer); "},
      {"a;b\n1 234,5;2\n2 345,5;3\n", "", 4,
       "set data.decimal=comma and data.thousands=blank, or write a decimal point"},
      {"a;b\n1 234,5;2\n2 345,5;3\n", "data.decimal=comma data.thousands=blank", 0,
       "2 columns: a, b (integer); "},
      {"a;b\n1,5;2\n2,5;3\n", "data.thousands=comma data.decimal=comma", 2,
       "thousands is \"comma\", but the decimal sign is a comma, too; set decimal to \"point\", or "
       "leave thousands out"},
      {"a;b;c\n1,5;2,25;3\n2,5;3,75;4\n", "", 4,
       "its comma is a decimal one: set data.decimal=comma"},
      {"a;b;c\n1,5;2,25;3\n2,5;3,75;4\n", "data.decimal=comma", 0,
       "3 columns: a, b, c (integer); separated by semicolons, decimal commas, header in line 1"},
      {"3,14\n2,72\n1,41\n", "", 4,
       "the first row, 3,14, may be 2 numbers with points or 1 with decimal commas; set "
       "data.decimal=comma if it has decimal commas, data.decimal=point if not"},
      {"3,14\n2,72\n1,41\n", "data.decimal=comma", 0, "3 rows, 1 column; "},
      {"3,14\n2,72\n1,41\n", "data.decimal=point", 0, "3 rows, 2 columns: "},
      {"x\n3,14\n2,72\n", "", 4, "if the numbers have decimal commas, set data.decimal=comma"},
      {"a,b,1\n1,2,3\n3,4,5\n", "", 4, "if the first row holds names, set data.header=yes"},
      {"a,b,1\n1,2,3\n3,4,5\n", "data.header=yes", 0, "a (integer), b (integer), 1 (integer)"},
      {"2019,2020\n2,3\n4,5\n6,1\n", "", 4,
       "looks like a header of years, but may be data; set data.header=yes if it holds names, "
       "data.header=no if it is data"},
      {"2019,2020\n2,3\n4,5\n6,1\n", "data.header=yes", 0, "2019 (integer), 2020 (integer)"},
      {"a,b\n1,2\n3\n", "", 4, "t.csv:3:1: the number of cells is 1 here but 2 in the first row"},
      {"a,b\n", "", 4, "it holds a header but no rows"},
      {"", "", 4, "it holds no rows; give a table with at least one row"},
      {"h\xF6he,b\n1,2\n", "", 4, "convert it: iconv -f cp1252 -t utf-8"},
  };
  for (const MetTable& t : tables) {
    INFO(t.text << t.overrides);
    sandbox.write("t.csv", t.text);
    expect(sandbox("config check c.json " + std::string(t.overrides)), t.code, {t.says});
  }
  sandbox.write("t.csv", std::string("\xFF\xFE"
                                     "a\0,\0b\0\n\0",
                                     10));
  expect(sandbox("config check c.json"), 4, {"it is UTF-16 text; convert it: iconv -f utf-16"});
}

TEST_CASE("tables with fewer rows than the batch, with equal rows or with one row are trained on") {
  const Sandbox sandbox;
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv"}, "model": {"hidden": [8]},
    "train": {"steps": 5, "batch": 64}})");
  for (const auto& [text, says] : {std::pair{"a,b,c\n1.5,2,x\n2.5,4,y\n3.5,1,x\n", "3 rows"},
                                   {"a,b\n1,2\n1,2\n1,2\n3,4\n", "4 rows"},
                                   {"a,b\n1.5,2\n",
                                    "the data has one row, so the flow can only "
                                    "learn this one point"},
                                   {"a,b\n1.5,2\n1.5,2\n", "all 2 rows are equal"}}) {
    INFO(text);
    sandbox.write("t.csv", text);
    expect(sandbox("train c.json --out run --overwrite"), 0, {says});
    sandbox.ask("sample run -n 20 --out s.csv");
    const std::string rows = sandbox.read("s.csv");
    CHECK(std::count(rows.begin(), rows.end(), '\n') == 21);
    CHECK(rows.find("nan") == std::string::npos);
    if (std::string(text).starts_with("a,b\n1.5")) CHECK_THAT(rows, Contains("\n1.5,2\n1.5,2\n"));
  }
}

TEST_CASE("a copied run of an encoded table needs its data only for eval and pictures of data") {
  const Sandbox sandbox;
  sandbox.write("t.csv",
                "mass,kind,eggs,day\n1.25,tern,1,2020-01-02\n9.75,gull,2,2020-01-05\n"
                "1.50,tern,3,2020-01-03\n9.00,gull,1,2020-01-09\n1.75,tern,2,2020-01-04\n");
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv"}, "model": {"hidden": [8]},
    "train": {"steps": 20, "batch": 16, "log_every": 1}, "sampler": {"type": "euler", "steps": 4}})");
  sandbox.ask("train c.json -q --out run --max-steps 10");
  sandbox.ask("sample run -n 20 --out want.csv");
  sandbox.make_folder("far");
  sandbox.move("run", "far/copy");
  sandbox.move("t.csv", "gone.csv");
  sandbox.ask("sample far/copy -n 20 --out got.csv");
  CHECK(sandbox.read("got.csv") == sandbox.read("want.csv"));
  CHECK(sandbox.read("got.csv").starts_with("mass,kind,eggs,day\n"));
  for (const char* arguments :
       {"encode far/copy --points got.csv --out z.csv",
        "decode far/copy --points z.csv --out y.csv",
        "loglik far/copy --points got.csv --out p.csv", "inspect far/copy",
        "impute far/copy --points gaps.csv --out f.csv --steps 4 --particles 2",
        "sample far/copy -n 3 --given kind=gull --out g.csv", "plot far/copy --only loss"}) {
    INFO(arguments);
    sandbox.write("gaps.csv", "mass,kind,eggs,day\n1.25,,1,\n");
    expect(sandbox(arguments), 0, {});
  }
  CHECK(sandbox.read("y.csv").starts_with("mass,kind,eggs,day\n"));
  CHECK_THAT(sandbox.read("f.csv"), Contains("\n1.25,"));
  const std::string missing =
      "t.csv (/data/path of far/copy) is not there: the run was trained with ";
  expect(sandbox("eval far/copy"), 4, {missing, "cannot read t.csv"});
  expect(sandbox("plot far/copy --only samples"), 4, {missing});
  expect(sandbox("train far/copy/config.json --out far/copy --resume"), 4, {missing});
  // A file with another value, and one with the same cells in another order of columns.
  const std::string changed = "t.csv has changed since far/copy was trained: it had ";
  std::string text = sandbox.read("gone.csv");
  sandbox.write("t.csv", text.replace(text.find("9.75"), 4, "9.25"));
  expect(sandbox("train far/copy/config.json --out far/copy --resume"), 4,
         {changed, "put the old file back, or start a new run with this one, without --resume"});
  expect(sandbox("eval far/copy"), 0, {changed});
  expect(sandbox("plot far/copy --only samples"), 0, {changed});
  sandbox.write("t.csv",
                "kind,mass,eggs,day\ntern,1.25,1,2020-01-02\ngull,9.75,2,2020-01-05\n"
                "tern,1.50,3,2020-01-03\ngull,9.00,1,2020-01-09\ntern,1.75,2,2020-01-04\n");
  expect(sandbox("train far/copy/config.json --out far/copy --resume"), 4, {changed});
  expect(sandbox("eval far/copy"), 0,
         {changed, "4 columns: mass, kind (category of 2), eggs (integer), day (date)"});
  sandbox.write("t.csv", "kind,mass,eggs\ntern,1.25,1\ngull,9.75,2\n");
  expect(sandbox("eval far/copy"), 4, {changed, "there is no column \"day\""});
}

TEST_CASE("large, near and tiny numbers keep their digits from the table to the samples") {
  const Sandbox sandbox;
  std::string text = "second,easting,tiny,kind\n";
  for (int k = 0; k < 61; ++k) {
    char line[96];
    std::snprintf(line, sizeof line, "%lld,%.3f,%.2fe-46,%s\n", 1700000000LL - 30 + k,
                  4500000 + 0.001 * ((k * 17) % 101 - 50), 1 + 0.05 * ((k * 7) % 40),
                  k % 2 ? "odd" : "even");
    text += line;
  }
  sandbox.write("t.csv", text);
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv"}, "model": {"hidden": [32]},
    "optimizer": {"lr": 0.01}, "train": {"steps": 300, "batch": 128}})");
  for (const char* columns : {"[]", R"(["second","easting","tiny"])"}) {
    INFO(columns);
    const Outcome trained =
        sandbox("train c.json --overwrite --out run 'data.columns=" + std::string(columns) + "'");
    expect(trained, 0, {"second (integer), easting, tiny"});
    CHECK(trained.text.find("distinct values") == std::string::npos);
    sandbox.ask("sample run -n 2000 --out s.csv");
    std::istringstream lines(sandbox.read("s.csv"));
    std::string line;
    std::getline(lines, line);
    double sum[3]{}, square[3]{};
    std::set<std::string> distinct[3];
    while (std::getline(lines, line)) {
      const std::size_t first = line.find(','), second = line.find(',', first + 1);
      const std::string cells[] = {line.substr(0, first),
                                   line.substr(first + 1, second - first - 1),
                                   line.substr(second + 1)};
      CHECK(cells[0].find('.') == std::string::npos);
      CHECK(cells[1].find('.') + 4 == cells[1].size());
      const double off[] = {std::stod(cells[0]) - 1700000000, std::stod(cells[1]) - 4500000,
                            std::strtod(cells[2].c_str(), nullptr) * 1e46 - 2};
      for (int c = 0; c < 3; ++c) {
        distinct[c].insert(cells[c].substr(0, cells[c].find(',')));
        sum[c] += off[c] / 2000, square[c] += off[c] * off[c] / 2000;
      }
    }
    const double spread[] = {17.61, 0.0292, 0.56};
    for (int c = 0; c < 3; ++c) {
      INFO(c);
      CHECK(std::abs(sum[c]) < 0.3 * spread[c]);
      CHECK(std::sqrt(square[c]) == Approx(spread[c]).epsilon(0.25));
      CHECK(distinct[c].size() > 50);
    }
  }
  // Where float32 loses values, a line says so, with the cure.
  expect(sandbox("train c.json --overwrite --out run data.scale=none"), 0,
         {"warning: column second: 4096 distinct values become ",
          " in float32 among 4096 drawn rows; standardize the data or set precision=float64"});
}

TEST_CASE("a column that varies only in held-out rows is constant, and the warning says so") {
  const Sandbox sandbox;
  sandbox.write("t.csv", "a,b,kind\n1.5,7,x\n2.5,7,y\n3.5,9,x\n4.5,7,z\n5.5,7,x\n");
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv"}, "model": {"hidden": [8]},
    "train": {"steps": 5, "batch": 8, "holdout": [2]}, "sampler": {"type": "euler", "steps": 4}})");
  const std::string warning =
      "warning: t.csv: column \"b\" is 7 in every row that is not held out, so samples have this "
      "value, and densities of held-out rows mean nothing in it; hold out other rows, or leave the "
      "column out";
  for (const char* columns : {"[]", R"(["a","b"])"}) {
    INFO(columns);
    for (const char* guess : {"auto", "no"}) {
      if (std::string(guess) == "no" && std::string(columns) == "[]") continue;
      expect(sandbox("train c.json --overwrite --out run data.guess=" + std::string(guess) +
                     " 'data.columns=" + columns + "'"),
             0, {warning});
      sandbox.ask("sample run -n 4 --out s.csv");
      const std::string samples = sandbox.read("s.csv");
      std::istringstream lines(samples.substr(samples.find('\n') + 1));
      for (std::string line; std::getline(lines, line);) CHECK_THAT(line + ",", Contains(",7,"));
    }
  }
  CHECK(
      sandbox("train c.json --overwrite --out run 'train.holdout=[0]'").text.find("not held out") ==
      std::string::npos);
}
