// Tests training on rows with missing cells, as a user meets it: a correlated Gaussian whose mean and
// covariance are known in closed form, and runs that have the same bits.
#include <cmath>
#include <functional>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/tensor/rng.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// x is N(1, 2^2), and y is N(-3, 0.5^2), with correlation 0.8.
constexpr double kMeanX = 1, kMeanY = -3, kStdX = 2, kStdY = 0.5, kCorrelation = 0.8;

struct PairRow {
  double a = 0, b = 0;  // x and y, standardized
  double u = 0, v = 0;  // uniform on (0, 1), which decide what is missing
};

std::vector<PairRow> draw_pairs(int n) {
  const Stream stream{11, Purpose::data, 0};
  std::vector<PairRow> rows;
  for (int k = 0; k < n; ++k) {
    const auto at = static_cast<std::uint32_t>(4 * k);
    const double r = std::sqrt(-2 * std::log(stream.uniform(at))),
                 angle = 2 * std::numbers::pi * stream.uniform(at + 1), a = r * std::cos(angle);
    rows.push_back(
        {a, kCorrelation * a + std::sqrt(1 - kCorrelation * kCorrelation) * r * std::sin(angle),
         stream.uniform(at + 2), stream.uniform(at + 3)});
  }
  return rows;
}

using Missing = std::function<bool(const PairRow&)>;

// The table, where a cell that is missing has the text `filled` of its column.
std::string csv_of(const std::vector<PairRow>& rows, const Missing& no_x, const Missing& no_y,
                   const std::string& filled_y = "") {
  std::ostringstream text;
  text << "x,y\n";
  const auto rounded = [](double x) { return std::round(x * 1e4) / 1e4; };
  for (const PairRow& row : rows) {
    if (!no_x(row)) text << rounded(kMeanX + kStdX * row.a);
    text << ",";
    if (no_y(row))
      text << filled_y;
    else
      text << rounded(kMeanY + kStdY * row.b);
    text << "\n";
  }
  return text.str();
}

bool never(const PairRow&) { return false; }
// At random: y is often missing where x is large.
bool at_random(const PairRow& row) { return row.u < 0.9 / (1 + std::exp(-2.5 * row.a)); }

// Means, standard deviations and the correlation, in units in which the truth is 0, 1 and 0.8.
struct PairMoments {
  double mean_x = 0, mean_y = 0, std_x = 0, std_y = 0, correlation = 0;
  std::string words() const {
    std::ostringstream text;
    text << "means " << mean_x << ", " << mean_y << "; deviations " << std_x << ", " << std_y
         << "; correlation " << correlation;
    return text.str();
  }
};

PairMoments moments_of(const std::string& csv) {
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  REQUIRE(line == "x,y");
  std::vector<double> a, b;
  while (std::getline(lines, line)) {
    const std::size_t comma = line.find(',');
    a.push_back((std::stod(line.substr(0, comma)) - kMeanX) / kStdX);
    b.push_back((std::stod(line.substr(comma + 1)) - kMeanY) / kStdY);
  }
  PairMoments m;
  const double n = static_cast<double>(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) m.mean_x += a[k] / n, m.mean_y += b[k] / n;
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    aa += (a[k] - m.mean_x) * (a[k] - m.mean_x) / n;
    bb += (b[k] - m.mean_y) * (b[k] - m.mean_y) / n;
    ab += (a[k] - m.mean_x) * (b[k] - m.mean_y) / n;
  }
  m.std_x = std::sqrt(aa);
  m.std_y = std::sqrt(bb);
  m.correlation = ab / std::sqrt(aa * bb);
  return m;
}

