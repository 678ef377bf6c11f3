// Tests discrete flows with the program, as a user runs it: training, samples, bounds and measures
// for words, a text, quantized points and tokens of a file. Tests errors too.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

constexpr const char* kSmallTokenRun =
    R"("model": {"type": "token_mlp", "embed": 4, "hidden": [16]},
  "train": {"steps": 40, "batch": 48, "checkpoint_every": 20, "log_every": 10, "chunk": 16},
  "sampler": {"steps": 8}, "eval": {"n": 40, "times": 8})";

// A sandbox with a word list, a text, a table of tokens, and configs of small networks for these.
struct RunWords : Sandbox {
  RunWords() {
    std::string list;
    for (const char* a : {"b", "d", "st", "tr"})
      for (const char* b : {"a", "e", "o"})
        for (const char* c : {"n", "t", "re", "nd"}) list += std::string(a) + b + c + "\n";
    write("list", list);
    std::string text;
    for (int k = 0; k < 60; ++k) text += "the cat sat on the mat. ";
    write("book", text);
    NdArray table{{30, 3}, {}, "<i4"};
    for (int k = 0; k < 30; ++k)
      table.values.insert(table.values.end(), {double(k % 2), 1, double(k % 3 == 0 ? 0 : 3)});
    write_npy(path("table.npy"), table);
    const auto config = [&](const std::string& name, const std::string& data) {
      write(name + ".json",
            R"({"name": ")" + name + R"(", "data": )" + data + ", " + kSmallTokenRun + "}");
    };
    config("words", R"({"type": "words", "path": "list", "longest": 5, "held_out": 0.2})");
    config("text", R"({"type": "text", "path": "book", "length": 8})");
    config("table", R"({"type": "tokens", "path": "table.npy", "vocabulary": 4})");
    config("moons", R"({"type": "quantize", "of": {"type": "moons"}, "levels": 8, "low": -2,
                        "high": 3})");
  }
  void train(const std::string& name, const std::string& more = "") const {
    const Outcome outcome =
        (*this)("train " + name + ".json -q --overwrite --out " + name + " " + more);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  NdArray array(const std::string& name) const { return read_npy(path(name)); }
  std::vector<std::string> lines(const std::string& name) const {
    std::istringstream file(read(name));
    std::vector<std::string> all;
    for (std::string line; std::getline(file, line);) all.push_back(line);
    return all;
  }
  nlohmann::json json(const std::string& arguments) const {
    const Outcome outcome = (*this)(arguments + " --json");
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    return nlohmann::json::parse(outcome.text);
  }
};

// Returns whether all values are whole numbers in [0, vocabulary).
bool tokens(const NdArray& array, double vocabulary) {
  return std::all_of(array.values.begin(), array.values.end(),
                     [&](double v) { return v >= 0 && v < vocabulary && v == std::floor(v); });
}

}  // namespace

TEST_CASE("words: a run is trained, samples are text, and given letters are kept") {
  const RunWords sandbox;
  sandbox.train("words", "model.label.type=embedding");
  expect(sandbox("sample words -n 30"), 0, {"words/samples/samples-0.txt", "30 samples in"});
  CHECK(sandbox.lines("words/samples/samples-0.txt").size() == 30);
  expect(sandbox("sample words -n 30 --out a.npy --labels l.npy"), 0, {"a.npy", "l.npy"});
  const NdArray a = sandbox.array("a.npy"), l = sandbox.array("l.npy");
  CHECK(a.shape == std::vector<std::size_t>{30, 5});
  CHECK(a.dtype == "<i4");
  CHECK(tokens(a, 10));
  for (const double label : l.values) CHECK((label >= 3 && label <= 5));
  // Given characters are kept, and the word has the length of the given text.
  expect(sandbox("sample words -n 20 --given b_d --out g.txt"), 0, {"g.txt"});
  for (const std::string& word : sandbox.lines("g.txt")) {
    CHECK(word.size() == 3);
    CHECK((word[0] == 'b' && word[2] == 'd'));
  }
  expect(sandbox("sample words -n 5 --given b?d --free ? --label 3 --out g.txt"), 0, {});
  // Sample k does not depend on the number of samples.
  expect(sandbox("sample words -n 7 --out b.npy"), 0, {});
  const NdArray b = sandbox.array("b.npy");
  CHECK(std::equal(b.values.begin(), b.values.end(), a.values.begin()));
  for (const std::string how :
       {"--solver ctmc_euler --steps 4", "--solver ctmc_adaptive", "--temperature 0.5 --top-p 0.9",
        "--guidance 2", "--label 4", "--raw", "--threads 2"}) {
    CAPTURE(how);
    expect(sandbox("sample words -n 9 --out c.npy " + how), 0, {"c.npy"});
    CHECK(tokens(sandbox.array("c.npy"), 10));
  }
  const auto report = sandbox.json("sample words -n 6 --trajectory t.npy --times 5 --out d.npy");
  CHECK(report.at("times").size() == 5);
  CHECK(report.at("nfe_mean") <= 8);
  const NdArray way = sandbox.array("t.npy");
  CHECK(way.shape == std::vector<std::size_t>{5, 6, 5});
  for (int k = 0; k < 30; ++k) CHECK(way.values[static_cast<std::size_t>(k)] == 10);  // all masks
  const NdArray d = sandbox.array("d.npy");
  CHECK(std::equal(way.values.end() - 30, way.values.end(), d.values.begin()));
}

