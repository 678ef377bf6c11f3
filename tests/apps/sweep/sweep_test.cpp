// Tests `pushforward sweep` as a user runs it.
#include "tests/tools/sandbox.h"
#include "tests/tools/signals.h"

namespace pushforward {
namespace {

constexpr const char* kTiny = R"({"data": {"type": "moons"}, "model": {"hidden": [8]},
  "eval": {"n": 40}, "train": {"steps": 6, "batch": 32, "log_every": 1}})";

// Waits until the runs of a sweep in the background have taken 40 steps together.
std::string until_sweeping(const std::string& folder) {
  return until("[ $(cat " + folder + "/*/metrics.jsonl 2>/dev/null | grep -c step) -gt 40 ]");
}

// A shell command that prints the numbers of its child processes.
const std::string kChildren = "cat /proc/$p/task/*/children";

}  // namespace

TEST_CASE("runs of a sweep have the bits of the same trainings alone, and a broken one goes on",
          "[sweep]") {
  const Sandbox sandbox(folder_in_memory());
  sandbox.write("tiny.json", kTiny);
  const std::string command = "sweep tiny.json optimizer.lr=0.01,0.02 seed=0..1 --out all --jobs 2";
  expect(sandbox(command + " --eval"), 0,
         {"4/4", "mean +- standard deviation over the seeds", "above_entropy", "all/sweep.csv"});
  sandbox.ask("train tiny.json optimizer.lr=0.02 seed=1 --out alone -q");
  const std::string weights = sandbox.read("alone/model.safetensors");
  CHECK_FALSE(weights.empty());
  CHECK(sandbox.read("all/lr=0.02,seed=1/model.safetensors") == weights);

  // The same command does nothing again: no run is measured, and the table is the same.
  const std::string table = sandbox.read("all/sweep.csv");
  const Outcome again = sandbox(command + " --eval");
  CHECK_THAT(again.text, Contains("4 of 4 runs are done already"));
  CHECK(again.text.find("measured in") == std::string::npos);
  CHECK(sandbox.read("all/sweep.csv") == table);

  // A run that is missing is trained, and other settings are refused before any work.
  sandbox.remove("all/lr=0.02,seed=1");
  CHECK(sandbox(command).code == 0);
  CHECK(sandbox.read("all/lr=0.02,seed=1/model.safetensors") == weights);
  expect(
      sandbox(command + " model.activation=relu"), 2,
      {"[sweep] all/lr=0.01,seed=0 was trained with another /model/activation; give another --out"});
  CHECK(sandbox(command + " model.activation=relu --overwrite -q").code == 0);
  CHECK(sandbox.read("all/lr=0.02,seed=1/model.safetensors") != weights);
}

TEST_CASE("shards of a sweep share its runs, and the whole writes the table", "[sweep]") {
  const Sandbox sandbox(folder_in_memory());
  sandbox.write("tiny.json", kTiny);
  CHECK(sandbox("sweep tiny.json seed=0..2 --shard 2/2 -q").code == 0);
  CHECK(sandbox.exists("runs/tiny-sweep/seed=1/model.safetensors"));
  CHECK_FALSE(sandbox.exists("runs/tiny-sweep/seed=0/config.json"));
  CHECK_FALSE(sandbox.exists("runs/tiny-sweep/sweep.csv"));
  CHECK(sandbox("sweep tiny.json seed=0..2 --shard 1/2 -q").code == 0);
  CHECK(sandbox.exists("runs/tiny-sweep/seed=2/model.safetensors"));
  CHECK(sandbox("sweep tiny.json seed=0..2 -q").code == 0);
  CHECK(sandbox.exists("runs/tiny-sweep/sweep.png"));
}

