// Tests given tokens, and chains that begin after t = 0 or end before t = 1, with the program as a
// user runs it.
#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// A sandbox with runs whose data is ten rows of two tokens, each 0, 1 or 2.
struct Rows : Sandbox {
  Rows() {
    // The rows are: (0, 0) four times, (0, 1) twice, (1, 2) once, (2, 2) three times.
    write_npy(path("x.npy"),
              {{10, 2}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2}, "<i4"});
    write_npy(path("from.npy"),
              {{10, 2}, {1, 1, 1, 1, 1, 1, 1, 1, 2, 0, 2, 0, 2, 1, 0, 1, 0, 1, 0, 1}, "<i4"});
  }
  void train(const std::string& overrides) const {
    write("rows.json", R"({"data": {"type": "tokens", "path": "x.npy", "vocabulary": 3},
      "model": {"type": "token_mlp", "embed": 4, "hidden": [16]},
      "train": {"steps": 20, "batch": 16}, "sampler": {"steps": 4}})");
    const Outcome outcome = (*this)("train rows.json -q --overwrite --out run " + overrides);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  // Returns the shares of the second tokens 0, 1 and 2 among n samples. All their first tokens must
  // be `first`.
  std::vector<double> shares(const std::string& options, int first, int n = 4000) const {
    const Outcome outcome =
        (*this)("sample run --out s.npy -n " + std::to_string(n) + " " + options);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    const NdArray s = read_npy(path("s.npy"));
    std::vector<double> shares(3);
    bool kept = true;
    for (std::size_t k = 0; k < s.values.size(); k += 2) {
      kept = kept && s.values[k] == first;
      shares.at(std::size_t(s.values[k + 1])) += 2. / double(s.values.size());
    }
    CHECK(kept);
    return shares;
  }
};

constexpr const char* kFromRows =
    R"('source={"type":"data","of":{"type":"tokens","path":"from.npy","vocabulary":3}}')";

}  // namespace

TEST_CASE(
    "with given tokens, the other tokens have the exact law, for every source and number of steps") {
  const Rows sandbox;
  for (const std::string& source :
       {std::string("source.type=mask"), std::string("source.type=uniform_tokens"),
        std::string(kFromRows), std::string(kFromRows) + " coupling.type=paired"}) {
    for (const std::string kappa : {"linear", "cosine", "sine_squared"}) {
      sandbox.train(source + " path.kappa.type=" + kappa);
      for (const std::string steps : {"1", "4", "32"}) {
        CAPTURE(source, kappa, steps);
        // The only row that begins with 1 is (1, 2), and all rows that begin with 2 are (2, 2). No
        // other sample may occur, so few samples show that. The share of (0, 0) has a standard
        // error of 0.0075 among 4,000 samples.
        const std::string exact = "--exact --steps " + steps;
        CHECK(sandbox.shares("--given '1 _' " + exact, 1, 500)[2] == Approx(1));
        CHECK(sandbox.shares("--given '2 _' " + exact, 2, 500)[2] == Approx(1));
        const std::vector<double> zero = sandbox.shares("--given '0 _' " + exact, 0);
        CHECK(std::abs(zero[0] - 2. / 3) < 0.04);
        CHECK(zero[2] == 0);
      }
    }
  }
  expect(sandbox("sample run -n 5 --exact --given '1 0' --out s.npy"), 2,
         {"[given] no sequence of the data fits \"1 0\""});
}

