// Tests what a newcomer asks a trained run about tables of their own: points in the style of the run's
// table, tables with more or fewer columns than the run's, and the errors of each verb.
#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "apps/tables/arrays.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

const std::string kTailOfAsking =
    R"(}, "model": {"hidden": [8]}, "train": {"steps": 6, "batch": 16},
    "sampler": {"type": "euler", "steps": 4}})";

// Writes a config of a csv section with these keys beside its path, and trains on it.
void train(const Sandbox& sandbox, const std::string& table, const std::string& keys = "",
           const std::string& overrides = "") {
  sandbox.write("t.csv", table);
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv")" +
                              (keys.empty() ? "" : ", " + keys) + kTailOfAsking);
  sandbox.ask("train c.json -q --overwrite --out run " + overrides);
}

// Returns the numbers of the last column of a file, without a line of names.
std::vector<double> numbers(const std::string& text) {
  std::vector<double> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string cell = line.substr(line.find_last_of(',') + 1);
    if (cell.find_first_of("0123456789") != std::string::npos) all.push_back(std::stod(cell));
  }
  return all;
}

// Returns ln p of the points in a file with this text.
std::vector<double> ln_p(const Sandbox& sandbox, const std::string& points) {
  sandbox.write("p.csv", points);
  sandbox.ask("loglik run --points p.csv --out l.csv");
  return numbers(sandbox.read("l.csv"));
}

// The verbs that read points, with options that make them quick.
const std::vector<std::string> kVerbs{
    "loglik run --points p.csv --out o.csv",
    "encode run --points p.csv --out o.csv",
    "decode run --points p.csv --out o.csv",
    "velocity run --t 0.5 --points p.csv --out o.csv",
    "impute run --steps 4 --particles 2 --points p.csv --out o.csv",
    "sample run --begin 0.5 --from p.csv --out o.csv",
    "interpolate run --from p.csv --to p.csv --out o.npy"};

void each_verb(const Sandbox& sandbox, const std::string& points, const std::string& read) {
  sandbox.write("p.csv", points);
  for (const std::string& verb : kVerbs) {
    CAPTURE(verb);
    expect(sandbox(verb), 0, {read});
  }
}

}  // namespace

TEST_CASE("points of one column may have the decimal commas of the run's table, in each verb") {
  const Sandbox sandbox;
  for (const std::string name : {"x\n", ""}) {
    for (const std::string around :
         {R"("decimal": "comma")", R"("decimal": "comma", "scale": "none")"}) {
      CAPTURE(name, around);
      train(sandbox, name + "1,5\n2,25\n0,5\n1,75\n2,5\n1,125\n", around);
      const std::vector<double> p = ln_p(sandbox, "1,5\n2,25\n");
      // The same numbers with decimal points, as the program writes them.
      CHECK(ln_p(sandbox, name + "1.5\n2.25\n") == p);
      if (!name.empty()) CHECK(ln_p(sandbox, "x\n1,5\n2,25\n") == p);
      each_verb(sandbox, "1,5\n2,5\n",
                "read p.csv: 2 rows, 1 column; one cell a line, decimal commas");
    }
  }
}

TEST_CASE("points of several columns may be written as the run's table or with decimal points") {
  const Sandbox sandbox;
  const std::string table = "a;b\n1,5;2,5\n2,5;3,5\n3,5;1,5\n4,25;1,75\n";
  // An affine section around the table leaves its columns without kinds.
  for (const bool affine : {false, true}) {
    CAPTURE(affine);
    train(sandbox, table, R"("decimal": "comma")");
    if (affine) {
      sandbox.write("c.json", R"({"data": {"type": "affine", "scale": 0.5, "of": {"type": "csv",
        "path": "t.csv", "decimal": "comma"})" +
                                  kTailOfAsking);
      sandbox.ask("train c.json -q --overwrite --out run");
    }
    const std::vector<double> p = ln_p(sandbox, "a,b\n1.5,2.5\n2.5,3.5\n");
    REQUIRE(p.size() == 2);
    for (const std::string points :
         {"a;b\n1,5;2,5\n2,5;3,5\n", "1,5;2,5\n2,5;3,5\n", "a\tb\n1,5\t2,5\n2,5\t3,5\n",
          "1.5 2.5\n2.5 3.5\n", "b;a\n2,5;1,5\n3,5;2,5\n", "a;b\n1.5;2.5\n2.5;3.5\n"}) {
      CAPTURE(points);
      CHECK(ln_p(sandbox, points) == p);
    }
    // They may come from a pipe, which is read once.
    sandbox.write("p.csv", "a;b\n1,5;2,5\n2,5;3,5\n");
    sandbox.ask("loglik run --points /dev/stdin --out l.csv < p.csv");
    CHECK(numbers(sandbox.read("l.csv")) == p);
  }
}

