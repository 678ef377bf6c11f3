// Tests all verbs on each kind of table: typed columns, conditions, held-out rows, labels from text.
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A table of 60 rows: a category, a whole number, a number, a date and a time.
struct VerbSandbox : Sandbox {
  VerbSandbox() : Sandbox(folder_in_memory()) {
    std::string csv = "kind,count,size,day,when\n";
    for (int k = 0; k < 60; ++k) {
      const std::string two = std::to_string(10 + k % 13);
      csv += std::string(k % 3 ? "small" : "large") + "," + std::to_string(k % 7) + "," +
             std::to_string(k % 10) + "." + std::to_string(k % 9) + "5,2020-01-" + two +
             ",2020-01-01T" + two + ":30\n";
    }
    write("t.csv", csv);
    write("c.json", R"({"data": {"type": "csv", "path": "t.csv"}, "model": {"hidden": [8]},
      "schedule": {"warmup": 0}, "train": {"steps": 6, "batch": 16, "log_every": 2},
      "sampler": {"type": "rk4", "steps": 4}, "eval": {"n": 40}})");
  }
  void check(const std::string& arguments) const {
    const Outcome outcome = (*this)(arguments);
    INFO(arguments << "\n" << outcome.text);
    CHECK(outcome.code == 0);
  }
};

}  // namespace

TEST_CASE("every verb answers for each kind of table") {
  const VerbSandbox sandbox;
  const std::vector<std::string> kinds{
      "", "'data.condition=[\"kind\",\"count\"]'", "train.holdout=0.2 train.valid_every=3",
      "data.label=kind model.label.type=embedding", "data.guess=no 'data.columns=[1,2]'"};
  for (const std::string& kind : kinds) {
    CAPTURE(kind);
    sandbox.check("train c.json -q --overwrite --out run " + kind);
    sandbox.check("sample run -n 30 --out s.csv");
    sandbox.check("loglik run --points s.csv --out l.csv");
    sandbox.check("eval run");
    sandbox.check("encode run --points s.csv --out e.csv");
    sandbox.check("decode run --points e.csv --out d.csv");
    sandbox.check("impute run --points s.csv --out i.csv --steps 5 --particles 3");
    sandbox.check("plot run -n 40 --out plots");
    sandbox.check("report run -n 40 --out r.html");
    sandbox.check("compare t.csv s.csv --out c.csv");
    sandbox.check("inspect run --out tape.txt");
  }
}

TEST_CASE("the report of an encoded table has its columns, samples and data in the table's units") {
  const VerbSandbox sandbox;
  sandbox.check("train c.json -q --out run");
  sandbox.check("report run -n 25 --out r.html");
  const std::string html = sandbox.read("r.html");
  CHECK_THAT(html, Contains("\"type\":\"table\""));
  CHECK_THAT(html, Contains("\"name\":\"kind\",\"kind\":\"category\",\"bars\":true"));
  CHECK_THAT(html, Contains("\"places\":[\"large\",\"small\"]"));
  CHECK_THAT(html, Contains("\"name\":\"samples\",\"shape\":[25,5]"));
  CHECK_THAT(html, Contains("\"name\":\"data\",\"shape\":[25,5]"));
  CHECK_THAT(html, Contains("\"name\":\"when\",\"kind\":\"time\",\"bars\":false"));
  CHECK(html.find("\"type\":\"flow\"") == std::string::npos);
  CHECK_THAT(html, Contains("the columns of this table are encoded"));
  // Without its data, the report has the samples alone.
  sandbox.remove("t.csv");
  sandbox.check("report run -n 25 --out r.html");
  CHECK(sandbox.read("r.html").find("\"name\":\"data\",\"shape\"") == std::string::npos);
}

