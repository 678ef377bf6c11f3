// Tests runs that hold rows out, as a user makes them: which rows training sees, valid/loss, the best
// weights, the early end, and resumptions of such runs.
#include <cmath>
#include <string>
#include <vector>

#include "apps/formats/npy.h"
#include "nn/checkpoint/safetensors.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"
#include "tests/tools/signals.h"

using namespace pushforward;

namespace {

// A sandbox with tables and a config that trains on one of them for a few steps.
struct HoldoutSandbox : Sandbox {
  HoldoutSandbox() {
    // Rows 2 and 5 are far from the others, so that a mean or a batch that contains them differs.
    write("t.csv", "a,b\n1.5,20\n2.5,31\n900,-800\n2.0,22\n1.75,29\n-700,950\n3.0,30\n2.75,21\n");
    write("six.csv", "a,b\n1.5,20\n2.5,31\n2.0,22\n1.75,29\n3.0,30\n2.75,21\n");
    write("two.csv", "a,b\n900,-800\n-700,950\n");
    write("c.json", R"({"name": "table", "data": {"type": "standardize",
      "of": {"type": "csv", "path": "t.csv"}}, "model": {"hidden": [8]},
      "train": {"steps": 30, "batch": 16, "holdout": [2, 5], "valid_every": 10, "log_every": 1},
      "sampler": {"type": "euler", "steps": 4}})");
  }
  // Returns the samples of a run as bytes.
  std::string samples(const std::string& run) const {
    ask("sample " + run + " -n 20 --out s.npy --seed 3");
    return read("s.npy");
  }
  // Returns the numbers of this key in metrics.jsonl of a run, and their steps.
  std::vector<std::pair<int, double>> metric(const std::string& run, const char* key) const {
    std::vector<std::pair<int, double>> found;
    std::istringstream lines(read(run + "/metrics.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const auto row = nlohmann::json::parse(line);
      if (row.contains(key)) found.emplace_back(row.at("step"), row.at(key));
    }
    return found;
  }
  std::vector<int> steps_of(const std::string& run, const char* key) const {
    std::vector<int> steps;
    for (const auto& [step, value] : metric(run, key)) steps.push_back(step);
    return steps;
  }
  std::string metadata(const std::string& run, const std::string& key) const {
    const Safetensors file = read_safetensors(posix(), path(run + "/model.safetensors"));
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? "none" : found->second;
  }
};

}  // namespace

TEST_CASE("training neither draws nor scales by the rows that it holds out") {
  const HoldoutSandbox sandbox;
  expect(sandbox("train c.json --out rows"), 0, {"valid/loss is ", "the weights of step 30"});
  sandbox.ask(
      "train c.json -q --out six data.of.path=six.csv ~train.holdout "
      "~train.valid_every");
  sandbox.ask("train c.json -q --out file data.of.path=six.csv train.holdout=two.csv");
  const std::string six = sandbox.samples("six");
  CHECK(sandbox.samples("rows") == six);
  CHECK(sandbox.samples("file") == six);
  CHECK(sandbox.metadata("rows", "data.shift") == sandbox.metadata("six", "data.shift"));
  CHECK(sandbox.read("rows/held_out.json") == "{\"rows\":[2,5]}\n");
  CHECK(sandbox.read("file/held_out.json").empty());
  CHECK(sandbox.read("six/held_out.json").empty());
  // Both runs measure the same held-out rows, and the run without any measures nothing.
  CHECK(sandbox.steps_of("rows", "valid/loss") == std::vector<int>{10, 20, 30});
  CHECK(sandbox.metric("rows", "valid/loss") == sandbox.metric("file", "valid/loss"));
  // The columns of the file of held-out rows are found by their names.
  sandbox.write("swapped.csv", "b,c,a\n-800,1,900\n950,2,-700\n");
  sandbox.ask("train c.json -q --out swapped data.of.path=six.csv train.holdout=swapped.csv");
  CHECK(sandbox.metric("swapped", "valid/loss") == sandbox.metric("file", "valid/loss"));
  CHECK(sandbox.metric("six", "valid/loss").empty());
  // Rows that are as far out as these have a large loss.
  CHECK(sandbox.metric("rows", "valid/loss").back().second >
        1000 * sandbox.metric("rows", "train/loss").back().second);
  // With all rows the network learns something else.
  sandbox.ask("train c.json -q --out all ~train.holdout ~train.valid_every");
  CHECK(sandbox.samples("all") != six);
}

