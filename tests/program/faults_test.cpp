// Tests the program when messages, files, data, signals or memory fail: what it does, prints and
// leaves behind.
#include <cstdint>
#include <string>

#include "apps/formats/npy.h"
#include "tests/tools/catch.h"
#include "tests/tools/no_threads.h"
#include "tests/tools/sandbox.h"
#include "tests/tools/signals.h"

using namespace pushforward;

namespace {

// A run that takes a second at most and writes many checkpoints and metrics.
const char* const kQuickRun = R"({"name": "quick", "data": {"type": "moons"},
  "model": {"hidden": [8]}, "sampler": {"type": "rk4", "steps": 4},
  "train": {"steps": 200, "batch": 64, "checkpoint_every": 50, "log_every": 1}})";

std::string csv_rows(int rows, double scale) {
  std::string text = "a,b\n";
  for (int k = 0; k < rows; ++k)
    text += std::to_string(k % 7) + "," + std::to_string(scale * (k % 5)) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a message that cannot be written does not end the program or change its exit code") {
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  expect(sandbox("train quick.json --out a"), 0, {});
  expect(sandbox("train quick.json --out full 2>/dev/full"), 0, {});
  expect(sandbox.shell("$pf train quick.json --out closed 2>&-"), 0, {});
  // When the program writes its last message, nobody reads the pipe any more.
  expect(
      sandbox.shell("{ $pf train quick.json --out pipe 2>&1 >/dev/null; echo $? >code; } | true; "
                    "exit $(cat code)"),
      0, {});
  for (const char* run : {"full", "closed", "pipe"})
    CHECK(sandbox.read(std::string(run) + "/model.safetensors") ==
          sandbox.read("a/model.safetensors"));
  // This training lasts beyond the first line of progress, which is printed after five seconds.
  expect(sandbox.shell(
             in_background("$pf train quick.json train.steps=100000000 train.log_every=100000 "
                           "train.checkpoint_every=100000000 --out long 2>/dev/full") +
             "sleep 6; " + send("INT") + kItsCode),
         130, {});
  expect(sandbox.shell("$pf train none.json 2>&-"), 4, {});
  expect(sandbox.shell("$pf dance 2>&-"), 2, {});
  expect(sandbox("sample a --solver nosuch 2>/dev/full"), 2, {});
}

TEST_CASE("descriptors that are closed at the start are not used for files of the program") {
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  sandbox.ask("train quick.json --out a");
  expect(sandbox.shell("$pf train quick.json --out b <&- 2>&-"), 0, {});
  CHECK(timeless(sandbox.read("b/metrics.jsonl")) == timeless(sandbox.read("a/metrics.jsonl")));
  // A result that cannot be printed is an error, but the work is done.
  expect(sandbox.shell("$pf train quick.json --out c <&- >&-"), 4, {"[output]", "Bad file"});
  CHECK(timeless(sandbox.read("c/metrics.jsonl")) == timeless(sandbox.read("a/metrics.jsonl")));
  expect(sandbox("sample a -n 5 --out s.npy >/dev/full"), 4, {"[output]", "No space"});
  CHECK(app::read_npy(sandbox.path("s.npy")).shape == std::vector<std::size_t>{5, 2});
  expect(sandbox("plot a -n 20 --only loss,samples --out pictures >/dev/full"), 4, {});
  CHECK_FALSE(sandbox.read("pictures/loss.svg").empty());
  CHECK_FALSE(sandbox.read("pictures/samples.svg").empty());
}

TEST_CASE("a terminal gets no control characters, and JSON only valid UTF-8") {
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  for (const char* arguments :
       {"$'d\\eance'", "sample $'r\\eun'", "train $'c\\e.json'", "list $'k\\eind'",
        "data $'m\\eoons' -n 3 --out a.npy", "train quick.json $'train.st\\eeps=3'",
        "data csv $'path=no\\ene.csv' -n 1 --out a.npy", "sample run $'--b\\eell'"}) {
    const Outcome outcome = sandbox.shell(std::string("bash -c \"$pf ") + arguments + "\"");
    INFO(outcome.text);
    CHECK(outcome.code > 1);
    CHECK(outcome.text.find('\x1b') == std::string::npos);
    CHECK_THAT(outcome.text, Contains("\\x1b"));
  }
  const Outcome named = sandbox.shell(
      "bash -c \"$pf train quick.json -q --json --out $'o\\xff'; "
      "$pf sample $'o\\xff' -n 2 --json\"");
  expect(named, 0, {R"("run":"o\\xff")", R"("out":"o\\xff/samples/samples-0.npy")"});
}