TEST_CASE("plot and report show the samples of a condition beside the rows nearest to it") {
  const VerbSandbox sandbox;
  sandbox.check("train c.json -q --out run 'data.condition=[\"kind\",\"count\"]'");
  expect(sandbox("plot run -n 40 --out plots --marks --condition kind=large,count=3"), 0,
         {"plots/samples.png"});
  // Of the 20 large rows, all are shown, since at least 20 are.
  CHECK_THAT(sandbox.read("plots/samples.json"),
             Contains("data: the 20 of 60 rows nearest to the condition"));
  CHECK_THAT(sandbox.read("plots/samples.json"), Contains("given kind=large,count=3"));
  sandbox.check("report run -n 20 --condition kind=small,count=1 --out r.html");
  CHECK_THAT(sandbox.read("r.html"), Contains("\"name\":\"data\",\"shape\":[20,3]"));
  CHECK_THAT(sandbox.read("r.html"), Contains("--condition kind=small,count=1"));
  expect(sandbox("plot run --condition kind=tiny,count=1"), 4, {"\"tiny\" is no value"});
  expect(sandbox("plot run --condition kind=large"), 2, {"count"});
  expect(sandbox("plot t.csv --condition kind=large"), 2,
         {"[plot] t.csv is a table, and --condition is for runs; leave it out"});
  sandbox.check("train c.json -q --out free");
  expect(sandbox("report free --condition kind=large"), 2,
         {"[condition] free has no conditions, so --condition has no effect"});
}

TEST_CASE("a table is drawn without a run: its columns, pairs, and columns given a category") {
  const VerbSandbox sandbox;
  expect(sandbox("plot t.csv --out p"), 0, {"p/pairs.png", "p/conditional.png"});
  CHECK(sandbox.read("p/samples.png").empty());
  sandbox.write("n.csv", "a,b,c\n1,2,3.5\n4,1,2\n2,7,1\n5,2,2.5\n");
  expect(sandbox("plot n.csv --out q"), 0, {"q/samples.png", "q/density.png", "q/pairs.png"});
  sandbox.write("two.csv", "a,b\n1,2\n4,1\n2,7\n");
  const Outcome two = sandbox("plot two.csv --out w");
  CHECK(two.code == 0);
  CHECK(two.text.find("pairs") == std::string::npos);
  sandbox.write("gone.csv", "a,b\nx,\n,2\n");
  expect(sandbox("plot gone.csv"), 4, {"gone.csv"});
}

TEST_CASE("compare writes its numbers as JSON or CSV") {
  const VerbSandbox sandbox;
  sandbox.check("compare t.csv t.csv --out c.json");
  const auto json = nlohmann::json::parse(sandbox.read("c.json"));
  auto printed = sandbox.object("compare t.csv t.csv");
  // What was read is printed, and is no part of the numbers.
  printed.erase("read");
  CHECK(json == printed);
  sandbox.check("compare t.csv t.csv --out c.csv");
  const std::string csv = sandbox.read("c.csv");
  CHECK(csv.starts_with("measure,column,a,b,value,p\n"));
  CHECK_THAT(csv, Contains("share,kind=large,0.3333333333333333,0.3333333333333333,0,\n"));
  CHECK_THAT(csv, Contains("\nks,size,,,0,1\n"));
  CHECK_THAT(csv, Contains("\nw2,,,,0,\n"));
  CHECK_THAT(csv, Contains("\nclosest_samples_copies,,,,60,\n"));
  expect(sandbox("compare t.csv t.csv --out c.txt"), 2,
         {"\"c.txt\" ends in neither .json nor .csv; the ending chooses the format"});
  expect(sandbox("compare t.csv n.csv --out t.csv"), 2, {"t.csv"});
}

TEST_CASE("points may have the signs that the numbers of the run's table have") {
  const VerbSandbox sandbox;
  std::string csv = "price,share\n";
  for (int k = 0; k < 30; ++k)
    csv += "\"$1,0" + std::to_string(10 + k) + ".50\"," + std::to_string(k) + "%\n";
  sandbox.write("m.csv", csv);
  sandbox.check(
      "train c.json -q --out run data.path=m.csv data.thousands=comma data.currency=drop "
      "data.percent=share");
  sandbox.check("loglik run --points m.csv --out l.csv");
  CHECK_THAT(sandbox.read("l.csv"), Contains("1010.50,0,"));
  sandbox.check("sample run -n 5 --out s.csv");
  sandbox.check("loglik run --points s.csv --out l.csv");
}