struct MissingSandbox : Sandbox {
  explicit MissingSandbox(int steps = 1500) : Sandbox(folder_in_memory()) {
    write("c.json", R"({"data": {"type": "csv", "path": "t.csv", "guess": "no",
      "scale": "standardize", "missing_rows": "model"}, "model": {"hidden": [48, 48]},
      "optimizer": {"lr": 0.003}, "train": {"steps": )" +
                        std::to_string(steps) + R"(, "batch": 256}})");
  }
  // The moments of samples of a run that is trained on this table.
  PairMoments learned(const std::string& csv, const std::string& overrides = "") const {
    write("t.csv", csv);
    const Outcome trained = (*this)("train c.json -q --overwrite --out run " + overrides);
    INFO(trained.text);
    REQUIRE(trained.code == 0);
    ask("sample run -n 20000 --seed 3 --out s.csv");
    return moments_of(read("s.csv"));
  }
};

// Checks that all moments are within `near` of those of the Gaussian.
void check_moments(const PairMoments& m, double near) {
  INFO(m.words());
  CHECK(std::abs(m.mean_x) < near);
  CHECK(std::abs(m.mean_y) < near);
  CHECK(std::abs(m.std_x - 1) < near);
  CHECK(std::abs(m.std_y - 1) < near);
  CHECK(std::abs(m.correlation - kCorrelation) < near);
}

}  // namespace

TEST_CASE("cells missing completely at random leave mean and covariance of a Gaussian",
          "[missing]") {
  const MissingSandbox sandbox;
  const auto rows = draw_pairs(2000);
  const auto no_x = [](const PairRow& row) { return row.u < 0.25; };
  const auto no_y = [](const PairRow& row) { return row.u >= 0.25 && row.v < 0.3; };
  check_moments(sandbox.learned(csv_of(rows, no_x, no_y)), 0.08);
}

TEST_CASE("cells missing at random are modelled, where dropped rows and means are wrong",
          "[missing]") {
  const MissingSandbox sandbox;
  const auto rows = draw_pairs(2000);
  check_moments(sandbox.learned(csv_of(rows, never, at_random)), 0.1);

  const PairMoments dropped =
      sandbox.learned(csv_of(rows, never, at_random), "data.missing_rows=drop");
  INFO(dropped.words());
  CHECK(dropped.mean_x < -0.3);
  CHECK(dropped.mean_y < -0.25);
  // Means instead of missing cells have no spread and no correlation.
  double mean = 0, count = 0;
  for (const PairRow& row : rows)
    if (!at_random(row)) mean += kMeanY + kStdY * row.b, ++count;
  const PairMoments filled = sandbox.learned(
      csv_of(rows, never, at_random, std::to_string(mean / count)), "data.missing_rows=drop");
  INFO(filled.words());
  CHECK(filled.mean_y < -0.25);
  CHECK(filled.correlation < 0.6);
}

TEST_CASE("runs on rows with missing cells have the same bits, also when resumed", "[missing]") {
  const MissingSandbox sandbox(120);
  sandbox.write("t.csv", csv_of(draw_pairs(300), never, at_random));
  const std::string train =
      "train c.json -q model.hidden=[8] schedule.warmup=0 train.fill_every=30 "
      "train.checkpoint_every=20 ";
  sandbox.ask(train + "--out whole --threads 1");
  const std::string bits = sandbox.read("whole/model.safetensors");
  sandbox.ask(train + "--out threads --threads 2");
  CHECK(sandbox.read("threads/model.safetensors") == bits);
  // Interrupted between two draws, and just before one.
  for (const char* at : {"50", "60"}) {
    CAPTURE(at);
    const std::string folder = std::string("part") + at;
    sandbox.ask(train + "--out " + folder + " --max-steps " + at);
    sandbox.ask(train + "--resume --out " + folder);
    CHECK(sandbox.read(folder + "/model.safetensors") == bits);
  }
  // The draws matter, and so does how often they are made.
  sandbox.ask(train + "--out rare train.fill_every=40");
  CHECK(sandbox.read("rare/model.safetensors") != bits);
}

