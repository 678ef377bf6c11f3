// Tests columns that are given to the network, as a user meets them: runs of tables whose conditional
// distributions are known in closed form, and the verbs on such runs.
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/tensor/rng.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A row of the table: y given x is N(1 + 0.8 x, 0.6^2) for species a, and N(-3, 0.3^2) for b.
// x is N(1, 2^2).
struct KnownRow {
  double x, y;
  bool b;
};

double known_mean(double x, bool b) { return b ? -3 : 1 + 0.8 * x; }
double known_deviation(bool b) { return b ? 0.3 : 0.6; }

std::vector<KnownRow> known_rows(int n, std::uint64_t seed) {
  const Stream stream{seed, Purpose::data, 0};
  std::vector<KnownRow> rows;
  for (int k = 0; k < n; ++k) {
    const auto at = static_cast<std::uint32_t>(4 * k);
    const double u = stream.uniform(at), v = stream.uniform(at + 1),
                 r = std::sqrt(-2 * std::log(u)), angle = 2 * std::numbers::pi * v,
                 x = 1 + 2 * r * std::cos(angle);
    const bool b = stream.uniform(at + 2) < 0.4;
    rows.push_back({x, known_mean(x, b) + known_deviation(b) * r * std::sin(angle), b});
  }
  return rows;
}

std::string csv_of(const std::vector<KnownRow>& rows) {
  std::ostringstream text;
  text << "x,y,species\n";
  for (const KnownRow& row : rows)
    text << std::round(row.x * 1000) / 1000 << "," << std::round(row.y * 1000) / 1000 << ","
         << (row.b ? "b" : "a") << "\n";
  return text.str();
}

// A sandbox with that table and a config that learns y given x and the species.
struct KnownSandbox : Sandbox {
  KnownSandbox() {
    write("known.csv", csv_of(known_rows(3000, 1)));
    write("new.csv", csv_of(known_rows(400, 2)));
    write("c.json", R"({"data": {"type": "csv", "path": "known.csv", "condition": ["x", "species"]},
      "model": {"hidden": [48, 48]}, "optimizer": {"lr": 0.003}, "schedule": {"type": "cosine"},
      "train": {"steps": 1500, "batch": 256}, "sampler": {"type": "dopri5"}})");
  }
  // The same with few steps, for tests that do not ask how good the samples are.
  Outcome train_briefly(const std::string& more = "") const {
    return (*this)(
        "train c.json -q --overwrite --out run train.steps=20 model.hidden=[8] "
        "schedule.warmup=0 " +
        more);
  }
  std::vector<std::vector<std::string>> table(const std::string& name) const {
    std::istringstream file(read(name));
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(file, line);) {
      std::istringstream cells(line);
      rows.emplace_back();
      for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
  }
};

struct MeanAndDeviation {
  double mean = 0, deviation = 0;
};
MeanAndDeviation moments_of(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
  double sum = 0, square = 0;
  for (std::size_t k = 1; k < rows.size(); ++k) {
    const double v = std::stod(rows[k][column]);
    sum += v;
    square += v * v;
  }
  const double n = static_cast<double>(rows.size() - 1), mean = sum / n;
  return {mean, std::sqrt(square / n - mean * mean)};
}

}  // namespace