TEST_CASE("given tokens are refused if the network cannot distinguish them from noise") {
  const Rows sandbox;
  sandbox.train("source.type=uniform_tokens");
  expect(sandbox("sample run -n 5 --given '0 _' --out s.npy"), 2,
         {"[given] the source of this run is uniform_tokens, so a token of a state may be noise",
          "sample a run with /source {\"type\": \"mask\"}, or give --exact"});
  expect(sandbox("sample run -n 5 --given '_ _' --out s.npy"), 0, {});
  sandbox.train(kFromRows);
  expect(sandbox("sample run -n 5 --given '0 _' --out s.npy"), 2,
         {"the source of this run is data"});
  sandbox.train("sampler.begin=0.5");
  expect(
      sandbox("sample run -n 5 --given '0 _' --out s.npy"), 2,
      {"[given] the chain begins at t = 0.5, from states that do not depend on the given tokens"});
  CHECK(std::abs(sandbox.shares("--exact --given '0 _'", 0)[0] - 2. / 3) < 0.04);
  sandbox.train("");
  CHECK(sandbox.shares("--given '0 _'", 0).size() == 3);
}

TEST_CASE(
    "a run on a three-part path has samples and a bound, and given tokens by the data alone") {
  const Rows sandbox;
  for (const std::string& source : {std::string("source.type=mask"), std::string(kFromRows)}) {
    CAPTURE(source);
    sandbox.train(source + " path.type=three_part path.noise=1.5 loss.type=generalised_kl");
    expect(sandbox("sample run -n 5 --given '0 _' --out s.npy"), 2,
           {"[given] the path of this run is three_part, so a token of a state may be noise",
            "sample a run with /path {\"type\": \"mixture\"}, or give --exact"});
    CHECK(std::abs(sandbox.shares("--exact --steps 32 --given '0 _'", 0)[0] - 2. / 3) < 0.04);
    expect(sandbox("sample run -n 50 --out s.npy"), 0, {});
    for (double token : read_npy(sandbox.path("s.npy")).values) CHECK(token < 3);
    expect(sandbox("loglik run --points s.npy --out l.npy"), 0, {});
    expect(sandbox("eval run -n 10"), 0, {});
  }
  sandbox.train("path.type=three_part sampler.begin=0.5 sampler.end=0.8");
  expect(sandbox("sample run -n 20 --out s.npy"), 0,
         {"the chain begins at t = 0.5, so samples start from the law of the path there: 25 % of "
          "the tokens are those of rows of the run's data",
          "the chain ends at t = 0.8, where 16 % of the tokens are uniform noise, which the last "
          "step replaces; set /sampler/end to 1 to be without them"});
  for (double token : read_npy(sandbox.path("s.npy")).values) CHECK(token < 3);
  // The corrector that only moves tokens to x1 and from it keeps the law of exact samples.
  sandbox.train("source.type=uniform_tokens sampler.corrector.type=exchange");
  CHECK(std::abs(sandbox.shares("--exact --steps 64 --given '0 _'", 0)[0] - 2. / 3) < 0.04);
}

TEST_CASE("the class of samples with given tokens is drawn conditional on these tokens") {
  const Sandbox sandbox;
  // Two components are quantized to four levels. Low levels are mostly of class 0, high ones of
  // class 1.
  sandbox.write("two.json", R"({"data": {"type": "quantize", "low": -2, "high": 2, "levels": 4,
      "of": {"type": "mixture", "means": [[-1, -1], [1, 1]], "stds": [0.3, 0.3]}},
    "model": {"type": "token_mlp", "embed": 8, "hidden": [32], "label": {"type": "embedding"}},
    "optimizer": {"type": "adamw", "lr": 0.01},
    "train": {"steps": 400, "batch": 64}, "sampler": {"steps": 8}})");
  expect(sandbox("train two.json -q --out run"), 0, {});
  for (const int first : {0, 3}) {
    const std::string given = first == 0 ? "0 _" : "3 _";
    expect(sandbox("sample run -n 500 --tokens --out s.npy --labels c.npy --given '" + given + "'"),
           0, {});
    const NdArray s = read_npy(sandbox.path("s.npy")), c = read_npy(sandbox.path("c.npy"));
    double same = 0, high = 0;
    for (std::size_t k = 0; k < 500; ++k) {
      same += c.values[k] == (first == 0 ? 0 : 1);
      high += s.values[2 * k + 1] >= 2;
    }
    CHECK(same > 480);
    CHECK((first == 0 ? 500 - high : high) > 480);
  }
}