TEST_CASE("SIGHUP writes a checkpoint, also if it is sent twice, and nohup is respected") {
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  const std::string train =
      "$pf train quick.json train.steps=100000000 train.checkpoint_every=100000000 --out ";
  expect(sandbox.shell(in_background(train + "a") + until_training("a") + send("HUP") +
                       send("HUP") + kItsCode),
         130, {"interrupted at step"});
  CHECK_FALSE(sandbox.read("a/checkpoints/LATEST").empty());
  expect(sandbox.shell(in_background("nohup " + train + "b") + until_training("b") + send("HUP") +
                       "sleep 0.5; " + send_if_running("TERM") + kItsCode),
         130, {"interrupted at step"});
}

TEST_CASE("a signal interrupts a step, and the step is repeated later with the same bits") {
  const Sandbox sandbox;
  // A training step takes many seconds, and each of its chunks of rows a fraction of a second.
  sandbox.write("slow.json", R"({"data": {"type": "moons"}, "model": {"hidden": [1024, 1024]},
    "train": {"steps": 2, "batch": 1000000}})");
  expect(sandbox.shell(in_background("$pf train slow.json --out a --threads 1") +
                       until("[ -e a/metrics.jsonl ]") + "sleep 1; " + send("TERM") + kUntilItEnds +
                       send_if_running("KILL") + kItsCode),
         130, {"interrupted at step 0"});
}

TEST_CASE("pipes in place of files do not hang or delay signals") {
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  sandbox.ask("train quick.json -q --out run");
  expect(sandbox.shell("mkfifo out.npy && timeout 20 $pf sample run -n 3 --out out.npy"), 4,
         {"cannot write out.npy", "nobody reads this pipe"});
  expect(sandbox.shell("(cat out.npy >got.npy &) ; sleep 0.3; $pf sample run -n 3 --out out.npy"),
         0, {});
  for (const char* file :
       {"model.safetensors", "metrics.jsonl", "checkpoints/step-00000200.safetensors"}) {
    const std::string path = std::string("run/") + file;
    const std::string verb = path == "run/model.safetensors"
                                 ? "sample run -n 3 --out a.npy"
                                 : "train quick.json --resume --out run";
    sandbox.move(path, "kept");
    expect(sandbox.shell("mkfifo " + path + " && timeout 20 $pf " + verb), 4,
           {path, "is a pipe or a device"});
    sandbox.remove(path);
    sandbox.move("kept", path);
  }
}

TEST_CASE("if the system refuses threads, the error says how many it provides") {
  if (!NoThreads::possible) return;  // sanitizers need all of the address space
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  expect(sandbox.shell(with_memory(4000000) + "$pf train quick.json --threads 1024 --out a"), 2,
         {"[workers] the system refuses thread", "(--threads "});
  CHECK(sandbox.read("a/config.json").empty());
}

TEST_CASE("if memory is refused, no folder is made and no run is replaced") {
  if (!NoThreads::possible) return;  // sanitizers need all of the address space
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  sandbox.ask("train quick.json -q --out old");
  const std::string model = sandbox.read("old/model.safetensors");
  // The weights fit into the limit, but the activations of a chunk do not.
  const std::string large =
      with_memory(1200000) +
      "$pf train quick.json --threads 1 model.hidden='[60000,2,60000,2,60000,2,"
      "60000,2,60000,2,60000,2,60000,2,60000,2,60000]' train.batch=128 ";
  expect(sandbox.shell(large + "--out new"), 1, {"[memory]"});
  CHECK_FALSE(sandbox.exists("new"));
  expect(sandbox.shell(large + "--out old --overwrite"), 1, {"[memory]"});
  CHECK(sandbox.read("old/model.safetensors") == model);
}

