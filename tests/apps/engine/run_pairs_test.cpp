// Tests runs on pairs that another run makes: reflow in several rounds, distillation to one step,
// resuming, the file of the pairs, and the errors of each.
#include <cmath>
#include <filesystem>
#include <string>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

// A folder with a plain run on two far Gaussians, whose paths are bent, and a config of pairs.
struct PairsSandbox : Sandbox {
  PairsSandbox() {
    write("plain.json", R"({"name": "plain", "data": {"type": "mixture", "means": [[-3, 0], [3, 1]],
      "stds": [0.4, 0.4]}, "model": {"hidden": [32, 32], "time": {"type": "fourier", "dim": 8}},
      "train": {"steps": 400, "batch": 128}, "sampler": {"type": "dopri5", "rtol": 1e-4}})");
    write("pairs.json", R"({"name": "pairs", "data": {"type": "pairs", "from": "plain", "n": 500},
      "model": {"hidden": [32, 32], "time": {"type": "fourier", "dim": 8}},
      "train": {"steps": 20, "batch": 64}})");
  }
  void train(const std::string& arguments) const {
    const Outcome outcome = (*this)("train " + arguments + " -q");
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  nlohmann::json eval(const std::string& run) const {
    const Outcome outcome = (*this)("eval " + run + " -n 400 --json");
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    return nlohmann::json::parse(outcome.text.substr(outcome.text.find('{')));
  }
  void refuses(const std::string& arguments, int code, const std::string& part) const {
    CAPTURE(arguments);
    const Outcome outcome = (*this)(arguments);
    CHECK(outcome.code == code);
    CHECK_THAT(outcome.text, Contains(part));
  }
};

}  // namespace

TEST_CASE("each round of reflow makes the paths straighter, from a run from a run from a run") {
  const PairsSandbox sandbox;
  sandbox.train("plain.json --out plain train.steps=1500");
  const Outcome first = sandbox("train pairs.json --out one from=plain train.steps=500");
  INFO(first.text);
  REQUIRE(first.code == 0);
  CHECK_THAT(first.text, Contains("the 500 pairs that plain made for this run are kept in "
                                  "one/pairs.safetensors"));
  sandbox.train("pairs.json --out two data.from=one from=one train.steps=500");
  const auto straightness = [&](const std::string& run) {
    const auto report = sandbox.eval(run);
    // x0 and x1 are those of the pairs, and samples start from the Gaussian, which has a density.
    CHECK(report.at("paths").at("normalised_energy").is_number());
    CHECK(report.at("likelihood").at("nll").is_number());
    return report.at("paths").at("straightness").get<double>();
  };
  const double plain = straightness("plain"), one = straightness("one"), two = straightness("two");
  CHECK(one < 0.3 * plain);
  CHECK(two < plain);
  const Outcome lines = sandbox("eval two -n 100");
  CHECK_THAT(lines.text, Contains("straightness"));
  CHECK_THAT(lines.text, Contains("normalised path energy"));
  // Pictures, the pairs of a batch among them, and a sample from the run.
  const Outcome pictures = sandbox("plot two -n 60 --only samples,coupling --out pictures");
  INFO(pictures.text);
  CHECK(pictures.code == 0);
  CHECK(sandbox("sample two -n 10 --out s.npy").code == 0);
}

TEST_CASE("pairs are the run's own ODE from noise to samples, also in other units") {
  const PairsSandbox sandbox;
  std::string rows = "x,y\n";
  for (int k = 0; k < 60; ++k)
    rows += std::to_string(100 + 30 * (k % 7)) + "," + std::to_string(0.01 * (k % 11)) + "\n";
  sandbox.write("t.csv", rows);
  sandbox.write("t.json", R"({"name": "t", "data": {"type": "standardize", "of": {"type": "csv",
    "path": "t.csv"}}, "model": {"hidden": [16]}, "train": {"steps": 60, "batch": 32},
    "precision": "float64"})");
  sandbox.train("t.json --out plain");
  sandbox.train("pairs.json --out pairs precision=float64 train.holdout=0.1");
  const Outcome samples = sandbox("sample pairs -n 5 --out s.csv");
  INFO(samples.text);
  CHECK(samples.code == 0);
  const std::string x = sandbox.read("s.csv");
  CHECK(x.substr(0, x.find('\n')) == "x,y");
  const double column = std::stod(x.substr(x.find('\n') + 1));
  CHECK(column > 0);  // in the table's units, where x is about 190
  CHECK(column < 400);
}