TEST_CASE("[long] a conditional flow has the mean, the deviation and the density in closed form",
          "[long]") {
  const KnownSandbox sandbox;
  expect(sandbox("train c.json --out run"), 0,
         {"given to the network and not learned: x, species"});
  for (const bool b : {false, true}) {
    for (const double x : {-1., 3.}) {
      CAPTURE(x, b);
      std::ostringstream condition;
      condition << "x=" << x << ",species=" << (b ? "b" : "a");
      sandbox.ask("sample run -n 2000 --out s.csv --condition " + condition.str());
      const auto rows = sandbox.table("s.csv");
      REQUIRE(rows.size() == 2001);
      CHECK(rows[0] == std::vector<std::string>{"x", "y", "species"});
      CHECK(std::stod(rows[7][0]) == x);
      CHECK(rows[7][2] == (b ? "b" : "a"));
      const MeanAndDeviation found = moments_of(rows, 1);
      CHECK(std::abs(found.mean - known_mean(x, b)) < 0.15);
      CHECK(std::abs(found.deviation - known_deviation(b)) < 0.1);
    }
  }
  // Without the condition the distribution of y is that of the whole table, which is much wider.
  sandbox.ask("sample run -n 2000 --out m.csv --guidance -1 --condition x=3,species=a");
  const MeanAndDeviation marginal = moments_of(sandbox.table("m.csv"), 1);
  CHECK(std::abs(marginal.mean - (0.6 * 1.8 - 0.4 * 3)) < 0.35);
  CHECK(std::abs(marginal.deviation - 2.68) < 0.35);
  // ln p(y | x, species) of rows that were not trained on, against the normal densities.
  expect(sandbox("loglik run --points new.csv --out p.csv"), 0,
         {"ln p is that of y given x, species of each row"});
  const auto scored = sandbox.table("p.csv");
  CHECK(scored[0] == std::vector<std::string>{"x", "y", "species", "ln_p"});
  double difference = 0, exact = 0;
  for (std::size_t k = 1; k < scored.size(); ++k) {
    const bool b = scored[k][2] == "b";
    const double z = (std::stod(scored[k][1]) - known_mean(std::stod(scored[k][0]), b)) /
                     known_deviation(b),
                 density = -0.5 * z * z - std::log(known_deviation(b)) -
                           0.5 * std::log(2 * std::numbers::pi);
    exact += density / static_cast<double>(scored.size() - 1);
    difference += (density - std::stod(scored[k][3])) / static_cast<double>(scored.size() - 1);
  }
  CHECK(std::abs(exact + 0.63) < 0.15);
  CHECK(std::abs(difference) < 0.06);
  // The mean over the rows is also what eval says.
  expect(sandbox("eval run -n 300 --json"), 0, {"\"conditioned_on\":[\"x\",\"species\"]"});
  expect(sandbox("eval run -n 300"), 0,
         {"samples and likelihoods are given x, species of the rows that they are compared with"});
}

TEST_CASE("samples of rows of conditions have the table's columns, order, kinds and decimals") {
  const KnownSandbox sandbox;
  REQUIRE(sandbox.train_briefly().code == 0);
  sandbox.write("few.csv", "y,species,x,note\n7,b,1.5,one\n8,a,-0.25,two\n");
  sandbox.ask("sample run --condition-file few.csv --out one.csv");
  const auto one = sandbox.table("one.csv");
  REQUIRE(one.size() == 3);
  CHECK(one[0] == std::vector<std::string>{"x", "y", "species"});
  CHECK(one[1][0] == "1.5");
  CHECK(one[1][2] == "b");
  CHECK(one[2][0] == "-0.25");
  sandbox.ask("sample run --condition-file few.csv -n 2 --out two.csv --threads 2");
  const auto two = sandbox.table("two.csv");
  REQUIRE(two.size() == 5);
  CHECK(two[1][0] == "1.5");
  CHECK(two[2][0] == "1.5");
  CHECK(two[3][2] == "a");
  CHECK(two[1] == one[1]);
  CHECK(two[2][1] != two[1][1]);
  sandbox.ask("sample run --condition-file few.csv -n 2 --out again.csv --threads 1");
  CHECK(sandbox.read("again.csv") == sandbox.read("two.csv"));
  // Samples without given conditions have those of rows of the data, and say so.
  expect(
      sandbox("sample run -n 50 --out all.csv"), 0,
      {"the samples have the conditions (x, species) of rows of the run's data, drawn at random"});
  const std::string data = sandbox.read("known.csv");
  const auto all = sandbox.table("all.csv");
  REQUIRE(all.size() == 51);
  for (std::size_t k = 1; k < all.size(); ++k)
    CHECK(data.find("\n" + all[k][0] + ",") != std::string::npos);
  expect(sandbox("sample run -n 2 --condition x=201,species=b --out far.csv"), 0,
         {"x 201 is 9",
          " standard deviations from the mean of the run's data: the network "
          "extrapolates there, and its samples may be far off"});
  sandbox.write("far2.csv", "x,species\n201,a\n3,b\n-300,b\n");
  expect(sandbox("sample run --condition-file far2.csv --out far.csv"), 0,
         {", and 1 more condition is as far: the network extrapolates"});
  CHECK(sandbox("sample run -n 2 --condition x=9,species=b --out near.csv").text.find("extrapol") ==
        std::string::npos);
  // An array has all columns too, with categories as numbers.
  sandbox.ask("sample run -n 4 --condition x=2,species=b --out s.npy");
  sandbox.ask("loglik run --points s.npy --out p.npy");
  // A run that has lost its data samples with conditions, and says what it lacks without.
  sandbox.remove("known.csv");
  sandbox.ask("sample run -n 4 --condition x=2,species=b --out t.npy");
  CHECK(sandbox.read("t.npy") == sandbox.read("s.npy"));
  expect(
      sandbox("sample run -n 4 --out u.csv"), 4,
      {"[condition] without given conditions, samples have those of rows of the run's data; give "
       "--condition, or its data back"});
  expect(sandbox("inspect run"), 0, {"One chunk of a training step"});
}

