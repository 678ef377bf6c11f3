// Tests samples that begin at given rows: `pushforward sample --from FILE --begin T`.
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

namespace pushforward {
namespace {

// A folder with a run on one Gaussian N(2, 1/4), whose exact field is known.
struct VariationsSandbox : Sandbox {
  VariationsSandbox() {
    train("run", R"({"type": "mixture", "means": [[2]], "stds": [0.5]})", "");
    write("three.csv", "x\n3\n");
  }
  void train(const std::string& name, const std::string& data, const std::string& overrides) const {
    write(name + ".json", R"({"data": )" + data + R"(, "model": {"hidden": [8]},
                              "train": {"steps": 4, "batch": 16, "log_every": 2}})");
    const Outcome outcome = (*this)("train " + name + ".json -q --out " + name + " " + overrides);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  // Returns the numbers of the first column of a file.
  std::vector<double> numbers(const std::string& file) const {
    std::istringstream lines(read(file));
    std::vector<double> all;
    for (std::string line; std::getline(lines, line);)
      if (line.find_first_of("0123456789") == 0 || line[0] == '-') all.push_back(std::stod(line));
    return all;
  }
  void refuses(const std::string& arguments, int code, const std::string& part) const {
    CAPTURE(arguments);
    const Outcome outcome = (*this)("sample " + arguments + " --out y.csv");
    CHECK(outcome.code == code);
    CHECK_THAT(outcome.text, Contains(part));
  }
};

double mean_of(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v / static_cast<double>(x.size());
  return sum;
}

double std_of(const std::vector<double>& x) {
  const double mean = mean_of(x);
  double sum = 0;
  for (const double v : x) sum += (v - mean) * (v - mean) / static_cast<double>(x.size());
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("variations of a row have the law that a Gaussian gives in closed form") {
  const VariationsSandbox sandbox;
  // On the straight path to T = 0.6, x_T = 0.6 * 3 + 0.4 x0. The marginal there is N(1.2, r^2) with
  // r^2 = 0.36 / 4 + 0.16 = 1/4, and the flow takes x_T to 2 + 0.5 (x_T - 1.2) / r. So the samples
  // are N(2.6, 0.4^2).
  const Outcome found =
      sandbox("sample run --exact --from three.csv --begin 0.6 -n 20000 --out x.csv");
  INFO(found.text);
  REQUIRE(found.code == 0);
  CHECK_THAT(found.text, Contains("sample k begins at row k mod 1 of three.csv, as 0.6 x1 + 0.4 x0 "
                                  "at t = 0.6"));
  const std::vector<double> x = sandbox.numbers("x.csv");
  REQUIRE(x.size() == 20000);
  CHECK(mean_of(x) == Approx(2.6).margin(0.012));
  CHECK(std_of(x) == Approx(0.4).margin(0.008));
  // A cosine path has alpha = sin(pi T / 2) and sigma = cos(pi T / 2). At T = 1/2 both are
  // sqrt(1/2), r^2 = 1/8 + 1/2 = 5/8, and the samples are N(2 + 0.5 / sqrt(5 / 4), 0.25 / (5 / 4)).
  sandbox.train("cosine", R"({"type": "mixture", "means": [[2]], "stds": [0.5]})",
                "path.type=cosine");
  sandbox.ask("sample cosine --exact --from three.csv --begin 0.5 -n 20000 --out x.csv");
  const std::vector<double> y = sandbox.numbers("x.csv");
  CHECK(mean_of(y) == Approx(2 + 0.25 / std::sqrt(0.3125)).margin(0.015));
  CHECK(std_of(y) == Approx(0.5 / std::sqrt(1.25)).margin(0.01));
}

TEST_CASE("samples that begin at rows take them in turn, and are near them close to t = 1") {
  const VariationsSandbox sandbox;
  sandbox.write("rows.csv", "x\n1\n2\n3\n");
  sandbox.ask("sample run --exact --from rows.csv --begin 0.999 --out x.csv");
  const std::vector<double> once = sandbox.numbers("x.csv");
  REQUIRE(once.size() == 3);  // without -n, one sample for each row
  for (int k = 0; k < 3; ++k)
    CHECK(once[static_cast<std::size_t>(k)] == Approx(k + 1).margin(0.02));
  sandbox.ask("sample run --exact --from rows.csv --begin 0.999 -n 5 --out x.csv");
  const std::vector<double> more = sandbox.numbers("x.csv");
  REQUIRE(more.size() == 5);
  CHECK(std::vector<double>(more.begin(), more.begin() + 3) == once);
  CHECK(more[4] == Approx(2).margin(0.02));
}

TEST_CASE("variations of rows by jumps of a flow map begin at the given time") {
  const VariationsSandbox sandbox;
  sandbox.train("map", R"({"type": "mixture", "means": [[2]], "stds": [0.5]})",
                "'loss={\"type\": \"lagrangian\"}'");
  sandbox.write("rows.csv", "x\n1\n2\n3\n");
  const Outcome found = sandbox("sample map --from rows.csv --begin 0.999 --out x.csv");
  INFO(found.text);
  REQUIRE(found.code == 0);
  CHECK_THAT(found.text, Contains("as 0.999 x1 + 0.001 x0 at t = 0.999"));
  CHECK_THAT(found.text, Contains("1.0 evaluations of the field each"));
  const std::vector<double> near = sandbox.numbers("x.csv");
  REQUIRE(near.size() == 3);
  for (int k = 0; k < 3; ++k)
    CHECK(near[static_cast<std::size_t>(k)] == Approx(k + 1).margin(0.03));
  // More jumps from the same points end elsewhere, and from t = 0.5 they take the way that the ODE
  // takes, up to what four steps of training leave open.
  sandbox.ask("sample map --from rows.csv --begin 0.5 --steps 1 --out x.csv");
  const std::vector<double> one = sandbox.numbers("x.csv");
  sandbox.ask("sample map --from rows.csv --begin 0.5 --steps 4 --out x.csv");
  const std::vector<double> four = sandbox.numbers("x.csv");
  sandbox.ask("sample map --from rows.csv --begin 0.5 --solver dopri5 --out x.csv");
  const std::vector<double> ode = sandbox.numbers("x.csv");
  REQUIRE((one.size() == 3 && four.size() == 3 && ode.size() == 3));
  CHECK(one != four);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(std::abs(four[k] - ode[k]) < 1);
    CHECK(std::abs(one[k] - ode[k]) < 1);
  }
}

TEST_CASE("variations of the rows of a typed table are rows of that table") {
  const Sandbox sandbox;
  std::string table = "kind,mass,class\n";
  for (int k = 0; k < 40; ++k)
    table += std::string(k % 2 == 0 ? "red" : "tan") + "," + std::to_string(k % 7) + ".5," +
             (k % 3 == 0 ? "one" : "two") + "\n";
  sandbox.write("t.csv", table);
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv", "label": "class"},
    "model": {"hidden": [8], "label": {"type": "embedding"}},
    "train": {"steps": 4, "batch": 16, "log_every": 2}})");
  sandbox.ask("train c.json -q --out run");
  const Outcome found = sandbox("sample run --from t.csv --begin 0.99 --out x.csv");
  INFO(found.text);
  REQUIRE(found.code == 0);
  std::istringstream ours(sandbox.read("x.csv")), theirs(table);
  std::string a, b;
  int rows = 0, kinds = 0;
  while (std::getline(ours, a) && std::getline(theirs, b)) {
    kinds += a.substr(0, 3) == b.substr(0, 3);
    // The class of each row is kept.
    CHECK(a.substr(a.rfind(',')) == b.substr(b.rfind(',')));
    ++rows;
  }
  CHECK(rows == 41);
  CHECK(kinds > 35);  // at t = 0.99, little noise is added
}

