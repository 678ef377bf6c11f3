// Tests how numbers of users' tables pass through the program: digits, names of columns, units and
// measures of data with ties.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "tests/program/numbers.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Times of arrival some seconds apart, and readings of a gauge that change by hundredths.
std::string far_table() {
  std::string text = "arrival,gauge\n";
  for (int k = 0; k < 40; ++k) {
    char line[64];
    std::snprintf(line, sizeof line, "%lld,%.2f\n", 1650000000LL + 3 * k,
                  7300000 + 0.01 * (k % 13));
    text += line;
  }
  return text;
}

std::vector<double> column(const NdArray& table, std::size_t j) {
  std::vector<double> x;
  for (std::size_t k = j; k < table.values.size(); k += table.shape[1])
    x.push_back(table.values[k]);
  return x;
}

double spread(const std::vector<double>& x) {
  double mean = 0, square = 0;
  for (const double v : x) mean += v / static_cast<double>(x.size());
  for (const double v : x) square += (v - mean) * (v - mean) / static_cast<double>(x.size());
  return std::sqrt(square);
}

}  // namespace

TEST_CASE("numbers with more digits than float32 are returned with all digits") {
  const Numbers sandbox;
  sandbox.write("far.csv", far_table());
  const CsvTable truth = sandbox.table("far.csv");
  const std::string said = sandbox.train("run", standardized("far.csv"));
  CHECK_THAT(said, !Contains("become"));
  // The exact flow of a finite set ends in rows of the set.
  sandbox.ask("sample run --exact --solver dopri5 -n 200 --out a.csv");
  const CsvTable samples = sandbox.table("a.csv");
  CHECK(samples.names == std::vector<std::string>{"arrival", "gauge"});
  for (std::size_t k = 0; k < samples.values.size(); k += 2) {
    double nearest = 1e9;
    for (std::size_t i = 0; i < truth.values.size(); i += 2)
      nearest = std::min(nearest, std::abs(samples.values[k] - truth.values[i]) +
                                      1000 * std::abs(samples.values[k + 1] - truth.values[i + 1]));
    CHECK(nearest < 0.2);
  }
  CHECK(spread(column(samples, 0)) == Approx(spread(column(truth, 0))).epsilon(0.2));
  CHECK(spread(column(samples, 1)) == Approx(spread(column(truth, 1))).epsilon(0.2));
  // Arrival times need more digits than float32 has, so all NPY files of samples are float64.
  sandbox.ask("sample run -n 5 --out a.npy --trajectory t.npy --times 3");
  CHECK(sandbox.array("a.npy").dtype == "<f8");
  CHECK(sandbox.array("t.npy").dtype == "<f8");
  sandbox.ask("sample run -n 5 --out b.csv");
  CHECK(sandbox.table("b.csv").values == sandbox.array("a.npy").values);
  // Input points keep their digits: points that are close in time have different latents, which are
  // decoded back.
  sandbox.ask("encode run --points far.csv --out z.npy");
  const std::vector<double> z = column(sandbox.array("z.npy"), 0);
  CHECK(std::set<double>(z.begin(), z.end()).size() == 40);
  sandbox.ask("decode run --points z.npy --out back.csv");
  const CsvTable back = sandbox.table("back.csv");
  CHECK(back.names == truth.names);
  for (std::size_t i = 0; i < truth.values.size(); ++i)
    CHECK(std::abs(back.values[i] - truth.values[i]) < (i % 2 ? 1e-3 : 0.5));
  sandbox.ask("loglik run --points far.csv --out p.npy");
  const std::vector<double> p = sandbox.array("p.npy").values;
  CHECK(std::set<double>(p.begin(), p.end()).size() == 40);
  sandbox.ask("velocity run --points far.csv --t 0.5 --out u.csv");
  CHECK(sandbox.table("u.csv").names == truth.names);
  const auto report = sandbox.object("eval run --exact --solver dopri5");
  CHECK(report["samples"]["coverage"] > 0.9);
}