TEST_CASE("eval of words: the bound, n-grams on the same words, and measures of the samples") {
  const RunWords sandbox;
  sandbox.train("words", "model.label.type=embedding train.steps=300 optimizer.lr=0.01");
  const auto report = sandbox.json("eval words -n 200");
  const auto& likelihood = report.at("likelihood");
  CHECK(likelihood.at("held_out") == true);
  CHECK(likelihood.at("given_label") == true);
  CHECK(likelihood.at("rows") < 20);  // the number of held-out words
  const double nats = likelihood.at("nll"), token = likelihood.at("nats_per_token");
  CHECK((nats > token && token > 0));
  CHECK(std::abs(likelihood.at("bits_per_token").get<double>() - token / std::log(2.)) < 1e-9);
  CHECK(std::abs(likelihood.at("perplexity").get<double>() - std::exp(token)) < 1e-9);
  for (const char* model : {"bigram", "trigram"})
    CHECK(report.at("ngrams").at(model).at("nll") > 0);
  const auto& words = report.at("samples").at("words");
  CHECK(words.at("length_kept") > 0.5);
  CHECK(words.at("in_dictionary").get<double>() + words.at("new").get<double>() == Approx(1));
  expect(sandbox("eval words -n 50"), 0,
         {"50 samples and", "held-out sequences", "trigram model", "words in the dictionary",
          "new words:"});
  // The bound is computed for words in a text file and for tokens.
  sandbox.write("ask.txt", "bat\r\nstand\r\n");
  expect(sandbox("loglik words --points ask.txt --out p.npy"), 0,
         {"or more (an estimate of a bound)"});
  CHECK(sandbox.array("p.npy").shape == std::vector<std::size_t>{2});
  for (const double v : sandbox.array("p.npy").values) CHECK((v < 0 && std::isfinite(v)));
  expect(sandbox("data words -n 5 --out w.npy path=list longest=5 held_out=0.2"), 0, {"w.npy"});
  expect(sandbox("data words -n 5 --out w.txt path=list longest=5 held_out=0.2"), 0, {"w.txt"});
  expect(sandbox("loglik words --points w.npy --out p.npy"), 0, {});
  expect(sandbox("loglik words --points w.txt --out q.npy"), 0, {});
  CHECK(sandbox.array("p.npy").values == sandbox.array("q.npy").values);
}

TEST_CASE("discrete runs have the same bits on any number of threads and after resuming") {
  const RunWords sandbox;
  const std::string transformer =
      "'model={\"type\":\"transformer\",\"width\":8,\"heads\":2,\"blocks\":1,\"dropout\":0.1}' ";
  for (const std::string& model : {std::string(), transformer}) {
    sandbox.train("text", model + "--threads 1");
    sandbox.ask("sample text -n 40 --threads 1 --out one.npy");
    const std::string one = sandbox.read("text/model.safetensors");
    const std::string metrics = timeless(sandbox.read("text/metrics.jsonl"));
    sandbox.train("text", model + "--threads 2");
    CHECK(sandbox.read("text/model.safetensors") == one);
    sandbox.ask("sample text -n 40 --threads 2 --out two.npy");
    CHECK(sandbox.read("two.npy") == sandbox.read("one.npy"));
    sandbox.train("text", model + "--max-steps 27");
    sandbox.ask("train text/config.json -q --resume --out text");
    CHECK(sandbox.read("text/model.safetensors") == one);
    CHECK(timeless(sandbox.read("text/metrics.jsonl")) == metrics);
  }
}