TEST_CASE("variations keep the conditions of their rows") {
  const Sandbox sandbox;
  std::string table = "kind,mass,height\n";
  for (int k = 0; k < 40; ++k)
    table += std::string(k % 3 == 0 ? "red" : "tan") + "," + std::to_string(k % 7) + ".5," +
             std::to_string(k % 5) + ".25\n";
  sandbox.write("t.csv", table);
  sandbox.write("c.json", R"({"data": {"type": "csv", "path": "t.csv", "condition": ["kind"]},
    "model": {"hidden": [8]}, "train": {"steps": 4, "batch": 16, "log_every": 2}})");
  sandbox.ask("train c.json -q --out run");
  const Outcome found = sandbox("sample run --from t.csv --begin 0.5 -n 50 --out x.csv");
  INFO(found.text);
  REQUIRE(found.code == 0);
  std::istringstream lines(sandbox.read("x.csv"));
  std::string line;
  std::getline(lines, line);
  CHECK(line == "kind,mass,height");
  int row = 0;
  for (; std::getline(lines, line); ++row)
    CHECK(line.substr(0, 3) == (row % 40 % 3 == 0 ? "red" : "tan"));
  CHECK(row == 50);
  const Outcome both =
      sandbox("sample run --from t.csv --begin 0.5 --condition kind=red --out y.csv");
  CHECK(both.code == 2);
  CHECK_THAT(both.text, Contains("[sample] --condition cannot be combined with --from"));
}