TEST_CASE("rows of a table that are only copied equal those of the file") {
  const Numbers sandbox;
  sandbox.write("ids.csv", "id,share\n98765432101,0.1\n98765432102,1e-46\n16777217,3.6\n");
  const CsvTable truth = sandbox.table("ids.csv");
  sandbox.ask("data csv path=ids.csv -n 60 --out a.csv");
  const CsvTable drawn = sandbox.table("a.csv");
  CHECK(drawn.names == truth.names);
  CHECK_THAT(sandbox.read("a.csv"), Contains("98765432101,0.1\n") && Contains("16777217,3.6\n"));
  for (std::size_t k = 0; k < drawn.values.size(); k += 2) {
    const auto found = std::find(truth.values.begin(), truth.values.end(), drawn.values[k]);
    REQUIRE(found != truth.values.end());
    CHECK(drawn.values[k + 1] == *(found + 1));
  }
  sandbox.ask("data csv path=ids.csv -n 60 --out a.npy");
  CHECK(sandbox.array("a.npy").values == drawn.values);
  for (const std::string data :
       {R"(moons)", R"(affine scale=3 shift=7 'of={"type":"moons"}')",
        R"(standardize 'of={"type":"affine","scale":3,"of":{"type":"moons"}}')"}) {
    sandbox.ask("data " + data + " -n 5 --out m.npy");
    CHECK(sandbox.array("m.npy").dtype == "<f4");
  }
  sandbox.ask("data mixture 'means=[[7300000]]' 'stds=[0.05]' -n 50 --out m.npy");
  CHECK(spread(sandbox.array("m.npy").values) == Approx(0.05).epsilon(0.4));
}

TEST_CASE("if float32 makes different numbers equal, the column and the counts are printed") {
  const Numbers sandbox;
  sandbox.write("far.csv", far_table());
  CHECK_THAT(sandbox.train("run", raw("far.csv")),
             Contains("warning: column arrival: 40 distinct values become ") &&
                 Contains(" in float32; standardize the data or set precision=float64"));
  CHECK_THAT(sandbox.train("run", raw("far.csv"), "precision=float64"),
             !Contains("distinct values"));
  CHECK_THAT(sandbox.ask("sample run --exact -n 3 --out a.npy"), !Contains("warning"));
  sandbox.write("huge.csv", "load\n3e38\n7e38\n");
  expect(sandbox("train run.json -q --out huge 'data=" + raw("huge.csv") + "'"), 2,
         {"[data] row 1, column load is 7e+38, and float32 holds numbers up to 3.4e+38; "
          "standardize the data or set precision=float64"});
  sandbox.train("huge", standardized("huge.csv"));
  sandbox.ask("sample huge --exact -n 20 --solver dopri5 --out a.csv");
  CHECK(spread(sandbox.table("a.csv").values) == Approx(2e38).epsilon(0.2));
}

TEST_CASE("columns are matched by name, and a message says which were moved") {
  const Numbers sandbox;
  std::string one = "depth,age\n", other = "age,depth\n", more = "age,site,depth\n";
  for (int k = 0; k < 20; ++k) {
    const std::string depth = std::to_string(100 + 3 * k), age = std::to_string(0.5 * k);
    one += depth + "," + age + "\n";
    other += age + "," + depth + "\n";
    more += age + ",7," + depth + "\n";
  }
  sandbox.write("one.csv", one);
  sandbox.write("other.csv", other);
  sandbox.write("more.csv", more);
  sandbox.write("wrong.csv", "age,width\n1,2\n");
  sandbox.write("twice.csv", "age,depth,age\n1,2,3\n");
  sandbox.train("run", standardized("one.csv"));
  for (const std::string verb : {"loglik run", "encode run", "velocity run --t 0.3"}) {
    CAPTURE(verb);
    CHECK_THAT(sandbox.ask(verb + " --points one.csv --out a.npy"), !Contains("by name"));
    CHECK_THAT(sandbox.ask(verb + " --points other.csv --out b.npy"),
               Contains("; its columns age, depth are taken by name, as the run's data "
                        "has them: depth, age"));
    CHECK(sandbox.read("a.npy") == sandbox.read("b.npy"));
    sandbox.ask(verb + " --points more.csv --out b.npy");
    CHECK(sandbox.read("a.npy") == sandbox.read("b.npy"));
    expect(
        sandbox(verb + " --points wrong.csv --out b.npy"), 4,
        {"wrong.csv: it has no column depth: its columns are age, width, but the run's data has depth, age"});
    expect(sandbox(verb + " --points twice.csv --out b.npy"), 4, {"two columns are named \"age\""});
  }
  sandbox.ask("encode run --points other.csv --out z.csv");
  CHECK(sandbox.table("z.csv").names == std::vector<std::string>{"depth", "age"});
  sandbox.ask("interpolate run --from one.csv --to other.csv --count 2 --out way.npy");
  const NdArray way = sandbox.array("way.npy");
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(way.values[i] == Approx(way.values[40 + i]).margin(1e-9));
  const auto same = sandbox.object("compare other.csv one.csv");
  CHECK(same["w2"] == 0);
  expect(sandbox("compare wrong.csv one.csv"), 4, {"but one.csv has depth, age"});
  // Since the training, the columns of the run's data file have changed.
  sandbox.write("one.csv", "depth,width\n1,2\n3,4\n");
  expect(sandbox("eval run"), 4,
         {"[data] one.csv has changed since run was trained",
          "[csv] one.csv: there is no column \"age\"; choose from depth, width"});
}