TEST_CASE("a text: samples are windows, and given text is placed from the first position on") {
  const RunWords sandbox;
  sandbox.train("text", "loss.type=generalised_kl path.kappa.type=cosine");
  expect(sandbox("sample text -n 6 --given 'th_ c' --out a.txt"), 0, {"a.txt"});
  for (const std::string& line : sandbox.lines("a.txt")) {
    CHECK(line.size() == 8);
    CHECK((line.substr(0, 2) == "th" && line.substr(3, 2) == " c"));
  }
  const auto report = sandbox.json("eval text -n 9");
  CHECK(report.at("likelihood").at("held_out") == true);
  CHECK(report.at("ngrams").contains("trigram"));
  CHECK_FALSE(report.at("samples").contains("words"));
}

TEST_CASE("quantized points: samples are written as points or as tokens") {
  const RunWords sandbox;
  sandbox.train("moons", "source.type=uniform_tokens model.label.type=embedding");
  expect(sandbox("sample moons -n 25 --out a.npy"), 0, {});
  expect(sandbox("sample moons -n 25 --tokens --out b.npy"), 0, {});
  expect(sandbox("sample moons -n 25 --tokens --label 1 --out c.csv"), 0, {"c.csv"});
  const NdArray points = sandbox.array("a.npy"), levels = sandbox.array("b.npy");
  CHECK(points.dtype == "<f4");
  CHECK(levels.dtype == "<i4");
  CHECK(tokens(levels, 8));
  for (std::size_t k = 0; k < 50; ++k)
    CHECK(points.values[k] == Approx(-2 + (levels.values[k] + 0.5) * 5 / 8));
  // Points and their tokens have the same bound.
  expect(sandbox("loglik moons --points a.npy --label 1 --out p.npy"), 0,
         {"or more (an estimate of a bound)"});
  expect(sandbox("loglik moons --points b.npy --tokens --label 1 --out q.npy"), 0, {});
  sandbox.write("far.csv", "0,0\n100,200\n");
  expect(sandbox("loglik moons --points far.csv --label 1 --out r.npy"), 0,
         {"1 of the points have numbers outside the levels of this run"});
  CHECK(sandbox.array("p.npy").values == sandbox.array("q.npy").values);
  const auto report = sandbox.json("eval moons -n 500");
  CHECK(report.at("likelihood").at("held_out") == false);
  CHECK(report.at("likelihood").at("bits_per_dimension") ==
        report.at("likelihood").at("bits_per_token"));
  const auto& samples = report.at("samples");
  CHECK((samples.at("total_variation") > 0 && samples.at("total_variation") < 1));
  CHECK(samples.at("total_variation_of_data") < samples.at("total_variation"));
  CHECK(report.at("ngrams").is_null());
}

TEST_CASE("a metric-induced path is trained, sampled, bounded and drawn, also from an exact flow") {
  const RunWords sandbox;
  const std::string path =
      "source.type=uniform_tokens path.type=metric path.distance.type=squared path.c=0.2 ";
  for (const std::string loss : {"cross_entropy", "generalised_kl"}) {
    sandbox.train("moons", path + "loss.type=" + loss);
    expect(sandbox("sample moons -n 40 --tokens --out a.npy"), 0, {});
    CHECK(tokens(sandbox.array("a.npy"), 8));
    expect(sandbox("sample moons -n 20 --tokens --solver ctmc_euler --out b.npy"), 0, {});
    const auto report = sandbox.json("eval moons -n 100");
    CHECK(report.at("likelihood").at("bits_per_token") > 0);
    CHECK(report.at("likelihood").at("bits_per_token") < 5);
    CHECK(report.at("samples").at("total_variation") < 1);
  }
  expect(sandbox("loglik moons --points a.npy --tokens --out p.npy"), 0,
         {"or more (an estimate of a bound)"});
  expect(sandbox("plot moons"), 0, {});
  sandbox.train("moons", path + "sampler.begin=0.3 sampler.end=0.9");
  expect(sandbox("sample moons -n 20 --tokens --out c.npy"), 0,
         {"samples start from the law of the path there", "where tokens are near the data's"});
  sandbox.train("table", path);
  expect(sandbox("sample table -n 30 --exact --out d.npy"), 0, {});
  CHECK(tokens(sandbox.array("d.npy"), 4));
  expect(sandbox("sample table -n 3 --given '0 _ _' --out e.npy"), 2,
         {"[given] the source of this run is uniform_tokens"});
  const std::string rows = "'path.distance={\"type\":\"table\",\"rows\":[[0,1],[1,0]]}'";
  expect(sandbox("train table.json -q --overwrite --out table source.type=uniform_tokens "
                 "path.type=metric " +
                 rows),
         2,
         {"[path] /path/distance has distances of 2 tokens, but the data has 4; give a row of 4 "
          "numbers for each token"});
}