TEST_CASE("a run of a sweep that fails is named and does not stop the others", "[sweep]") {
  const Sandbox sandbox(folder_in_memory());
  sandbox.write("tiny.json", kTiny);
  const Outcome outcome = sandbox(
      "sweep tiny.json optimizer.type=sgd optimizer.lr=1000,0.01 train.steps=200 train.clip_norm=0 "
      "--jobs 1 --out all");
  expect(outcome, 3,
         {"1/2 lr=1000: failed (exit 3): [nonfinite]", "all/lr=1000.log has all", "2/2 lr=0.01",
          "1 of 2 runs failed; the same command tries them again"});
  CHECK_FALSE(sandbox.read("all/lr=0.01/model.safetensors").empty());
}

TEST_CASE("a signal stops all runs of a sweep at a checkpoint, and --jobs run at a time",
          "[sweep]") {
  const Sandbox sandbox(folder_in_memory());
  sandbox.write("tiny.json", kTiny);
  for (const char* jobs : {"1", "2"}) {
    CAPTURE(jobs);
    const std::string folder = std::string("jobs-") + jobs;
    // Waits until the runs have begun, counts the children and sends a signal to the sweep alone.
    const Outcome outcome =
        sandbox.shell(in_background("$pf sweep tiny.json seed=0..2 train.steps=5000000 --jobs " +
                                    std::string(jobs) + " --out " + folder) +
                      until_sweeping(folder) + until_training(folder + "/seed=0") +
                      "echo children $(" + kChildren + " | wc -w); " + send("TERM") + kItsCode);
    CHECK(outcome.code == 130);
    CHECK_THAT(outcome.text, Contains(std::string("children ") + jobs + "\n"));
    CHECK_THAT(outcome.text,
               Contains("interrupted; the same command goes on with the sweep in " + folder));
    CHECK(sandbox.exists(folder + "/seed=0/checkpoints/LATEST"));
  }
}

TEST_CASE("a run that a signal from outside interrupts gives the sweep the code of an interruption",
          "[sweep]") {
  const Sandbox sandbox(folder_in_memory());
  sandbox.write("tiny.json", kTiny);
  // The first run, which is long, gets a signal when it has begun. The second one is short.
  const Outcome outcome =
      sandbox.shell(in_background("$pf sweep tiny.json train.steps=5000000,6 --jobs 1 --out all") +
                    until_sweeping("all") + "kill -INT $(" + kChildren + "); " + kItsCode);
  CHECK(outcome.code == 130);
  CHECK_THAT(outcome.text, Contains("1/2 steps=5000000: interrupted"));
  CHECK_THAT(outcome.text, Contains("2/2 steps=6: trained"));
  CHECK_THAT(outcome.text,
             Contains("1 of 2 runs were interrupted; the same command goes on with them"));
}

TEST_CASE("a run that ended early for lack of patience is neither trained nor measured again",
          "[sweep]") {
  const Sandbox sandbox(folder_in_memory());
  sandbox.write("geyser.json", R"({"data": {"type": "geyser"}, "model": {"hidden": [8]},
    "optimizer": {"lr": 1}, "eval": {"n": 40},
    "train": {"steps": 400, "batch": 32, "holdout": 0.2, "valid_every": 2, "patience": 2}})");
  const std::string command = "sweep geyser.json seed=0..1 --out all --eval";
  expect(sandbox(command), 0, {"2/2", "measured in"});
  // It did end before its last step.
  const std::string metrics = sandbox.read("all/seed=0/metrics.jsonl");
  REQUIRE(metrics.find("\"step\":400") == std::string::npos);
  const std::string model = sandbox.read("all/seed=0/model.safetensors");
  const Outcome again = sandbox(command);
  CHECK(again.code == 0);
  CHECK_THAT(again.text, Contains("2 of 2 runs are done already"));
  CHECK(again.text.find("measured in") == std::string::npos);
  CHECK(again.text.find("trained in") == std::string::npos);
  CHECK(sandbox.read("all/seed=0/model.safetensors") == model);
  // With more patience it goes on.
  expect(sandbox(command + " train.patience=3"), 0, {"trained in", "measured in"});
}

}  // namespace pushforward