TEST_CASE("every verb uses the units of the data, whatever wrappers change them inside") {
  const Numbers sandbox;
  const std::string mixture = R"({"type":"mixture","means":[[1,-2]],"stds":[0.5]})";
  const auto affine = [](const std::string& of) {
    return R"({"type":"affine","scale":[4,-4],"shift":[100,20],"of":)" + of + "}";
  };
  const auto scaled = [](const std::string& of) {
    return R"({"type":"standardize","of":)" + of + "}";
  };
  const auto bins = [](const std::string& of) {
    return R"({"type":"dequantize","width":0.001,"of":)" + of + "}";
  };
  const auto check_rows = [](const NdArray& x) {
    double mean[2] = {};
    const double rows = static_cast<double>(x.values.size()) / 2;
    for (std::size_t i = 0; i < x.values.size(); ++i) mean[i % 2] += x.values[i] / rows;
    CHECK(mean[0] == Approx(104).margin(0.2));
    CHECK(mean[1] == Approx(28).margin(0.2));
    CHECK(spread(column(x, 0)) == Approx(2).epsilon(0.05));
    CHECK(spread(column(x, 1)) == Approx(2).epsilon(0.05));
  };
  // The grid covers the data and a wide margin.
  constexpr int kSide = 60;
  constexpr double kStep = 0.5;
  NdArray grid{{kSide * kSide, 2}, {}};
  for (int k = 0; k < kSide * kSide; ++k)
    grid.values.insert(grid.values.end(), {104 + kStep * (k % kSide - kSide / 2 + 0.5),
                                           28 + kStep * (k / kSide - kSide / 2 + 0.5)});
  write_npy(sandbox.path("grid.npy"), grid);
  for (const std::string& data : {affine(mixture), scaled(affine(mixture)), affine(scaled(mixture)),
                                  bins(scaled(affine(mixture)))}) {
    CAPTURE(data);
    sandbox.train("run", data,
                  "model.input.type=none loss.time.type=uniform train.steps=300 optimizer.lr=0.02");
    const auto section = nlohmann::json::parse(data);
    std::string keys;
    for (const auto& [key, value] : section.items())
      if (key != "type") keys += " '" + key + "=" + value.dump() + "'";
    sandbox.ask("data " + section["type"].get<std::string>() + " -n 4000 --out x.npy" + keys);
    check_rows(sandbox.array("x.npy"));
    // A density per unit of volume in the data's units has total mass 1, and is high at the
    // samples.
    sandbox.ask("loglik run --points grid.npy --out p.npy");
    double mass = 0, at[2] = {};
    const NdArray p = sandbox.array("p.npy");
    for (std::size_t k = 0; k < p.values.size(); ++k) {
      const double part = std::exp(p.values[k]) * kStep * kStep;
      mass += part;
      for (std::size_t j = 0; j < 2; ++j) at[j] += part * grid.values[2 * k + j];
    }
    CHECK(mass == Approx(1).epsilon(0.02));
    sandbox.ask("sample run -n 2000 --out x.npy");
    const NdArray x = sandbox.array("x.npy");
    for (std::size_t j = 0; j < 2; ++j) {
      double mean = 0;
      for (const double v : column(x, j)) mean += v / 2000;
      CHECK(mean == Approx(at[j]).margin(0.3));
    }
    sandbox.ask("encode run --points x.npy --out z.npy --solver dopri5");
    for (std::size_t j = 0; j < 2; ++j)
      CHECK(spread(column(sandbox.array("z.npy"), j)) == Approx(1).epsilon(0.1));
  }
  // With only `affine`, the exact flow is known: a Gaussian with standard deviation 2.
  sandbox.train("run", affine(mixture));
  sandbox.ask("sample run --exact --solver dopri5 -n 4000 --out x.npy --loglik q.npy");
  check_rows(sandbox.array("x.npy"));
  const double log_peak = -std::log(2 * std::acos(-1.) * 4);
  write_npy(sandbox.path("peak.npy"), {{1, 2}, {104, 28}});
  sandbox.ask("loglik run --exact --solver dopri5 --points peak.npy --out p.npy --gradient g.npy");
  CHECK(sandbox.array("p.npy").values[0] == Approx(log_peak).margin(0.01));
  CHECK(std::abs(sandbox.array("g.npy").values[0]) < 0.05);
  sandbox.ask("encode run --exact --solver dopri5 --points peak.npy --out z.npy");
  for (const double z : sandbox.array("z.npy").values) CHECK(std::abs(z) < 0.05);
  sandbox.ask("decode run --exact --solver dopri5 --points z.npy --out back.npy");
  CHECK(sandbox.array("back.npy").values[0] == Approx(104).margin(0.01));
  const auto report = sandbox.object("eval run --exact --solver dopri5 -n 300");
  CHECK(report["likelihood"]["nll"].get<double>() == Approx(1 - log_peak).margin(0.2));
  CHECK(std::abs(report["likelihood"]["above_entropy"].get<double>()) < 1e-3);
  CHECK(report["samples"]["w2"] < 2);
}