TEST_CASE("latents have the conditions of their rows, with which they are decoded") {
  const KnownSandbox sandbox;
  REQUIRE(sandbox.train_briefly().code == 0);
  sandbox.write("few.csv", "species,x,y\nb,1.5,-3.25\na,-0.25,0.5\n");
  sandbox.ask("encode run --points few.csv --out z.csv");
  const auto latents = sandbox.table("z.csv");
  REQUIRE(latents.size() == 3);
  CHECK(latents[0] == std::vector<std::string>{"y", "x", "species"});
  CHECK(latents[1][1] == "1.5");
  CHECK(latents[2][2] == "a");
  sandbox.ask("decode run --points z.csv --out x.csv");
  const auto decoded = sandbox.table("x.csv");
  REQUIRE(decoded.size() == 3);
  CHECK(decoded[0] == std::vector<std::string>{"x", "y", "species"});
  CHECK(decoded[1][0] == "1.5");
  CHECK(decoded[1][2] == "b");
  CHECK(std::abs(std::stod(decoded[1][1]) + 3.25) < 0.01);
  CHECK(std::abs(std::stod(decoded[2][1]) - 0.5) < 0.01);
  // Another condition decodes the same latent to another point.
  sandbox.write("other.csv", "y,x,species\n" + latents[1][0] + ",1.5,a\n");
  sandbox.ask("decode run --points other.csv --out o.csv");
  CHECK(std::abs(std::stod(sandbox.table("o.csv")[1][1]) + 3.25) > 0.02);
  // Arrays have the same columns in the same order.
  sandbox.ask("encode run --points few.csv --out z.npy");
  sandbox.ask("decode run --points z.npy --out y.csv");
  CHECK(sandbox.read("y.csv") == sandbox.read("x.csv"));
  sandbox.write("bare.csv", "y\n0.5\n");
  expect(
      sandbox("decode run --points bare.csv --out y.csv"), 4,
      {"[decode] bare.csv: it has no columns x, species: its columns are y, but a latent of the run "
       "has y, x, species; name the columns alike"});
}

TEST_CASE("conditions that cannot be given are refused with place and cure") {
  const KnownSandbox sandbox;
  REQUIRE(sandbox.train_briefly().code == 0);
  const std::string sample = "sample run -n 3 --out s.csv ";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"--condition x=1",
       "[condition] \"x=1\" gives no value of species, but the run is conditioned "
       "on x, species; give each of them one value"},
      {"--condition x=1,spezies=a",
       "[condition] there is no condition \"spezies\"; did you mean \"species\"? choose from: x "
       "species"},
      {"--condition x=1,y=2,species=a", "[condition] there is no condition \"y\""},
      {"--condition x=1,x=2,species=a", "[condition] the column \"x\" is given twice"},
      {"--condition x", "[condition] \"x\" is no assignment to a column"},
      {"--condition x=one,species=a", "\"one\" in column \"x\" is not a number"},
      {"--condition x=1,species=c",
       "\"c\" is no value of column \"species\" in the run's data; its "
       "values are a, b"},
      {"--condition x=1,species=a --condition-file new.csv", "--condition"},
      {"--condition x=1,species=a --exact",
       "[condition] --condition needs the network, since the "
       "exact field given conditions is not known"},
      {"--exact", "[exact] the exact field given the conditions of this run"},
      {"--label a", "[label] the network of this run takes no labels"},
      {"--labels l.csv", "--labels needs labels, but this run's network takes none"},
      {"--given x=1,species=a",
       "[given] \"x=1,species=a\" gives only conditions of this run; give "
       "them with --condition"},
      {"--given y=1", "[condition] row 0 has no x, on which the run is conditioned"},
      {"--given y=1 --condition-file new.csv", "[sample] --given draws samples of one row"},
  };
  for (const auto& [words, message] : cases) {
    CAPTURE(words);
    const Outcome outcome = sandbox(sample + words);
    INFO(outcome.text);
    CHECK((outcome.code == 2 || outcome.code == 4));
    CHECK_THAT(outcome.text, Contains(message));
  }
  sandbox.write("lacks.csv", "x,y\n1,2\n");
  expect(sandbox("loglik run --points lacks.csv --out p.csv"), 4,
         {"it has no column species: its columns are x, y, but"});
  expect(sandbox("sample run --condition-file lacks.csv --out p.csv"), 4,
         {"it has no column species: its columns are x, y, but"});
  sandbox.write("from.csv", "x,y,species\n1,2,a\n");
  sandbox.write("to.csv", "x,y,species\n1,3,a\n");
  sandbox.write("far.csv", "x,y,species\n2,3,a\n");
  sandbox.ask("interpolate run --from from.csv --to to.csv --out way.npy");
  expect(sandbox("interpolate run --from from.csv --to far.csv --out way.npy"), 2,
         {"[interpolate] the rows of from.csv and far.csv have different conditions"});
  // Runs without conditions, and configs whose conditions make no sense.
  sandbox.ask(
      "train c.json -q --out plain train.steps=5 model.hidden=[8] schedule.warmup=0 "
      "'data.condition=[]'");
  expect(sandbox("sample plain -n 3 --out s.csv --condition x=1"), 2,
         {"[condition] plain has no conditions, so --condition has no effect; leave it out, "
          "or train a run with `condition` in its data"});
  expect(sandbox("data csv path=known.csv 'condition=[\"x\"]' --out d.csv"), 2,
         {"[data] `condition` has no effect on rows that are written whole; leave it out"});
}