TEST_CASE("the seed chooses the rows of a share, and a resumed run has the same ones") {
  const HoldoutSandbox sandbox;
  const std::string share = "train c.json -q train.holdout=0.3 --out ";
  sandbox.ask(share + "a");
  const std::string rows = sandbox.read("a/held_out.json");
  CHECK(nlohmann::json::parse(rows).at("rows").size() == 2);  // 0.3 of 8 rows, rounded
  sandbox.ask(share + "again");
  CHECK(sandbox.read("again/held_out.json") == rows);
  bool other = false;
  for (const char* seed : {"1", "2", "3"}) {
    sandbox.ask(share + "b --overwrite seed=" + seed);
    other = other || sandbox.read("b/held_out.json") != rows;
  }
  CHECK(other);
  expect(sandbox("train c.json --out a --resume train.holdout=0.4"), 2, {"/train/holdout differs"});
  sandbox.write("a/held_out.json", "{\"rows\":[0]}\n");
  expect(
      sandbox("train a/config.json --out a --resume train.steps=40"), 4,
      {"a/held_out.json has other rows than those that this program holds out", "start a new run"});
}

TEST_CASE("a choice of rows that leaves none, or names none, is refused with its cure") {
  const HoldoutSandbox sandbox;
  const std::vector<std::vector<std::string>> refused{
      {"train.holdout=[1,8]", "2",
       "[data] /train/holdout has row 8, but t.csv has 8 rows, 0 to 7; give numbers of its rows, "
       "counted from 0 without the header"},
      {"train.holdout=[0,1,2,3,4,5,6,7]", "2",
       "[data] /train/holdout has all 8 rows of t.csv, so none is left to train on; hold out fewer"},
      {"train.holdout=lost.csv", "4", "lost.csv"},
      {"train.holdout=other.csv", "4",
       "[data] other.csv (/train/holdout) has no column b: its columns are a, c, but t.csv has a, b; "
       "name the columns alike"},
      {"data.of.path=one.csv train.holdout=0.1", "2",
       "[data] one.csv has one row, so /train/holdout 0.1 would leave none to train on; leave it "
       "out, or give a file of other rows"}};
  sandbox.write("other.csv", "a,c\n1,2\n4,5\n");
  sandbox.write("one.csv", "a,b\n1,2\n");
  for (const auto& row : refused) {
    CAPTURE(row[0]);
    expect(sandbox("train c.json --out run " + row[0]), std::stoi(row[1]), {row[2]});
  }
}