TEST_CASE("a run on pairs resumes with the same pairs, and refuses changed ones") {
  const PairsSandbox sandbox;
  sandbox.train("plain.json --out plain");
  sandbox.train("pairs.json --out whole --threads 1");
  sandbox.train("pairs.json --out parts --threads 2 --max-steps 7");
  CHECK(sandbox.read("whole/pairs.safetensors") == sandbox.read("parts/pairs.safetensors"));
  // The pairs are in the run's folder, so the run that made them may be gone.
  std::filesystem::rename(sandbox.path("plain"), sandbox.path("gone"));
  sandbox.train("parts/config.json --resume --out parts");
  CHECK(sandbox.read("whole/model.safetensors") == sandbox.read("parts/model.safetensors"));
  CHECK(sandbox("eval parts -n 50").code == 0);
  std::filesystem::rename(sandbox.path("parts"), sandbox.path("moved"));
  CHECK(sandbox("eval moved -n 50").code == 0);
  // Another seed makes other pairs.
  std::filesystem::rename(sandbox.path("gone"), sandbox.path("plain"));
  sandbox.train("pairs.json --out other seed=5");
  CHECK(sandbox.read("other/pairs.safetensors") != sandbox.read("whole/pairs.safetensors"));
  // The pairs of one run can be given to another.
  sandbox.train("pairs.json --out again data.path=whole/pairs.safetensors");
  const auto samples = [&](const std::string& run) {
    CHECK(sandbox("sample " + run + " -n 20 --out s.npy").code == 0);
    return sandbox.read("s.npy");
  };
  CHECK(samples("again") == samples("whole"));
  sandbox.train("pairs.json --out unfinished --max-steps 7");
  sandbox.write("unfinished/pairs.safetensors", sandbox.read("other/pairs.safetensors"));
  sandbox.refuses("train unfinished/config.json --resume --out unfinished", 4,
                  "[data] unfinished/pairs.safetensors has changed since unfinished was trained");
  std::filesystem::remove(sandbox.path("unfinished/pairs.safetensors"));
  sandbox.refuses("train unfinished/config.json --resume --out unfinished", 4,
                  "[data] unfinished/pairs.safetensors (/data/path of unfinished) is not there");
}

TEST_CASE("distillation trains one step of Euler's method on the pairs") {
  const PairsSandbox sandbox;
  sandbox.train("plain.json --out plain train.steps=1200");
  sandbox.train(
      "pairs.json --out student from=plain train.steps=700 data.n=4000 "
      "'loss={\"time\": {\"type\": \"start\"}}' 'sampler={\"type\": \"euler\", \"steps\": 1}'");
  const auto report = sandbox.eval("student");
  CHECK(report.at("samples").at("nfe_mean") == 1);
  CHECK(report.at("likelihood").is_null());
  const Outcome euler = sandbox("eval plain -n 400 --json --solver euler --steps 1");
  const auto plain = nlohmann::json::parse(euler.text.substr(euler.text.find('{')));
  CHECK(report.at("samples").at("w2").get<double>() <
        0.5 * plain.at("samples").at("w2").get<double>());
  // What needs other times is refused.
  sandbox.write("p.csv", "x,y\n-2,0\n");
  const std::string alone = "was trained at t = 0 alone (/loss/time start)";
  sandbox.refuses("loglik student --points p.csv --out l.csv", 2,
                  "[loglik] the network of this run " + alone);
  sandbox.refuses("encode student --points p.csv --out l.csv", 2,
                  "[latent] the network of this run " + alone);
  sandbox.refuses("velocity student --points p.csv --t 0.5 --out l.csv", 2,
                  "[velocity] the network of this run " + alone);
  CHECK(sandbox("velocity student --points p.csv --t 0 --out l.csv").code == 0);
  sandbox.refuses("sample student --solver dopri5 --out s.csv", 2,
                  alone + ", for one step of euler, and dopri5 needs other times");
  sandbox.refuses("sample student --steps 4 --out s.csv", 2,
                  "and euler with 4 steps needs other times");
  sandbox.refuses("eval student --divergence exact", 2,
                  "there is no likelihood: the velocity was trained at t = 0 alone");
  const Outcome pictures = sandbox("plot student -n 60 --out pictures");
  INFO(pictures.text);
  CHECK(pictures.code == 0);
}

TEST_CASE("pairs keep the classes of their samples") {
  const PairsSandbox sandbox;
  sandbox.train("plain.json --out plain train.steps=5 'model.label={\"type\": \"embedding\"}'");
  sandbox.train("pairs.json --out pairs 'model.label={\"type\": \"embedding\"}'");
  const Outcome outcome = sandbox("sample pairs -n 5 --label 1 --out s.csv");
  INFO(outcome.text);
  CHECK(outcome.code == 0);
  // A class may have no pair of its own in a small set, but the network still has as many.
  sandbox.train("pairs.json --out unconditional");
}