TEST_CASE("samplers from masks mask again, unmask in an order, and draw from the top tokens") {
  const RunWords sandbox;
  for (const std::string setting :
       {"sampler.remasking.type=cap", "sampler.remasking.type=rescale", "sampler.top_k=3",
        "sampler.remasking.type=confidence", "sampler.remasking.type=loop",
        "sampler.order=confidence", "sampler.order=entropy", "sampler.order=margin"}) {
    CAPTURE(setting);
    sandbox.train("moons", "train.steps=3 " + setting);
    expect(sandbox("sample moons -n 20 --tokens --out a.npy"), 0, {});
    CHECK(tokens(sandbox.array("a.npy"), 8));
    expect(sandbox("sample moons -n 9 --given '2 _' --tokens --out b.npy"), 0, {});
    const NdArray given = sandbox.array("b.npy");
    for (std::size_t k = 0; k < given.values.size(); k += 2) CHECK(given.values[k] == 2);
  }
  sandbox.train("moons", "train.steps=3 sampler.remasking.type=loop");
  expect(sandbox("plot moons"), 0, {});
  expect(sandbox("sample moons -n 9 --solver ctmc_euler --out c.npy"), 2,
         {"[sample] the remasking \"loop\" is of the exact kernel, but the method is another"});
  expect(sandbox("train moons.json -q --overwrite --out moons sampler.top_k=8"), 2,
         {"[sample] /sampler/top_k is 8, but the data has 8 tokens, so it has no effect; set it "
          "below 8, or to 0"});
}

TEST_CASE("quantized rows of a file are for training or held out, and exact samples are rows") {
  const RunWords sandbox;
  NdArray points{{40, 2}, {}, "<f8"};
  for (int k = 0; k < 40; ++k)
    points.values.insert(points.values.end(), {k % 8 + 0.5, k / 8 + 0.25});
  write_npy(sandbox.path("points.npy"), points);
  const std::string data =
      R"('data={"type":"quantize","of":{"type":"npy","path":"points.npy"},"levels":8,"low":0,)"
      R"("high":8,"held_out":0.2}')";
  sandbox.train("moons", data);
  const auto likelihood = sandbox.json("eval moons -n 500").at("likelihood");
  CHECK(likelihood.at("held_out") == true);
  CHECK((likelihood.at("rows") > 1 && likelihood.at("rows") < 20));
  // With few steps, chains reach states of probability 0. Samples must be points of the grid all
  // the same.
  expect(sandbox("sample moons -n 300 --exact --steps 4 --out e.npy"), 0, {});
  expect(sandbox("sample moons -n 300 --exact --steps 1 --tokens --out t.npy"), 0, {});
  CHECK(tokens(sandbox.array("t.npy"), 8));
  for (const double x : sandbox.array("e.npy").values) CHECK(x - std::floor(x) == 0.5);
}