TEST_CASE(
    "valid/loss has the same rows, noise and times at each measurement, and averaged weights") {
  const HoldoutSandbox sandbox;
  // Without a change of the weights, all measurements are equal bit by bit.
  sandbox.ask("train c.json -q --out still optimizer.lr=0");
  const auto still = sandbox.metric("still", "valid/loss");
  REQUIRE(still.size() == 3);
  CHECK(still[0].second == still[1].second);
  CHECK(still[0].second == still[2].second);
  // An average that stays at the first weights has their loss, while the weights move.
  const std::string moves = "train c.json -q optimizer.lr=0.05 train.valid_every=30 --out ";
  sandbox.ask(moves + "frozen ema.decay=0.999999999 ema.warmup=false");
  sandbox.ask(moves + "raw ema.decay=0");
  CHECK(sandbox.metric("frozen", "valid/loss")[0].second == Approx(still[0].second).epsilon(1e-4));
  CHECK(std::abs(sandbox.metric("raw", "valid/loss")[0].second / still[0].second - 1) > 1e-3);
  // Other keys of the measurement change nothing in the training.
  sandbox.ask("train c.json -q --out often train.valid_every=1");
  sandbox.ask("train c.json -q --out rarely train.valid_every=29");
  CHECK(sandbox.metric("often", "train/loss") == sandbox.metric("rarely", "train/loss"));
  CHECK(sandbox.samples("often") == sandbox.samples("rarely"));
  CHECK(sandbox.steps_of("rarely", "valid/loss") == std::vector<int>{29, 30});
  const auto often = sandbox.metric("often", "valid/loss");
  REQUIRE(often.size() == 30);
  CHECK(often[28] == sandbox.metric("rarely", "valid/loss")[0]);
}

TEST_CASE("a training ends early when valid/loss has not fallen for long enough, and says so") {
  const HoldoutSandbox sandbox;
  // With a rate of 0 the first measurement stays the least.
  const std::string train = "train c.json optimizer.lr=0 train.steps=100 train.valid_every=5 ";
  expect(sandbox(train + "train.patience=3 --out run"), 0,
         {"ended early, since 3 measurements of valid/loss in a row found none below ",
          "(/train/patience): valid/loss is ", " after step 20 and was least after step 5, ",
          "model.safetensors has the weights of step 20, the last (/train/model \"best\" keeps the "
          "best)"});
  CHECK(sandbox.steps_of("run", "valid/loss") == std::vector<int>{5, 10, 15, 20});
  CHECK(sandbox.steps_of("run", "train/loss").back() == 20);
  const auto report = sandbox.object(train + "train.patience=1 --out one");
  CHECK(report.at("steps") == 10);
  CHECK(report.at("stopped_early") == true);
  CHECK(report.at("finished") == false);
  CHECK(report.at("best_step") == 5);
  // Resumed, it has ended already; with more patience it goes on.
  expect(
      sandbox("train run/config.json --resume --out run"), 0,
      {"the run ended early after step 20, since valid/loss did not fall any more, so nothing is "
       "trained; raise train.patience to train on"});
  CHECK(sandbox.steps_of("run", "train/loss").back() == 20);
  expect(sandbox("train run/config.json --resume --out run train.patience=5"), 0,
         {"resuming at step 20 of 100", "after step 30 and was least after step 5"});
  expect(sandbox("train run/config.json --resume --out run train.patience=0 --max-steps 40"), 0,
         {"stopped at step 40", "resume with: pushforward train run/config.json"});
}