TEST_CASE("a run of a version that undid affine gives samples in the units of its data") {
  const Numbers sandbox;
  sandbox.train("run", R"({"type":"affine","scale":2,"shift":-4,"of":{"type":"moons"}})");
  sandbox.ask("sample run -n 20 --out a.npy");
  // A version that undid `affine` stored units for moons = (data + 4) / 2, and no entry
  // "data.units". The model file is changed to such a file.
  std::string model = sandbox.read("run/model.safetensors");
  for (const auto& [now, then] : std::vector<std::pair<std::string, std::string>>{
           {"data.units", "more.units"}, {"[1.0,1.0]", "[0.5,0.5]"}, {"[0.0,0.0]", "[2.0,2.0]"}}) {
    const std::size_t at = model.find(now);
    REQUIRE(at != std::string::npos);
    model.replace(at, now.size(), then);
  }
  sandbox.write("run/model.safetensors", model);
  sandbox.ask("sample run -n 20 --out b.npy");
  CHECK(sandbox.array("b.npy").values == sandbox.array("a.npy").values);
}

TEST_CASE("latents of a source that is data are in the units of that data") {
  const Numbers sandbox;
  sandbox.write("from.csv", "a,b\n1000,1\n2000,2\n3000,4\n5000,3\n");
  sandbox.train("run", R"({"type":"moons"})",
                R"('source={"type":"data","of":)" + standardized("from.csv") + "}'");
  sandbox.ask("sample run -n 50 --out x.npy --trajectory t.npy --times 2");
  sandbox.ask("encode run --points x.npy --out z.npy --solver dopri5 --rtol 1e-7 --atol 1e-7");
  const CsvTable from = sandbox.table("from.csv");
  const NdArray z = sandbox.array("z.npy");
  for (std::size_t k = 0; k < 100; k += 2) {
    double nearest = 1e9;
    for (std::size_t i = 0; i < 8; i += 2)
      nearest = std::min(nearest, std::abs(z.values[k] - from.values[i]) / 1500 +
                                      std::abs(z.values[k + 1] - from.values[i + 1]));
    CHECK(nearest < 0.01);
  }
}

TEST_CASE("a constant column is named, and samples have its exact value") {
  const Numbers sandbox;
  sandbox.write("flat.csv", "x,year,y\n1,1987,4\n2,1987,3\n0,1987,9\n4,1987,1\n");
  write_npy(sandbox.path("flat.npy"), {{4, 3}, {1, 1987, 4, 2, 1987, 3, 0, 1987, 9, 4, 1987, 1}});
  for (const std::string& data : {raw("flat.csv"), standardized("flat.csv"),
                                  std::string(R"({"type": "npy", "path": "flat.npy"})")}) {
    CAPTURE(data);
    const bool csv = data.find("csv") != std::string::npos;
    const std::string quiet = sandbox.train("run", data),
                      said =
                          sandbox.ask("train run.json --overwrite --out run 'data=" + data + "'");
    CHECK_THAT(quiet, Contains(csv ? "warning: column year (1987) is constant"
                                   : "warning: column 1 (1987) is constant"));
    CHECK_THAT(said, Contains(csv ? "warning: flat.csv: column \"year\" is 1987 in every row, so "
                                    "densities mean nothing in it; leave it out with"
                                  : "warning: column 1 (1987) is constant"));
    CHECK(said.find("1987", said.find("1987") + 4) == std::string::npos);  // it is said once
    sandbox.ask("sample run -n 30 --out x.npy --trajectory t.npy --times 3");
    CHECK(column(sandbox.array("x.npy"), 1) == std::vector<double>(30, 1987));
    const std::vector<double> way = sandbox.array("t.npy").values;
    CHECK(std::vector<double>(way.end() - 90, way.end()) == sandbox.array("x.npy").values);
    CHECK(way[1] != 1987);
    sandbox.ask("encode run --points flat.csv --out z.npy");
    sandbox.ask("decode run --points z.npy --out back.npy");
    CHECK(column(sandbox.array("back.npy"), 1) == std::vector<double>(4, 1987));
  }
}