TEST_CASE("variations are refused where they make no sense") {
  const VariationsSandbox sandbox;
  sandbox.write("two.csv", "x,y\n3,4\n");
  sandbox.refuses("run --from three.csv", 2, "--begin");
  sandbox.refuses("run --begin 0.5", 2, "--from");
  for (const char* time : {"0", "1", "1.5", "-0.1"})
    sandbox.refuses(std::string("run --from three.csv --begin=") + time, 2,
                    "is not between 0 and 1, where the flow of this run ends");
  sandbox.refuses("run --from two.csv --begin 0.5", 4,
                  "the points have shape (1, 2), but the run's data has 1 column;");
  sandbox.refuses("run --from three.csv --begin 0.5 --loglik p.csv", 2,
                  "[sample] --loglik cannot be combined with --from");
  sandbox.refuses("run --from three.csv --begin 0.5 --given x=1", 2,
                  "[sample] --given cannot be combined with --from");
  sandbox.train("coupled", R"({"type": "mixture", "means": [[2]], "stds": [0.5]})",
                "coupling.type=ot");
  sandbox.refuses(
      "coupled --from three.csv --begin 0.5", 2,
      "[sample] --from adds noise to rows as the run's path does, but its coupling (ot) "
      "makes x0 depend on x1; give a run whose source is noise and whose coupling is "
      "independent");
  sandbox.train("moved", R"({"type": "moons"})",
                "'source={\"type\": \"data\", \"of\": {\"type\": \"8gaussians\"}}'");
  sandbox.refuses("moved --from two.csv --begin 0.5", 2, "its source is a data set; give a run");
  sandbox.write("words.txt", "ace\nbad\ncab\nfee\n");
  sandbox.write("words.json", R"({"data": {"type": "words", "path": "words.txt"},
    "model": {"type": "token_mlp", "embed": 4, "hidden": [8]},
    "train": {"steps": 4, "batch": 16, "log_every": 2}})");
  sandbox.ask("train words.json -q --out words");
  sandbox.refuses(
      "words --from three.csv --begin 0.5", 2,
      "[sample] --from and --begin are for continuous data, but /data (words) of this run is tokens");
  sandbox.train(
      "listed", R"({"type": "mixture", "means": [[2]], "stds": [0.5]})",
      "'sampler={\"type\": \"euler\", \"grid\": {\"type\": \"list\", \"times\": [0, 0.5, 1]}}'");
  sandbox.refuses("listed --from three.csv --begin 0.5", 2,
                  "[sample] --begin has no effect, since /sampler/grid of this run is a list of "
                  "times; give another --solver");
}

}  // namespace pushforward