TEST_CASE(
    "the best weights are those of the least valid/loss, on any number of threads and after breaks") {
  const HoldoutSandbox sandbox;
  // A rate this large makes the loss of held-out rows rise in the end.
  const std::string train =
      "train c.json -q train.holdout=[0,6] train.valid_every=4 train.steps=40 optimizer.lr=0.3 "
      "schedule=constant ema.decay=0.5 ";
  sandbox.ask(train + "train.model=best --out best --threads 1");
  sandbox.ask(train + "train.model=last --out last");
  CHECK(timeless(sandbox.read("best/metrics.jsonl")) ==
        timeless(sandbox.read("last/metrics.jsonl")));
  int step = 0;
  double least = INFINITY;
  for (const auto& [at, loss] : sandbox.metric("best", "valid/loss")) {
    if (loss < least) step = at;
    least = std::min(least, loss);
  }
  REQUIRE(step > 0);
  REQUIRE(step < 40);
  CHECK(sandbox.metadata("best", "step") == std::to_string(step));
  CHECK(sandbox.metadata("last", "step") == "40");
  // Its weights are those of a run that is stopped there.
  sandbox.ask(train + "--out stopped --max-steps " + std::to_string(step));
  CHECK(sandbox.samples("best") == sandbox.samples("stopped"));
  CHECK(sandbox.samples("best") != sandbox.samples("last"));
  expect(sandbox("sample best -n 5 --out r.npy --raw"), 0,
         {"--raw takes the weights of step 40, the last, and not those of the best step"});
  // The run with breaks has the same files, bit by bit.
  for (const int stop : {step - 1, step, step + 1, 39}) {
    CAPTURE(stop);
    sandbox.ask(train + "train.model=best --overwrite --out parts --threads 2 --max-steps " +
                std::to_string(stop));
    sandbox.ask("train parts/config.json -q --out parts --resume");
    for (const char* file : {"model.safetensors", "checkpoints/step-00000040.safetensors"})
      CHECK(sandbox.read(std::string("parts/") + file) ==
            sandbox.read(std::string("best/") + file));
    CHECK(timeless(sandbox.read("parts/metrics.jsonl")) ==
          timeless(sandbox.read("best/metrics.jsonl")));
  }
  // A checkpoint before the best step, after a run was killed, leads to the same weights.
  sandbox.ask(train + "train.model=best --overwrite --out parts --max-steps " +
              std::to_string(step - 1));
  sandbox.copy("best/model.safetensors", "parts/model.safetensors");
  sandbox.ask("train parts/config.json -q --out parts --resume");
  CHECK(sandbox.read("parts/model.safetensors") == sandbox.read("best/model.safetensors"));
}

TEST_CASE("a signal during a training with held-out rows loses no measurement") {
  const HoldoutSandbox sandbox;
  const std::string train = "train c.json train.model=best train.valid_every=1 train.steps=300 ";
  sandbox.ask(train + "-q --out whole");
  const Outcome outcome = sandbox.shell(in_background("$pf " + train + "--out parts") +
                                        until_training("parts") + send("INT") + kItsCode);
  if (outcome.code != 0) expect(outcome, 130, {"interrupted at step"});
  sandbox.ask("train parts/config.json -q --out parts --resume");
  CHECK(sandbox.read("parts/model.safetensors") == sandbox.read("whole/model.safetensors"));
  CHECK(sandbox.metric("parts", "valid/loss") == sandbox.metric("whole", "valid/loss"));
}

TEST_CASE("eval compares samples with the held-out rows and says how many there are") {
  const HoldoutSandbox sandbox;
  sandbox.write("digits.json", R"({"data": {"type": "affine", "scale": 0.125, "shift": -1,
    "of": {"type": "digits", "classes": [0, 1]}}, "model": {"hidden": [8],
    "label": {"type": "embedding"}}, "sampler": {"type": "euler", "steps": 4},
    "train": {"steps": 10, "batch": 32, "holdout": 0.1}})");
  expect(sandbox("train digits.json -q --out digits"), 0, {});
  const auto rows = nlohmann::json::parse(sandbox.read("digits/held_out.json")).at("rows").size();
  CHECK(rows == 36);  // a tenth of 360 images
  expect(sandbox("eval digits -n 1000"), 0,
         {"36 samples and 36 held-out rows, seed 0", "exact, samples to held-out rows",
          "nats, held-out rows; for tokens an upper bound",
          "the run holds out 36 rows, so that many samples are compared with them, not 1000"});
  CHECK(nlohmann::json::parse(sandbox.read("digits/eval.json")).at("rows") == "held-out rows");
  // With noise, too, each held-out row is used at most once.
  sandbox.ask(
      "train c.json -q --out noisy 'data={\"type\": \"dequantize\", \"of\": {\"type\": "
      "\"geyser\"}}' train.holdout=0.1");
  expect(sandbox("eval noisy -n 20"), 0, {"20 samples and 20 held-out rows"});
  expect(sandbox("eval noisy -n 1000"), 0, {"27 samples and 27 held-out rows"});
  // The rows of a file are those that eval uses.
  sandbox.write("far.csv", "a,b\n2,20\n2.5,31\n2.25,25\n2.5,27\n1.75,22\n2,29\n3,24\n2.75,28\n");
  sandbox.ask("train c.json -q --out file train.holdout=far.csv");
  const Outcome evaluation = sandbox("eval file");
  expect(evaluation, 0, {"8 samples and 8 held-out rows", "read far.csv: 8 rows"});
  CHECK_FALSE(evaluation.text.find("the run was trained on these rows") != std::string::npos);
  sandbox.write("far.csv", "a,b\n2,20\n2.5,32\n");
  expect(sandbox("eval file"), 0, {"[data] far.csv has changed since file was trained"});
  expect(sandbox("train file/config.json --resume --out file train.steps=40"), 4,
         {"[data] far.csv has changed since file was trained"});
}