TEST_CASE("measures of a finite set use each row once, and say which rows they use") {
  const Numbers sandbox;
  std::string text = "u,v\n";
  for (int k = 0; k < 45; ++k)
    text +=
        std::to_string(std::sin(1.7 * k)) + "," + std::to_string(900 * std::cos(2.3 * k)) + "\n";
  sandbox.write("set.csv", text);
  sandbox.train("run", standardized("set.csv"));
  // The exact flow gives rows of the set, so coverage has its highest possible value.
  const auto report = sandbox.object("eval run --exact --solver dopri5 -n 200");
  CHECK(report["n"] == 45);
  CHECK(report["n_asked_for"] == 200);
  CHECK(report["rows"] == "training rows");
  CHECK(report["samples"]["coverage"] > 0.95);
  CHECK(report["samples"]["coverage"].get<double>() ==
        Approx(report["samples"]["expected_coverage"].get<double>()).margin(0.06));
  const std::string said = sandbox.ask("eval run --exact --solver dopri5 -n 200");
  CHECK_THAT(said, Contains("45 training rows") && Contains("exact, samples to training rows") &&
                       Contains("not 200") && !Contains("fresh") &&
                       Contains("column v has 100 % of the variance"));
  const auto fewer = sandbox.object("eval run --exact --solver dopri5 -n 20");
  CHECK(fewer["n"] == 20);
  CHECK(!fewer.contains("n_asked_for"));
  // With scaled columns, distances depend on the column u as much as on the column v.
  const auto scaled = sandbox.object("eval run -n 45 --scale std"),
             plain = sandbox.object("eval run -n 45");
  CHECK(scaled["samples"]["scale"] == "std");
  CHECK(plain["samples"]["w2"].get<double>() > 100 * scaled["samples"]["w2"].get<double>());
  sandbox.train("moons", R"({"type":"moons"})");
  const std::string fresh = sandbox.ask("eval moons");
  CHECK_THAT(fresh, Contains("60 fresh draws") && !Contains("training rows"));
}

TEST_CASE("compare scales columns, and repeated points do not shrink the balls of coverage") {
  const Numbers sandbox;
  NdArray once{{30, 2}, {}}, copied{{150, 2}, {}}, near{{150, 2}, {}};
  for (int k = 0; k < 30; ++k)
    once.values.insert(once.values.end(), {std::sin(3. * k), 1000 * std::cos(2. * k)});
  for (int r = 0; r < 5; ++r)
    copied.values.insert(copied.values.end(), once.values.begin(), once.values.end());
  near.values = copied.values;
  for (std::size_t i = 0; i < near.values.size(); ++i) near.values[i] += 1e-4 * std::sin(7. * i);
  write_npy(sandbox.path("copied.npy"), copied);
  write_npy(sandbox.path("near.npy"), near);
  const auto found = sandbox.object("compare near.npy copied.npy");
  CHECK(found["coverage"] == 1);
  CHECK(found["distinct_truth"] == 30);
  CHECK(found["expected_coverage"] > 0.99);
  CHECK(found["density"].get<double>() == Approx(1).margin(0.4));
  CHECK(found["scale"] == "none");
  CHECK_THAT(sandbox.ask("compare near.npy copied.npy"),
             Contains("among 30 distinct points") && Contains("in the units of the columns") &&
                 Contains("column 1 has 100 % of the variance"));
  // The first column is moved by half of its spread. Compared with the second column this is
  // nothing, until the columns are scaled.
  NdArray moved = copied;
  for (std::size_t i = 0; i < moved.values.size(); i += 2) moved.values[i] += 0.35;
  write_npy(sandbox.path("moved.npy"), moved);
  const auto by_std = sandbox.object("compare moved.npy copied.npy --scale std");
  CHECK(by_std["w2"].get<double>() == Approx(0.35 / spread(column(once, 0))).epsilon(1e-6));
  CHECK_THAT(sandbox.ask("compare moved.npy copied.npy --scale std"),
             Contains("in standard deviations of the true points"));
}