TEST_CASE("pairs are refused where they make no sense") {
  const PairsSandbox sandbox;
  sandbox.train("plain.json --out plain train.steps=3");
  const std::string train = "train pairs.json --out x ";
  sandbox.refuses(train + "data.from=nowhere", 4, "nowhere");
  sandbox.refuses(train + "coupling.type=ot", 2,
                  "/coupling: the run in /data/from has paired x0 with x1, and ot would pair their "
                  "rows anew");
  sandbox.refuses(
      train + "precision=float64", 2,
      "[pairs] plain has the precision float32, and this config float64; set /precision "
      "to float32");
  sandbox.refuses(train + "'source={\"type\": \"uniform\"}'", 2,
                  "[pairs] x0 of the pairs that plain made is from its /source "
                  "{\"type\":\"gaussian\",\"std\":1.0}, and this config has the /source");
  sandbox.refuses(train +
                      "'data={\"type\": \"standardize\", \"of\": {\"type\": \"pairs\", "
                      "\"from\": \"plain\"}}'",
                  2, "pairs are in the units of the flow that made them");
  sandbox.refuses(
      "train plain.json --out x 'loss={\"time\": {\"type\": \"start\"}}' "
      "'sampler={\"type\": \"euler\", \"steps\": 1}'",
      2, "/loss/time: at t = 0 alone a velocity says where x0 goes only if x0 determines x1");
  sandbox.refuses(train + "'loss={\"time\": {\"type\": \"start\"}}'", 2,
                  "/sampler: the velocity is trained at t = 0 alone, and this sampler needs it at "
                  "other times");
  sandbox.refuses(train + "train.holdout=more.csv", 2, "whose rows have no partners in /source");
  sandbox.refuses(train + "data.path=plain/model.safetensors", 4,
                  "[pairs] plain/model.safetensors: it has no array \"x0\"; give the unedited "
                  "pairs.safetensors of a run");
  sandbox.train("pairs.json --out pairs");
  sandbox.refuses("train pairs.json --out x data.path=pairs/pairs.safetensors data.n=7", 4,
                  "[pairs] pairs/pairs.safetensors has 500 pairs, and /data/n is 7; set it to 500");
  sandbox.refuses("train pairs.json --overwrite --out plain", 2,
                  "[train] --overwrite would remove plain, which makes the pairs of the new run "
                  "(/data/from); choose another --out");
  // Weights of another number of columns.
  sandbox.write("line.json", R"({"data": {"type": "mixture", "means": [[2]]}, "model": {"hidden":
    [32, 32], "time": {"type": "fourier", "dim": 8}}, "train": {"steps": 3, "batch": 16}})");
  sandbox.train("line.json --out line");
  sandbox.refuses(train + "data.from=line from=plain", 4,
                  "[from] the network of plain is another one than that of this config");
  // A run whose config is no longer that of its weights.
  std::string config = sandbox.read("line/config.json");
  config.replace(config.find("32,"), 3, "16,");
  sandbox.write("line/config.json", config);
  sandbox.refuses(train + "data.from=line", 4, "line/model.safetensors");
  sandbox.write("words.txt", "ace\nbad\ncab\nfee\n");
  sandbox.write("words.json", R"({"data": {"type": "words", "path": "words.txt"},
    "model": {"type": "token_mlp", "embed": 4, "hidden": [8]},
    "train": {"steps": 4, "batch": 16, "log_every": 2}})");
  sandbox.train("words.json --out words");
  sandbox.refuses(train + "data.from=words", 2, "[pairs] words is a run of tokens (/data words)");
  sandbox.train("plain.json --out late train.steps=3 sampler.begin=0.2");
  sandbox.refuses(train + "data.from=late", 2,
                  "[pairs] late has a flow that begins at t = 0.2, at points of the path");
  sandbox.write("t.csv", "kind,mass\nred,1.5\ntan,2\nred,4\ntan,1\n");
  sandbox.write("t.json", R"({"data": {"type": "csv", "path": "t.csv"}, "model": {"hidden": [8]},
    "train": {"steps": 3, "batch": 16}})");
  sandbox.train("t.json --out typed");
  sandbox.refuses(train + "data.from=typed", 2,
                  "[pairs] typed encodes the columns of its table for the flow");
  sandbox.train("t.json --out given 'data.condition=[\"kind\"]'");
  sandbox.refuses(train + "data.from=given", 2, "[pairs] given is given columns of its table");
}