TEST_CASE("the loss picture has a curve of the held-out rows, and the progress shows their loss") {
  const HoldoutSandbox sandbox;
  expect(sandbox("train c.json --out run"), 0, {", valid "});
  expect(sandbox("plot run --only loss --marks --out p"), 0, {"loss.png"});
  CHECK_THAT(sandbox.read("p/loss.json"), Contains("held-out rows"));
  sandbox.ask("train c.json -q --out none ~train.holdout ~train.valid_every");
  expect(sandbox("plot none --only loss --marks --out q"), 0, {"loss.png"});
  CHECK_THAT(sandbox.read("q/loss.json"), !Contains("held-out rows"));
}

TEST_CASE("valid/nll is the negative log-likelihood that eval measures on the same rows") {
  const HoldoutSandbox sandbox;
  const std::string train =
      "train c.json -q data.of.path=six.csv train.holdout=far.csv train.nll_every=2 ";
  sandbox.write("far.csv", "a,b\n2,20\n2.5,31\n2.25,25\n2.5,27\n1.75,22\n2,29\n3,24\n2.75,28\n");
  sandbox.ask(train + "--out run sampler=dopri5");
  const auto nll = sandbox.metric("run", "valid/nll");
  REQUIRE(sandbox.steps_of("run", "valid/nll") == std::vector<int>{20, 30});
  const auto report = sandbox.object("eval run");
  CHECK(nll[1].second == Approx(report.at("likelihood").at("nll").get<double>()).epsilon(1e-4));
  CHECK(nll[0].second != nll[1].second);
  expect(
      sandbox("train c.json --out no train.nll_every=1 "
              "'source={\"type\": \"data\", \"of\": {\"type\": \"csv\", \"path\": \"six.csv\"}}'"),
      2,
      {"[train] /train/nll_every asks for the likelihood of the held-out rows, which is unknown: "
       "the source has no density"});
}

TEST_CASE("token runs measure the sequences that /data/held_out holds out") {
  const HoldoutSandbox sandbox;
  std::string words;
  for (char a = 'a'; a < 'p'; ++a)
    for (char b = 'a'; b < 'f'; ++b) words += std::string{a, b, a, '\n'};
  sandbox.write("list.txt", words);
  sandbox.write("w.json", R"({"data": {"type": "words", "path": "list.txt", "longest": 3,
    "held_out": 0.3}, "model": {"type": "token_mlp", "embed": 4, "hidden": [8]},
    "optimizer": {"type": "adam", "lr": 0},
    "train": {"steps": 20, "batch": 16, "valid_every": 5}})");
  expect(sandbox("train w.json --out w train.patience=2"), 0,
         {"ended early, since 2 measurements of valid/loss"});
  CHECK(sandbox.steps_of("w", "valid/loss") == std::vector<int>{5, 10, 15});
  const auto losses = sandbox.metric("w", "valid/loss");
  CHECK(losses[0].second == losses[2].second);
  CHECK(losses[0].second > 0);
  // With a rate, the best weights of a token run have the same bits after a break.
  const std::string best = "train w.json -q optimizer.lr=0.3 train.model=best --out ";
  sandbox.ask(best + "whole");
  sandbox.ask(best + "parts --max-steps 7");
  sandbox.ask("train parts/config.json -q --out parts --resume");
  CHECK(sandbox.read("parts/model.safetensors") == sandbox.read("whole/model.safetensors"));
  CHECK(timeless(sandbox.read("parts/metrics.jsonl")) ==
        timeless(sandbox.read("whole/metrics.jsonl")));
  sandbox.ask("train w.json -q --out none data.held_out=0 ~train.valid_every");
  CHECK(sandbox.metric("none", "valid/loss").empty());
}