TEST_CASE("a table of points may have more columns than the run's, which are left out by name") {
  const Sandbox sandbox;
  train(sandbox, "a,b\n1.5,2.5\n2.5,3.5\n3.5,1.5\n4.25,1.75\n");
  const std::vector<double> p = ln_p(sandbox, "a,b\n1.5,2.5\n");
  CHECK(ln_p(sandbox, "name,b,kind,a\nx7,2.5,good,1.5\n") == p);
  each_verb(sandbox, "name,b,kind,a\nx7,2.5,good,1.5\nx8,2,bad,2.5\n", "; without name, kind");
  sandbox.write("p.csv", "name,b,kind,a\nx7,2.5,good,1.5\n");
  expect(sandbox("loglik run --points p.csv --out o.csv"), 0,
         {"its columns name, b, kind, a are taken by name, as the run's data has them: a, b; "
          "without name, kind"});
}

TEST_CASE("points that do not have the run's columns are refused in each verb, with the cure") {
  const Sandbox sandbox;
  train(sandbox, "aa,b\n1.5,2.5\n2.5,3.5\n3.5,1.5\n4.25,1.75\n");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"ab,b\n1,2\n",
       "p.csv: it has no column aa: its columns are ab, b, but the run's data has aa, b; did you mean "
       "\"ab\"? name the columns alike, or remove the first line to take them in the order they "
       "have"},
      {"c,d,e\n1,2,3\n",
       "p.csv: it has no columns aa, b: its columns are c, d, e, but the run's data has aa, b; name "
       "the columns alike\n"},
      {"aa,b,aa\n1,2,3\n", "p.csv: two columns are named \"aa\"; give each its own name"},
      {"1,2,3\n4,5,6\n",
       "p.csv: the points have shape (2, 3), but the run's data has 2 columns (aa, b); give a table "
       "(N, 2), or write the names of the columns above it: others are then left out"},
      {"1\n4\n",
       "p.csv: the points have shape (2, 1), but the run's data has 2 columns (aa, b); give a table "
       "(N, 2)\n"},
      {"aa,b\n1,many\n2,3\n",
       "p.csv:2:3: \"many\" in column \"b\" is not a number; give a number, as the run's data has "
       "in this column"}};
  for (const auto& [points, message] : cases) {
    sandbox.write("p.csv", points);
    for (const std::string& verb : kVerbs) {
      CAPTURE(points, verb);
      // Columns may lack in a table to fill, but not all.
      if (verb.starts_with("impute") && points.starts_with("ab")) continue;
      std::string said = message;
      if (verb.starts_with("decode") && said.find("the run's data has ") != said.npos &&
          said.find("in this column") == said.npos)
        said.replace(said.find("the run's data"), 14, "a latent of the run");
      expect(sandbox(verb), 4, {said});
    }
  }
  // Missing cells can be drawn, if the run allows it.
  sandbox.write("p.csv", "aa,b\n1,\n2,3\n");
  expect(sandbox("loglik run --points p.csv --out o.csv"), 4,
         {"\"\" in column \"b\" is a missing value; fill it in, or remove the row, or draw it with "
          "`pushforward impute`"});
}

