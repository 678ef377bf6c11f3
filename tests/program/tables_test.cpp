// Tests how verbs read users' tables: the report about each file on stderr or in the JSON, which
// files are read, and errors with their cures.
#include <string>

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
  // Runs the program with these arguments and returns what it writes to stderr.
  std::string errors(const std::string& arguments) const {
    return run_shell("cd " + path("") + " && " PUSHFORWARD_BINARY_DIR "/pushforward " + arguments +
                     " 2>&1 >/dev/null")
        .text;
  }
  // Returns the stdout of a command, parsed as JSON.
  nlohmann::json json(const std::string& arguments) const {
    const Outcome outcome = (*this)(arguments + " 2>/dev/null");
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    return nlohmann::json::parse(outcome.text);
  }
};

const std::string kSaid =
    "read t.csv: 8 rows, 2 columns: length, width; separated by commas, header in line 1\n";

}  // namespace

TEST_CASE("each verb reports in one line what it read from a table") {
  const TableSandbox sandbox;
  CHECK_THAT(sandbox.errors("train c.json --out run"), Contains(kSaid));
  CHECK(sandbox.errors("train c.json --out quiet -q") == "");
  const nlohmann::json trained = sandbox.json("train c.json --out run --overwrite --json");
  REQUIRE(trained.at("read").size() == 1);
  CHECK(trained.at("read")[0].at("names") == nlohmann::json{"length", "width"});
  CHECK(trained.at("read")[0].at("rows") == 8);
  CHECK(trained.at("read")[0].at("warnings").empty());
  CHECK_THAT(sandbox.errors("data csv path=t.csv -n 3 --out a.csv"),
             Contains("2 columns: length, width (integer); "));
  CHECK_THAT(sandbox.errors("loglik run --points t.csv --out p.npy"), Contains(kSaid));
  CHECK(sandbox.json("loglik run --points t.csv --out p.npy --json").at("read")[0].at("file") ==
        "t.csv");
  CHECK_THAT(sandbox.errors("compare t.csv t.csv"),
             Contains("read t.csv: 8 rows, 2 columns: length, width (integer); "));
  CHECK(sandbox.json("compare t.csv t.csv --json").at("read").size() == 1);
  CHECK_THAT(sandbox.errors("eval run -n 8"), Contains(kSaid));
  CHECK(sandbox.json("eval run -n 8 --json").at("read").size() == 1);
  CHECK_THAT(sandbox.errors("encode run --points t.csv --out z.csv"), Contains(kSaid));
  CHECK_THAT(sandbox.errors("decode run --points z.csv --out x.csv"),
             Contains("read z.csv: 8 rows"));
  CHECK_THAT(sandbox.errors("velocity run --points t.csv --t 0.5 --out u.csv"), Contains(kSaid));
  CHECK_THAT(sandbox.errors("interpolate run --from t.csv --to t.csv --out w.npy"),
             Contains(kSaid));
}

TEST_CASE("points are read from files with any ending, like data") {
  const TableSandbox sandbox;
  REQUIRE(sandbox("train c.json --out run -q").code == 0);
  REQUIRE(sandbox("loglik run --points t.csv --out want.npy").code == 0);
  std::string tabs(kTwoColumns);
  for (char& c : tabs) c = c == ',' ? '\t' : c;
  std::string returns("\xEF\xBB\xBF");
  for (const char c : std::string(kTwoColumns)) returns += c == '\n' ? '\r' : c;
  sandbox.write("X.CSV", kTwoColumns);
  sandbox.write("t.tsv", tabs);
  sandbox.write("t.txt", returns);
  sandbox.write("t.dat", kTwoColumns);
  REQUIRE(Sandbox::run_shell("gzip -k " + sandbox.path("t.dat")).code == 0);
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