TEST_CASE("paired rows of data and source are held out together") {
  const HoldoutSandbox sandbox;
  sandbox.write("s.csv", "a,b\n0,1\n1,0\n7000,9000\n1,1\n0,0\n8000,-7000\n2,1\n1,2\n");
  sandbox.write("s6.csv", "a,b\n0,1\n1,0\n1,1\n0,0\n2,1\n1,2\n");
  const auto pairs = [](const std::string& source) {
    return " coupling=paired 'source={\"type\": \"data\", \"of\": {\"type\": \"csv\", \"path\": \"" +
           source + "\"}}' ";
  };
  expect(sandbox("train c.json --out eight" + pairs("s.csv")), 0, {"valid/loss is "});
  sandbox.ask(
      "train c.json -q --out six data.of.path=six.csv ~train.holdout "
      "~train.valid_every" +
      pairs("s6.csv"));
  CHECK(sandbox.metric("eight", "train/loss") == sandbox.metric("six", "train/loss"));
}

TEST_CASE(
    "tables of one row, of fewer rows than a batch and of repeated rows are learned, with a hint") {
  const HoldoutSandbox sandbox;
  std::string repeated = "a,b\n", equal = "a,b\n";
  for (int k = 0; k < 6; ++k) {
    repeated += "1,2\n3,5\n";
    equal += "1,2\n";
  }
  sandbox.write("repeated.csv", repeated);
  sandbox.write("equal.csv", equal);
  sandbox.write("one.csv", "a,b\n1,2\n");
  sandbox.write("three.csv", "a,b\n1,2\n3,4\n5,7\n");
  const std::vector<std::pair<std::string, std::string>> tables{
      {"one.csv", "hint: the data has one row, so the flow can only learn this one point"},
      {"equal.csv", "hint: all 6 rows are equal, so the flow can only learn this one point"},
      {"repeated.csv",
       "hint: of the 12 rows, 2 are different, so the flow learns points that occur "
       "several times"},
      {"three.csv", ""}};
  for (const auto& [table, hint] : tables) {
    for (const char* coupling : {"independent", "ot", "sinkhorn"}) {
      CAPTURE(table, coupling);
      const std::string all = " ~train.holdout ~train.valid_every coupling.type=";
      const Outcome outcome =
          sandbox("train c.json --overwrite --out run data.of.path=" + table + all + coupling);
      expect(outcome, 0, {hint, "trained step 30"});
      if (hint.empty()) CHECK(outcome.text.find("hint: ") == std::string::npos);
      expect(sandbox("sample run -n 3 --out s.csv"), 0, {});
      if (table == "one.csv" || table == "equal.csv")
        CHECK(sandbox.read("s.csv") == "a,b\n1,2\n1,2\n1,2\n");
      expect(sandbox("eval run"), 0, {"training rows"});
    }
  }
  // One of three rows can be held out, and eval compares with it.
  expect(sandbox("train c.json --overwrite --out run data.of.path=three.csv train.holdout=0.1"), 0,
         {"valid/loss is "});
  expect(sandbox("eval run"), 0,
         {"1 sample and 1 held-out row,",
          "the run holds out 1 row, so that many samples are compared with it, not 2000"});
}