TEST_CASE("decode refuses a table of data, whose columns are not those of latents") {
  const Sandbox sandbox;
  std::string table = "x,kind\n";
  for (int k = 0; k < 12; ++k)
    table += std::to_string(k) + "." + std::to_string(k * k % 7) + (k % 3 ? ",good\n" : ",bad\n");
  train(sandbox, table);
  expect(sandbox("decode run --points t.csv --out o.csv"), 4,
         {"[decode] t.csv: its columns are those of the run's data (x, kind), but latents have the "
          "columns x, kind=bad, kind=good; give latents, such as `pushforward encode` writes for "
          "these rows"});
  sandbox.ask("encode run --points t.csv --out z.csv");
  sandbox.ask("decode run --points z.csv --out o.csv");
  // Errors of samples with given columns are those of `sample`, and their cures are its options.
  expect(sandbox("sample run --given kind=odd -n 2 --out o.csv"), 4,
         {"\"odd\" is no value of column \"kind\""});
  expect(sandbox("sample run --given x=1,5 -n 2 --out o.csv"), 2,
         {"\"5\" is no assignment to a column", "numbers have decimal points here"});
  train(sandbox, table, "", "source.std=2");
  expect(sandbox("sample run --given kind=bad -n 2 --out o.csv"), 2,
         {"[given] missing numbers can be drawn only from a flow"});
  expect(sandbox("impute run --points t.csv --out o.csv"), 2, {"[impute] missing numbers"});
}

TEST_CASE("a file of held-out rows may have another style than the table, which is said") {
  const Sandbox sandbox;
  sandbox.write("points.csv", "a,b\n1.5,20\n2.5,31\n2,22\n1.75,29\n3,30\n2.75,21\n");
  sandbox.write("commas.csv", "a;b\n1,5;20\n2,5;31\n2;22\n1,75;29\n3;30\n2,75;21\n");
  sandbox.write("h.csv", "a,b\n1.25,25\n2.25,23\n");
  sandbox.write("h_swapped.tsv", "b\tname\ta\n25\tx\t1.25\n23\ty\t2.25\n");
  sandbox.write("h_commas.csv", "a;b\n1,25;25\n2,25;23\n");
  sandbox.write("h_bare.csv", "1.25,25\n2.25,23\n");
  const std::string remark = "read in this style, in which it is written, and not in that of ";
  const auto config = [&](const std::string& data, const std::string& model) {
    sandbox.write("c.json", R"({"data": )" + data + R"(, "model": {)" + model + R"("hidden": [8]},
      "train": {"steps": 6, "batch": 16}, "sampler": {"steps": 4}})");
  };
  const auto valid = [&](const std::string& run, const char* key) {
    std::istringstream lines(sandbox.read(run + "/metrics.jsonl"));
    double last = 0;
    for (std::string line; std::getline(lines, line);)
      if (const auto row = nlohmann::json::parse(line); row.contains(key)) last = row.at(key);
    return last;
  };
  for (const bool tokens : {false, true}) {
    const std::string holdout = tokens ? "data.held_out=" : "train.holdout=",
                      of = tokens ? "data.of.of." : "data.",
                      key = tokens ? "/data/held_out" : "/train/holdout";
    const std::size_t at = tokens ? 0 : 1;  // its place in env.json
    if (tokens)
      config(
          R"({"type": "quantize", "levels": 8, "low": -3, "high": 3, "of": {"type": "standardize",
        "of": {"type": "csv", "path": "points.csv"}}})",
          R"("type": "token_mlp", )");
    else
      config(R"({"type": "csv", "path": "points.csv"})", "");
    sandbox.ask("train c.json -q --overwrite --out run " + holdout + "h.csv");
    const double loss = valid("run", "valid/loss");
    CHECK(loss > 0);
    // Rows that are far away are other tokens, too: they have the units of the table.
    sandbox.write("far.csv", "a,b\n101.25,25\n102.25,23\n");
    sandbox.ask("train c.json -q --overwrite --out run " + holdout + "far.csv");
    CHECK(valid("run", "valid/loss") != loss);
    const std::string commas = of + "path=commas.csv " + of + "decimal=comma ";
    for (const std::string& words :
         {holdout + "h_commas.csv", holdout + "h_swapped.tsv", commas + holdout + "h.csv",
          commas + holdout + "h_swapped.tsv", commas + holdout + "h_commas.csv"}) {
      CAPTURE(words);
      const Outcome outcome = sandbox("train c.json --overwrite --out run " + words);
      INFO(outcome.text);
      REQUIRE(outcome.code == 0);
      const bool own = words == commas + holdout + "h_commas.csv";
      CHECK((outcome.text.find(remark) == std::string::npos) == own);
      CHECK(valid("run", "valid/loss") == loss);
      // The run remembers how the file was read, and reads it so again.
      const auto data = nlohmann::json::parse(sandbox.read("run/env.json")).at("data");
      CHECK(data.at(at).at("key") == key);
      CHECK(data.at(at).at("read").at("separator") == (words.ends_with(".tsv")    ? "tab"
                                                       : words.ends_with("h.csv") ? "comma"
                                                                                  : "semicolon"));
      expect(sandbox("train c.json --resume --out run train.steps=9 " + words), 0,
             {own ? "decimal commas" : remark});
      const auto again = nlohmann::json::parse(sandbox.read("run/env.json")).at("data");
      CHECK(again.at(at).at("read") == data.at(at).at("read"));
    }
    expect(sandbox("train c.json --overwrite --out run " + holdout + "h_bare.csv"), 4,
           {"[data] h_bare.csv (" + key +
            ") has no names of columns, but points.csv has a, b; write "
            "the names above its rows"});
    sandbox.write("h_lacks.csv", "a,c,d\n1,2,3\n");
    expect(sandbox("train c.json --overwrite --out run " + holdout + "h_lacks.csv"), 4,
           {"[data] h_lacks.csv (" + key +
            ") has no column b: its columns are a, c, d, but "
            "points.csv has a, b; name the columns alike"});
  }
}