TEST_CASE("tokens of a file: a token as the mask, another file as the source, and exact flows") {
  const RunWords sandbox;
  sandbox.train("table", "source.token=2 sampler.corrector.type=bump");
  expect(sandbox("sample table -n 40 --out a.npy"), 0, {});
  CHECK(tokens(sandbox.array("a.npy"), 4));
  const NdArray drawn = sandbox.array("a.npy");
  CHECK(std::count(drawn.values.begin(), drawn.values.end(), 2) == 0);
  expect(sandbox("sample table -n 3 --given '1 _ 3' --out b.txt"), 0, {});
  for (const std::string& line : sandbox.lines("b.txt")) CHECK(line.substr(0, 2) == "1 ");
  // Samples of the exact flow are rows of the file.
  expect(sandbox("sample table -n 200 --exact --out e.npy"), 0, {});
  const NdArray rows = sandbox.array("table.npy"), exact = sandbox.array("e.npy");
  std::set<std::vector<double>> known;
  for (auto at = rows.values.begin(); at != rows.values.end(); at += 3) known.insert({at, at + 3});
  std::set<std::vector<double>> seen;
  for (auto at = exact.values.begin(); at != exact.values.end(); at += 3) {
    CHECK(known.contains({at, at + 3}));
    seen.insert({at, at + 3});
  }
  CHECK(seen.size() == known.size());
  // The row (1, 1, 0) is in the data file, so its bound on ln P is finite. The row (1, 1, 1) is not
  // in the file and has probability 0.
  NdArray ask = rows;
  ask.values = {1, 1, 0, 1, 1, 1};
  ask.shape = {2, 3};
  write_npy(sandbox.path("ask.npy"), ask);
  expect(sandbox("loglik table --exact --points ask.npy --out p.npy"), 0, {});
  CHECK((sandbox.array("p.npy").values[0] < 0 && sandbox.array("p.npy").values[0] > -10));
  CHECK(sandbox.array("p.npy").values[1] == -std::numeric_limits<double>::infinity());
  // Here source and data are paired rows of two files.
  sandbox.train(
      "table",
      R"('source={"type":"data","of":{"type":"tokens","path":"table.npy","vocabulary":4}}' )"
      "coupling.type=paired");
  expect(sandbox("sample table -n 10 --out a.npy"), 0, {});
  CHECK(tokens(sandbox.array("a.npy"), 4));
  // The bound needs a source that is independent of the data.
  expect(sandbox("loglik table --points table.npy --out p.npy"), 2, {"this run pairs their rows"});
  expect(sandbox("eval table"), 0, {"no likelihood: source and data are paired"});
}

TEST_CASE("a training step of tokens can be inspected, and values that are not finite explained") {
  const RunWords sandbox;
  expect(sandbox("inspect words.json"), 0, {"16 of 48 rows", "weights", "softmax"});
  expect(
      sandbox(
          "train words.json -q --out bad optimizer.lr=1000 optimizer.type=sgd train.clip_norm=0"),
      3, {"[train] step", "lower /optimizer/lr"});
}