TEST_CASE(
    "a chain that ends before t = 1 gives tokens, and one that begins after t = 0 starts on its path") {
  const Rows sandbox;
  for (const std::string exact : {"", " --exact"}) {
    sandbox.train("sampler.end=0.7");
    expect(
        sandbox("sample run -n 500 --out s.npy" + exact), 0,
        {"the chain ends at t = 0.7, where 30 % of the tokens are masks: they are drawn from the "
         "posterior in one last step (/sampler/end)"});
    for (double token : read_npy(sandbox.path("s.npy")).values) CHECK(token < 3);
    expect(sandbox("loglik run --points s.npy --out l.npy"), 0, {});
    sandbox.train("sampler.end=0.7 source.type=uniform_tokens");
    expect(sandbox("sample run -n 500 --out s.npy" + exact), 0,
           {"30 % of the tokens are still those of the source; set /sampler/end to 1"});
    for (const std::string& source :
         {std::string("source.type=mask"), std::string("source.type=uniform_tokens"),
          std::string(kFromRows)}) {
      CAPTURE(source);
      sandbox.train(source + " sampler.begin=0.8 sampler.steps=20");
      expect(
          sandbox("sample run -n 4000 --out s.npy" + exact), 0,
          {"the chain begins at t = 0.8, so samples start from the law of the path there: 80 % of "
           "the tokens are those of rows of the run's data"});
      const NdArray s = read_npy(sandbox.path("s.npy"));
      double zeros = 0;
      for (std::size_t k = 0; k < s.values.size(); k += 2)
        zeros += s.values[k] == 0 && s.values[k + 1] == 0;
      if (!exact.empty()) CHECK(std::abs(zeros / 4000 - 0.4) < 0.03);
    }
    expect(sandbox("eval run -n 50" + exact), 0, {});
  }
  // Quantized data gives valid points, wherever the chain ends.
  sandbox.write("points.json",
                R"({"data": {"type": "quantize", "of": {"type": "moons"}, "levels": 8},
    "model": {"type": "token_mlp", "embed": 4, "hidden": [16]}, "train": {"steps": 5},
    "sampler": {"steps": 4, "end": 0.5}})");
  expect(sandbox("train points.json -q --out points"), 0, {});
  expect(sandbox("sample points -n 200 --out p.npy"), 0, {"50 % of the tokens are masks"});
  for (double x : read_npy(sandbox.path("p.npy")).values) CHECK(std::isfinite(x));
}

TEST_CASE("sequences of probability 0 are counted, and the mean is over the others") {
  const Rows sandbox;
  sandbox.train("");
  write_npy(sandbox.path("y.npy"), {{3, 2}, {0, 0, 1, 0, 2, 2}, "<i4"});
  expect(
      sandbox("loglik run --exact --points y.npy --out l.npy"), 0,
      {" over the 2 finite ones",
       "1 of 3 points has probability 0 (ln p is -inf): one of their tokens has it; the first is "
       "row 1 (counted from 0)"});
  CHECK(read_npy(sandbox.path("l.npy")).values[1] == -INFINITY);
}

TEST_CASE("sampling words of a given length uses the start law of such words") {
  const Sandbox sandbox;
  sandbox.write("list", "cat\ncot\nbird\ndog\n");
  sandbox.write("words.json",
                R"({"data": {"type": "words", "path": "list", "longest": 4, "held_out": 0},
    "model": {"type": "token_mlp", "embed": 4, "hidden": [16], "label": {"type": "embedding"}},
    "train": {"steps": 5}, "sampler": {"steps": 8, "begin": 0.9}})");
  expect(sandbox("train words.json -q --out run"), 0, {});
  expect(sandbox("sample run --exact --label 4 -n 200 --out w.txt"), 0, {});
  std::istringstream words(sandbox.read("w.txt"));
  for (std::string word; std::getline(words, word);) CHECK(word == "bird");
}