TEST_CASE("points far outside of the data get one line of remark in each verb, and no error") {
  const Sandbox sandbox;
  std::string table = "a,b\n";
  for (int k = 0; k < 20; ++k)
    table +=
        std::to_string(k * 7 % 21 / 10. - 1) + "," + std::to_string(k * k % 11 / 5. - 1) + "\n";
  train(sandbox, table);
  sandbox.write("p.csv", "a,b\n0.5,0.5\n0,16\n12,3\n");
  for (const std::string& verb : kVerbs) {
    CAPTURE(verb);
    if (verb.starts_with("decode")) continue;
    const Outcome outcome = sandbox(verb);
    INFO(outcome.text);
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.text,
               Contains("2 of 3 rows are far outside of the data of the training: row 1 has 16 in "
                        "column b, which went from -1 to 0.8; probably the numbers are in other "
                        "units, or are not scaled as those of the data were, and the network "
                        "extrapolates there\n"));
  }
  const auto loglik = sandbox.object("loglik run --points p.csv --out o.csv");
  CHECK(loglik.at("notes").at(0).get<std::string>().starts_with("2 of 3 rows are far outside"));
  expect(sandbox("sample run --given b=-40 -n 2 --out o.csv"), 0,
         {"1 of 1 row is far outside of the data of the training: row 0 has -40 in column b"});
  // Points within the data, or near it, get none.
  sandbox.write("p.csv", "a,b\n0.5,0.5\n0,1.5\n-1,-2\n");
  for (const std::string& verb : kVerbs)
    CHECK(sandbox(verb).text.find("far outside") == std::string::npos);
  // One row in many is rather an outlier. The blocks of an NPY file are counted together.
  NdArray many{{300000, 2}, std::vector<double>(600000, 0.25)};
  many.values[2 * 250000] = 30;
  write_array(sandbox.path("many.npy"), many);
  for (const std::string verb : {"loglik", "encode"})
    expect(sandbox(verb + " run --solver euler --steps 1 --points many.npy --out o.npy"), 0,
           {"1 of 300000 rows is far outside of the data of the training: row 250000 has 30 in "
            "column a",
            "probably these are outliers or errors"});
  // A latent of a normal source is not as far from 0 as numbers of a table may be.
  sandbox.write("p.csv", "a,b\n0.5,0.5\n0,160\n");
  expect(sandbox("decode run --points p.csv --out o.csv"), 0,
         {"1 of 2 rows is no latent that the source draws: row 1 has 160 in column b, 160 standard "
          "deviations from 0; `pushforward encode` makes latents of points of the data"});
}