TEST_CASE("rows of all kinds of columns, with a class or conditions, are modelled", "[missing]") {
  const Sandbox sandbox(folder_in_memory());
  std::string csv = "when,kind,count,size,angle\n";
  for (int k = 0; k < 60; ++k)
    csv += "2020-01-" + std::string(k % 28 < 9 ? "0" : "") + std::to_string(k % 28 + 1) + "," +
           (k % 5 == 0 ? ""
            : k % 2    ? "a"
                       : "b") +
           "," + (k % 7 == 0 ? "NA" : std::to_string(k % 9)) + "," +
           (k % 11 == 0 ? "?" : std::to_string(k) + ".25") + "," + std::to_string(k * 6) + "\n";
  sandbox.write("t.csv", csv);
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv", "missing_rows": "model",
    "types": {"angle": "degrees", "size": "log"}}, "model": {"hidden": [8]},
    "train": {"steps": 60, "batch": 32, "fill_every": 20, "holdout": 0.3, "valid_every": 30},
    "schedule": {"warmup": 0}, "eval": {"n": 40}})");
  expect(
      sandbox("train c.json --out run"), 0,
      {"60 rows, 5 columns: when (date), kind (category of 2), count (integer), size, angle",
       "rows with missing cells are trained on, with cells that are drawn (12 in kind, 9 in count, "
       "6 in size)"});
  sandbox.ask("sample run -n 50 --out s.csv");
  const std::string samples = sandbox.read("s.csv");
  CHECK(samples.find(",,") == std::string::npos);
  CHECK(samples.substr(0, samples.find('\n')) == "when,kind,count,size,angle");
  for (const char* verb : {"eval run", "plot run -n 60 --out p", "report run -n 40 --out r.html",
                           "loglik run --points s.csv --out l.csv",
                           "impute run --points t.csv --out i.csv --particles 4 --steps 10",
                           "encode run --points s.csv --out e.csv", "inspect run",
                           "train c.json --resume --out run"}) {
    const Outcome outcome = sandbox(verb);
    INFO(verb << "\n" << outcome.text);
    CHECK(outcome.code == 0);
  }
  CHECK(sandbox("train c.json -q --out labelled data.label=kind model.label.type=embedding").code ==
        0);
  CHECK(sandbox("sample labelled -n 5 --label b --out b.csv").code == 0);
  CHECK(sandbox("train c.json -q --out given 'data.condition=[\"count\"]'").code == 0);
  CHECK(sandbox("sample given -n 5 --condition count=3 --out b.csv").code == 0);
  CHECK(sandbox("train c.json -q --overwrite --out run precision=float64").code == 0);
}

TEST_CASE("tables whose missing cells cannot be drawn are refused", "[missing]") {
  const Sandbox sandbox(folder_in_memory());
  sandbox.write("t.csv", "x,y\n1.5,2\n,3\n2.5,4.5\n1,\n");
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv", "missing_rows": "model"}})");
  expect(sandbox("train c.json coupling.type=ot"), 2,
         {"[data] missing numbers can be drawn only from a flow that starts from standard normal "
          "noise that is independent of the data, but its coupling (ot) makes x0 depend on x1"});
  expect(sandbox("train c.json source.std=2"), 2, {"but its source is"});
  expect(sandbox("train c.json train.fill_every=50 data.missing_rows=drop"), 2,
         {"/train/fill_every: it has no effect, since no missing cells are drawn"});
  expect(sandbox("train c.json train.holdout=[1]"), 2,
         {"[data] t.csv: each held-out row (/train/holdout) has a missing cell"});
  expect(sandbox("train c.json train.holdout=[0,2,3]"), 2,
         {"all cells of column x are missing in the rows that are not held out"});
  sandbox.write("a.json", R"({"data": {"type": "affine", "scale": 2, "of": {"type": "csv",
    "path": "t.csv", "missing_rows": "model"}}})");
  expect(sandbox("train a.json"), 2,
         {"[data] missing_rows is \"model\", but affine around the table changes its numbers"});
}