TEST_CASE("if data has changed since the training, resume refuses and eval and plot warn") {
  const Sandbox sandbox;
  sandbox.write("rows.csv", csv_rows(70, 1));
  sandbox.write("csv.json", R"({"data": {"type": "standardize", "of": {"type": "csv",
    "path": "rows.csv"}}, "model": {"hidden": [8]}, "eval": {"n": 50},
    "train": {"steps": 60, "batch": 32, "checkpoint_every": 20}})");
  expect(sandbox("train csv.json --out whole"), 0, {});
  expect(sandbox("train csv.json --out run --max-steps 20"), 0, {});
  CHECK_THAT(sandbox.read("run/env.json"), Contains("\"xxh3\"") && Contains("/data/of/path"));
  sandbox.write("rows.csv", csv_rows(70, 10));
  const std::string changed = "rows.csv has changed since run was trained: it had ";
  const Outcome refused = sandbox("train csv.json --out run --resume");
  expect(refused, 4, {changed, "bytes (xxh3 ", "put the old file back"});
  expect(sandbox("eval run"), 0, {changed});
  expect(sandbox("plot run --only samples -n 20"), 0, {changed});
  const Outcome sampled = sandbox("sample run -n 5 --out s.npy");
  CHECK(sampled.text.find(changed) == std::string::npos);  // sample reads no data
  // A run whose env.json has no record of its data files is used as it is. Data that is restored
  // gives no warning.
  sandbox.copy("run", "old");
  nlohmann::json environment = nlohmann::json::parse(sandbox.read("old/env.json"));
  REQUIRE(environment.erase("data") == 1);
  sandbox.write("old/env.json", environment.dump(2));
  expect(sandbox("eval old"), 0, {});
  sandbox.write("rows.csv", csv_rows(70, 1));
  expect(sandbox("train csv.json --out run --resume"), 0, {});
  CHECK(sandbox.read("run/checkpoints/step-00000060.safetensors") ==
        sandbox.read("whole/checkpoints/step-00000060.safetensors"));
  // --overwrite refuses to delete data that the new run reads.
  sandbox.copy("rows.csv", "run/samples/rows.csv");
  expect(sandbox("train csv.json data.of.path=run/samples/rows.csv --out run --overwrite"), 2,
         {"--overwrite would remove run/samples/rows.csv"});
}

TEST_CASE("a run can be used from any folder, and without its data if the verb needs none") {
  const Sandbox sandbox;
  sandbox.write("rows.csv", csv_rows(70, 1));
  sandbox.write("csv.json", R"({"data": {"type": "csv", "path": "rows.csv",
    "guess": "no"}, "name": "run",
    "model": {"hidden": [8]}, "eval": {"n": 50}, "train": {"steps": 60, "batch": 32}})");
  sandbox.ask("train csv.json --max-steps 30");
  sandbox.ask("train csv.json --out whole");
  sandbox.make_folder("sub");
  expect(sandbox.from("sub", "eval ../runs/run"), 0, {});
  expect(sandbox.from("sub", "plot ../runs/run --only samples -n 20"), 0, {});
  expect(sandbox.from("sub", "train ../runs/run/config.json --resume --out ../runs/run"), 0, {});
  CHECK(sandbox.read("runs/run/checkpoints/step-00000060.safetensors") ==
        sandbox.read("whole/checkpoints/step-00000060.safetensors"));
  // Another file with this name in the folder is not mistaken for the data.
  sandbox.write("sub/rows.csv", "1,2\n");
  expect(sandbox.from("sub", "eval ../runs/run"), 0,
         {"rows.csv is read, from which the run was trained"});
  // Here the run is copied to another place and its data is moved.
  sandbox.make_folder("far");
  sandbox.copy("runs/run", "far/run");
  sandbox.move("rows.csv", "gone.csv");
  sandbox.write("p.csv", "a,b\n1,2\n3,4\n");
  for (const char* arguments :
       {"sample run -n 5 --out s.npy", "loglik run --points ../p.csv --out l.npy",
        "encode run --points ../p.csv --out e.npy", "decode run --points ../p.csv --out d.npy",
        "velocity run --points ../p.csv --t 0.5 --out v.npy",
        "interpolate run --from ../p.csv --to ../p.csv --out i.npy"}) {
    INFO(arguments);
    expect(sandbox.from("far", arguments), 0, {});
  }
  for (const char* format : {"text", "dot", "json", "trace"})
    expect(sandbox.from("far", std::string("inspect run --format ") + format), 0,
           {"rows.csv is missing, so random rows of the same shape stand in", "linear 0"});
  expect(sandbox.from("far", "eval run"), 4,
         {"rows.csv", "was trained with " + sandbox.path("rows.csv"),
          "relative paths are read from " + sandbox.path("far")});
  expect(sandbox("data csv path=none.csv -n 1 --out a.npy"), 4,
         {"none.csv", "it was looked for in "});
}