TEST_CASE("configs with conditions that make no sense are refused with place and cure") {
  const KnownSandbox sandbox;
  sandbox.write("one.csv", "x,y,k\n1,2,7\n2,3,7\n3,5,7\n");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"'data.condition=[\"z\"]'",
       "data.condition names \"z\", which is no column of the table; "
       "choose from x, y, species"},
      {"'data.condition=[9]'", "data.condition names 9, which is no column of the table"},
      {"'data.condition=[\"x\",0]'",
       "data.condition names column \"x\" twice, by name and by number"},
      {"'data.condition=[\"x\",\"y\",\"species\"]'",
       "data.condition names all 3 columns, so none is left to learn; leave a column out of it"},
      {"'data.drop=[\"x\"]'", "data.condition names \"x\", which is no column of the table"},
      {"data.label=species",
       "the rows have a class (`label`) and conditions, and a network is given "
       "one of them"},
      {"model.label.type=embedding",
       "/model/label: it is an embedding, but the data has no classes"},
      {"sampler.guidance.scale=2 loss.label_dropout=0",
       "guidance needs a network that is also trained without labels or conditions"},
      {"data.path=one.csv 'data.condition=[\"k\"]'",
       "[data] the condition k is 7 in all rows that are trained on, so nothing depends on it"},
  };
  for (const auto& [words, message] : cases) {
    CAPTURE(words);
    const Outcome outcome = sandbox("train c.json -q --out run " + words);
    INFO(outcome.text);
    CHECK((outcome.code == 2 || outcome.code == 4));
    CHECK_THAT(outcome.text, Contains(message));
  }
  sandbox.write("wrapped.json", R"({"data": {"type": "affine", "scale": 2, "of":
    {"type": "csv", "path": "known.csv", "drop": ["species"], "condition": ["x"]}}})");
  expect(
      sandbox("train wrapped.json -q"), 2,
      {"/data: columns of the table are conditions (`condition`), and the data set around it makes "
       "other rows of its rows"});
  sandbox.write("source.json",
                R"({"data": {"type": "csv", "path": "known.csv", "drop": ["species"]},
    "source": {"type": "data", "of": {"type": "csv", "path": "known.csv", "condition": ["x"]}}})");
  expect(sandbox("train source.json -q"), 2,
         {"/source/of: columns of its table are conditions (`condition`), but a source is given "
          "none"});
  expect(sandbox("config check c.json coupling.type=ot"), 0,
         {"the transport does not see the conditions that the network is given",
          "set /coupling/condition_weight to 100"});
  const Outcome seen = sandbox("config check c.json coupling.type=ot coupling.condition_weight=1");
  expect(seen, 0, {});
  CHECK_THAT(seen.text, !Contains("does not see"));
}

TEST_CASE("a network that is always given its conditions has no field without them") {
  const KnownSandbox sandbox;
  REQUIRE(sandbox.train_briefly("loss.label_dropout=0").code == 0);
  expect(sandbox("sample run -n 3 --out s.csv --condition x=1,species=a --guidance 2"), 2,
         {"[guidance] a scale of 2 needs a network that was also trained without conditions"});
  sandbox.ask("sample run -n 3 --out s.csv --condition x=1,species=a");
  expect(sandbox("plot run -n 50 --out plots"), 0, {"plots/samples.png"});
  // y is a plain number, so the page shows its flow; a category is encoded for the flow.
  expect(sandbox("report run -n 20 --out r.html"), 0, {"r.html"});
  REQUIRE(sandbox.train_briefly("'data.condition=[\"x\"]'").code == 0);
  expect(sandbox("report run -n 20 --out r.html"), 0, {"r.html"});
  CHECK_THAT(sandbox.read("r.html"), Contains("\"type\":\"table\""));
}