TEST_CASE("each verb reads the very table on which the run was trained") {
  const Sandbox sandbox;
  std::string typed = "id,x,when,n,deg,sp\n", numbers_only, commas = "x\n",
              places = "name,lat,lon\n", gaps = "id,x,y,sp\n";
  const char* const kinds[] = {"gull", "tern", "owl"};
  for (int k = 0; k < 40; ++k) {
    const std::string id = std::to_string(1000 + k),
                      x = std::to_string(k % 7) + "." + std::to_string(k % 10),
                      n = std::to_string(k % 4), kind = kinds[k % 3];
    typed += id + "," + x + ",2020-01-1" + n + "," + n + "," + std::to_string(k * 37 % 360) + "," +
             kind + "\n";
    numbers_only += id + "," + x + "," + std::to_string(k * k % 13) + ".25," + kind + "\n";
    commas += std::to_string(k % 7) + "," + std::to_string(k % 10) + "\n";
    places += "p" + id + "," + std::to_string(k - 20) + "," + std::to_string(5 * k - 90) + "\n";
    gaps +=
        id + "," + (k % 9 == 4 ? "" : x) + "," + std::to_string(k * k % 13) + ".5," + kind + "\n";
  }
  struct Case {
    const char* name;
    std::string table, data, model;
    std::vector<std::string> refused{};  // verbs that need what this data has not
  };
  const std::string csv = R"({"type": "csv", "path": "t.csv")";
  const std::vector<Case> cases{
      {"typed columns, an ID dropped, a class",
       typed,
       csv + R"(, "drop": ["id"], "label": "sp", "types": {"deg": "degrees"}})",
       R"("label": {"type": "embedding"}, )",
       {"velocity"}},
      {"a category that is learned", typed, csv + R"(, "drop": ["id", "deg"]})", "", {"velocity"}},
      {"conditions",
       typed,
       csv + R"(, "drop": ["id"], "condition": ["sp", "n"]})",
       "",
       {"velocity"}},
      {"columns of a file without names", numbers_only, csv + R"(, "columns": [2, 1]})", ""},
      {"a class in a file without names", numbers_only, csv + R"(, "drop": [0], "label": "3"})",
       R"("label": {"type": "embedding"}, )"},
      {"a class in an affine section", numbers_only,
       R"({"type": "affine", "scale": 2, "of": )" + csv + R"(, "drop": [0], "label": "3"}})",
       R"("label": {"type": "embedding"}, )"},
      {"one column with decimal commas", commas, csv + R"(, "decimal": "comma"})", ""},
      {"places",
       places,
       R"({"type": "manifold", "latlong": ["lat", "lon"], "of": )" + csv +
           R"(, "drop": ["name"]}})",
       "",
       {"impute", "sample", "interpolate"}},
      {"missing cells",
       gaps,
       csv + R"(, "drop": ["id", "sp"]})",
       "",
       {"loglik", "encode", "velocity", "sample", "interpolate"}}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    sandbox.write("t.csv", c.table);
    sandbox.write("p.csv", c.table);
    sandbox.write("c.json", "{\"data\": " + c.data + ", \"model\": {" + c.model +
                                "\"hidden\": [8]}, \"train\": {\"steps\": 6, \"batch\": 16}, "
                                "\"sampler\": {\"type\": \"euler\", \"steps\": 4}}");
    sandbox.ask("train c.json -q --overwrite --out run");
    for (const std::string& verb : kVerbs) {
      if (verb.starts_with("decode")) continue;
      CAPTURE(verb);
      const bool refused = std::any_of(c.refused.begin(), c.refused.end(),
                                       [&](const auto& word) { return verb.starts_with(word); });
      const Outcome outcome = sandbox(verb);
      INFO(outcome.text);
      CHECK((outcome.code == 0) != refused);
      CHECK((outcome.text.find(" is a missing value; fill it in, or remove the row, or draw it") !=
             std::string::npos) == (refused && c.table == gaps));
    }
  }
  // Quantized data has the verbs loglik and sample alone.
  sandbox.write("t.csv", typed);
  sandbox.write("c.json", R"({"data": {"type": "quantize", "levels": 8, "low": -1, "high": 10, "of":
    {"type": "csv", "path": "t.csv", "columns": ["x", "n"]}}, "model": {"type": "token_mlp",
    "hidden": [8]}, "train": {"steps": 6, "batch": 16}})");
  sandbox.ask("train c.json -q --overwrite --out run");
  expect(sandbox("loglik run --points t.csv --out o.csv"), 0, {"; without id, when, deg, sp"});
}