TEST_CASE("runs on tokens can be inspected without their data too") {
  const Sandbox sandbox;
  sandbox.write("words.txt",
                "apple\nbread\ncandy\ndelta\neagle\nfable\ngrape\nhotel\nindex\njelly\n");
  sandbox.write("words.json", R"({"data": {"type": "words", "path": "words.txt", "held_out": 0},
    "train": {"steps": 5, "batch": 16}, "name": "words"})");
  expect(sandbox("train words.json"), 0, {});
  sandbox.remove("words.txt");
  expect(sandbox("inspect runs/words"), 0,
         {"words.txt is missing", "One chunk of a training step"});
  expect(sandbox("sample runs/words -n 2 --out w.txt"), 0, {});
}

TEST_CASE("outputs and inputs of one command must be different files, whatever their names") {
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  sandbox.ask("train quick.json -q --out run");
  sandbox.ask("sample run -n 5 --out p.npy");
  sandbox.write("rows.csv", csv_rows(9, 1));
  expect(sandbox.shell("ln -s p.npy link.npy && ln p.npy hard.npy && cp p.npy kept.npy"), 0, {});
  for (const char* arguments :
       {"sample run -n 3 --out x.npy --loglik ./x.npy",
        "sample run -n 3 --out x.npy --labels x.npy",
        "sample run -n 3 --out x.npy --trajectory ./x.npy",
        "sample run -n 3 --trajectory run/samples/samples-0.npy",
        "loglik run --points p.npy --out ./p.npy", "loglik run --points p.npy --out link.npy",
        "loglik run --points p.npy --out x.npy --gradient hard.npy",
        "encode run --points link.npy --out p.npy", "decode run --points p.npy --out hard.npy",
        "velocity run --points p.npy --t 0.5 --out ./p.npy",
        "interpolate run --from p.npy --to kept.npy --out ./kept.npy",
        "inspect run --out run/config.json", "inspect quick.json --out ./quick.json",
        "inspect run --out run/model.safetensors", "data csv path=rows.csv -n 3 --out ./rows.csv",
        "config check quick.json >>quick.json", "loglik run --points p.npy --out x.npy >>p.npy",
        "compare p.npy kept.npy >>p.npy", "eval run --json >run/eval.json"}) {
    INFO(arguments);
    const Outcome outcome = sandbox(arguments);
    CHECK(outcome.code == 2);
  }
  CHECK(sandbox.read("p.npy") == sandbox.read("kept.npy"));
  CHECK(sandbox.read("x.npy").empty());
  CHECK(sandbox.read("quick.json") == kQuickRun);
  expect(sandbox("sample run -n 3 --out x.npy --trajectory y.npy --loglik z.npy"), 2, {});
  expect(sandbox("sample run -n 3 --out x.npy --loglik z.npy"), 0, {});
}

TEST_CASE("an incomplete run and a dangling link are named as such") {
  const Sandbox sandbox;
  sandbox.write("quick.json", kQuickRun);
  sandbox.ask("train quick.json -q --out run");
  expect(sandbox.shell("rm run/config.json && ln -s nothing link"), 0, {});
  const std::string lost = "holds a run that has lost its config.json";
  expect(sandbox("train quick.json --out run"), 4, {lost});
  expect(sandbox("train quick.json --out run --resume"), 4, {lost});
  expect(sandbox("sample run -n 1"), 4, {lost});
  sandbox.ask("config show quick.json > run/config.json");
  expect(sandbox("train quick.json --out run --resume"), 0, {"resuming at step 200"});
  expect(sandbox("train quick.json --out link"), 4, {"link is a link to what is not there"});
  expect(sandbox("train quick.json --out link/below"), 4, {"cannot make the folder"});
}