TEST_CASE(
    "conditions of held-out rows, of a resumed run and of a warm start are those of the table") {
  const KnownSandbox sandbox;
  const std::string quick =
      " -q model.hidden=[8] schedule.warmup=0 train.steps=40 "
      "train.checkpoint_every=20 'data.drop=[\"species\"]' "
      "'data.condition=[\"x\"]' data.guess=no ";
  const std::string held = quick + "train.holdout=0.2 train.nll_every=1 train.valid_every=20 ";
  sandbox.ask("train c.json --out whole" + held);
  CHECK_THAT(sandbox.read("whole/metrics.jsonl"), Contains("\"valid/nll\""));
  sandbox.ask("train c.json --out parts --max-steps 20" + held);
  sandbox.ask("train parts/config.json -q --resume --out parts");
  CHECK(sandbox.read("parts/model.safetensors") == sandbox.read("whole/model.safetensors"));
  CHECK(timeless(sandbox.read("parts/metrics.jsonl")) ==
        timeless(sandbox.read("whole/metrics.jsonl")));
  expect(sandbox("eval whole -n 100 --json"), 0, {"\"rows\":\"held-out rows\""});
  sandbox.ask("train c.json --out file" + quick + "train.holdout=new.csv");
  sandbox.ask("train c.json --out warm" + quick + "from=whole");
  expect(
      sandbox("train c.json --out other" + quick + "from=whole 'data.condition=[\"y\"]'"), 4,
      {"[from] the network of whole is given x, and that of this config y; name the same columns "
       "in `condition`, or leave /from out"});
  expect(sandbox("train c.json --out other" + quick + "from=whole 'data.condition=[]'"), 4,
         {"[from] the network of whole is given x, and that of this config no conditions"});
}

TEST_CASE("missing cells of a run with conditions are filled, and conditions are never missing") {
  const KnownSandbox sandbox;
  sandbox.write("c3.json",
                R"({"data": {"type": "csv", "path": "known.csv", "condition": ["species"]},
    "model": {"hidden": [8]}, "train": {"steps": 20, "batch": 64}})");
  sandbox.ask("train c3.json -q --out run schedule.warmup=0");
  sandbox.write("gaps.csv", "species,x,y\na,,2\nb,1.25,\nb,0.5,-3\n");
  sandbox.ask("impute run --points gaps.csv --steps 8 --particles 4 -n 2 --out f.csv");
  const auto filled = sandbox.table("f.csv");
  REQUIRE(filled.size() == 7);
  CHECK(filled[0] == std::vector<std::string>{"row", "draw", "species", "x", "y"});
  CHECK(filled[1][4] == "2");
  CHECK(filled[2][2] == "a");
  CHECK(filled[4][3] == "1.25");
  CHECK(filled[5] == std::vector<std::string>{"2", "0", "b", "0.5", "-3"});
  sandbox.write("bad.csv", "species,x,y\na,,2\n,1.25,\n");
  expect(
      sandbox("impute run --points bad.csv --steps 8 --out f.csv"), 4,
      {"[condition] row 1 has no species, on which the run is conditioned; give each row a value "
       "of species"});
  sandbox.ask("sample run -n 3 --given x=1,species=b --steps 8 --out g.csv");
  for (std::size_t k = 1; k < 4; ++k) {
    CHECK(sandbox.table("g.csv")[k][0] == "1");
    CHECK(sandbox.table("g.csv")[k][2] == "b");
  }
  sandbox.ask("sample run -n 3 --given x=1 --condition species=b --steps 8 --out h.csv");
  CHECK(sandbox.read("h.csv") == sandbox.read("g.csv"));
}

TEST_CASE("a table without names is conditioned by the numbers of its columns") {
  const KnownSandbox sandbox;
  std::string rows = sandbox.read("known.csv");
  sandbox.write("bare.csv", rows.substr(rows.find('\n') + 1));
  sandbox.ask(
      "train c.json -q --out run model.hidden=[8] schedule.warmup=0 train.steps=5 "
      "data.path=bare.csv data.header=no 'data.condition=[0,\"2\"]'");
  sandbox.ask("sample run -n 2 --out s.csv --condition 2=b,0=1.5");
  const auto rows_drawn = sandbox.table("s.csv");
  REQUIRE(rows_drawn.size() == 2);
  CHECK(rows_drawn[0][0] == "1.5");
  CHECK(rows_drawn[0][2] == "b");
  sandbox.ask("loglik run --points s.csv --out p.npy");
}