TEST_CASE("verbs that cannot be used with tokens are refused with a cure") {
  const RunWords sandbox;
  sandbox.write("ask.txt", "bat\nbxt\n");
  sandbox.write("long.txt", "banana\n");
  sandbox.write("list.txt", "ban\n");
  sandbox.train("words");
  sandbox.train("table");
  struct Case {
    const char* arguments;
    int code;
    const char* part;
  };
  const std::vector<Case> cases{
      {"sample words --solver dopri5", 2,
       "[sample] \"dopri5\" is not a solver for tokens, but /data (words) "
       "of this run is tokens; choose one of: ctmc_kernel ctmc_euler ctmc_adaptive"},
      {"sample words --solver ctmc_eular", 2, "did you mean \"ctmc_euler\"?"},
      {"sample words --rtol 1e-3", 2, "--rtol and --atol are for ODE solvers"},
      {"sample words --given toolong", 2,
       "has 7 characters, but the run's sequences have at most 5"},
      {"sample words --given bxd", 2,
       "character 2 is \"x\", which does not occur in the run's data"},
      {"sample words --label 3", 2, "takes no labels"},
      {"sample words --labels l.npy", 2, "network takes none"},
      {"sample words --guidance 1", 2, "guidance needs"},
      {"sample words --loglik p.npy", 2, "run `pushforward loglik` for a bound"},
      {"sample words --tokens", 2, "--tokens is for quantized data"},
      {"sample table --given '1 _'", 2, "has 2 tokens, but the run's sequences have 3"},
      {"encode words --points a.npy --out b.npy", 2,
       "[encode] /data (words) of words is tokens, which jump from "
       "noise to data and have no velocity; use sample, with --given"},
      {"decode words --points a.npy --out b.npy", 2, "[decode] /data (words)"},
      {"interpolate words --from a.npy --to b.npy --out c.npy", 2, "[interpolate] /data (words)"},
      {"velocity words --points a.npy --t 0.5 --out b.npy", 2,
       "[velocity] /data (words) of words is tokens"},
      {"loglik words --points table.npy --out p.npy", 4,
       "[loglik] table.npy: the sequences have shape (30, "
       "3), but the run's have 5 tokens; give a table (N, 5)"},
      {"loglik words --points ask.txt --out p.npy", 4,
       "[loglik] ask.txt, line 2: character 2 is \"x\""},
      {"loglik words --points long.txt --out p.npy", 4,
       "[loglik] long.txt, line 1: \"banana\" has 6"},
      {"loglik table --points ask.txt --out p.npy", 2, "[loglik] ask.txt: the tokens of this run"},
      {"loglik words --points list.txt --tokens --out p.npy", 2,
       "[loglik] --tokens is for quantized"},
      {"eval words --probes 3", 2,
       "[eval] --divergence and --probes have no effect on the bound of tokens"},
      {"sample words --free x", 2, "--free requires --given"},
      {"sample words --seed -1", 2, "-1 is not a seed; give a whole number from 0 to 2^53"},
      {"sample words --seed 9007199254740993", 2, "is not a seed"},
      {"sample words --exact --given qq", 2, "character 1 is \"q\""},
      {"sample words --exact --given oo", 2, "[given] no sequence of the data fits \"oo\""},
      {"sample words --out a.npy --trajectory a.npy", 2,
       "[file] --out and --trajectory are both a.npy; give two different files"},
      {"sample words --out a.xyz", 2, "[file] a.xyz ends in none of .npy, .csv, .tsv and .txt"},
      {"loglik words --points ask.txt --out told.txt", 2,
       "[file] told.txt ends in none of .npy, .csv and .tsv"},
      {"loglik table --points table.npy --out table.npy", 2,
       "--points and --out are both table.npy"},
      {"sample words --given ''", 2, "--given: it is empty"},
      {"sample words --times 5", 2, "--times requires --trajectory"},
      {"sample words --probes 5", 2, "--probes requires --loglik"},
      {"train moons.json -q --out y data.low=10 data.high=20", 2,
       "[data] 100 % of the numbers to quantize are outside "
       "the levels, from /data/low 10 to /data/high 20"},
      {"train table.json -q --out y source.token=1", 4,
       "[data] table.npy: "
       "row 0, position 1 is 1, the run's mask, which must not occur in the data"},
      {"train words.json -q --out y data.path=nolist", 4, "apt install wamerican"},
      {"train words.json -q --out y 'source={\"type\":\"data\",\"of\":{\"type\":\"text\",\"path\":"
       "\"book\",\"length\":5}}'",
       2,
       "[source] the source has 5 tokens of a vocabulary "
       "of 11, but the data has 5 of 10; make both equal"},
      {"train words.json sampler.type=dopri5", 2,
       "is for continuous data, but /data (words) is tokens"}};
  for (const Case& c : cases) {
    CAPTURE(c.arguments);
    expect(sandbox(c.arguments), c.code, {c.part});
  }
  expect(sandbox("train table.json -q --out y data.vocabulary=3"), 4,
         {"[data] table.npy: row 1, position 2 is 3, but tokens are whole numbers from 0 to 2"});
}

TEST_CASE("options that cannot be used with continuous data are refused with a cure") {
  const Sandbox sandbox;
  sandbox.write("moons.json",
                R"({"name": "moons", "data": {"type": "moons"}, "model": {"hidden": [4]},
                              "train": {"steps": 2, "batch": 8}})");
  sandbox.ask("train moons.json -q --out moons");
  for (const auto& [arguments, part] : std::vector<std::pair<const char*, const char*>>{
           {"sample moons --given ab", "[given] \"ab\" is no assignment to a column"},
           {"sample moons --tokens", "--tokens is for tokens, but /data (moons)"},
           {"sample moons --temperature 0.5", "--temperature and --top-p are for tokens"},
           {"sample moons --top-p 0.5", "--temperature and --top-p are for tokens"},
           {"sample moons --out a.txt", ".txt is for tokens, but /data (moons)"},
           {"sample moons --solver ctmc_kernel", "there is no solver \"ctmc_kernel\""},
           {"data moons --out a.txt", ".txt is for tokens, but moons is continuous data"}}) {
    CAPTURE(arguments);
    expect(sandbox(arguments), 2, {part});
  }
}
