// Tests the program as a user runs it: verbs, errors with their exit codes, interrupts, resumed
// runs, and equal results on any number of threads.
#include <string>

#include "apps/formats/npy.h"
#include "paths.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"
#include "tests/tools/signals.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// A small run: 120 steps of a small network, with a checkpoint every 40 steps.
const char* const kSmallRun = R"({"name": "small", "data": {"type": "moons"},
  "model": {"type": "mlp", "hidden": [16, 16], "dropout": 0.1},
  "train": {"steps": 120, "batch": 300, "checkpoint_every": 40, "log_every": 10},
  "sampler": {"type": "rk4", "steps": 8}})";

}  // namespace

TEST_CASE("a config is trained, sampled, evaluated at points and plotted") {
  const Sandbox sandbox;
  sandbox.write("small.json", kSmallRun);
  expect(sandbox("train small.json"), 0, {"runs/small"});
  for (const char* name :
       {"config.json", "env.json", "metrics.jsonl", "model.safetensors", "checkpoints/LATEST"}) {
    INFO(name);
    CHECK_FALSE(sandbox.read(std::string("runs/small/") + name).empty());
  }
  expect(sandbox("sample runs/small -n 50 --out a.npy --trajectory path.npy --times 5"), 0,
         {"a.npy"});
  CHECK(pushforward::app::read_npy(sandbox.path("a.npy")).shape == std::vector<std::size_t>{50, 2});
  CHECK(pushforward::app::read_npy(sandbox.path("path.npy")).shape ==
        std::vector<std::size_t>{5, 50, 2});
  expect(sandbox("sample runs/small -n 50 --raw --solver dopri5 --rtol 1e-4 --out raw.csv"), 0,
         {"raw.csv"});
  expect(sandbox("velocity runs/small --points a.npy --t 0.25 --out u.npy"), 0, {});
  CHECK(pushforward::app::read_npy(sandbox.path("u.npy")).shape == std::vector<std::size_t>{50, 2});
  expect(sandbox("plot runs/small -n 60"), 0,
         {"samples.png", "density.svg", "likelihood.png", "field.png", "loss.png", "flow.webp"});
  for (const char* format : {"text", "dot", "json", "trace"}) {
    expect(sandbox(std::string("inspect runs/small --format ") + format), 0, {"linear 0", "vjp"});
  }
  // The folder runs/small exists, so the second run gets another one.
  expect(sandbox("train small.json --max-steps 10"), 0, {"runs/small-2", "--resume"});
}

TEST_CASE("a run has the pictures that its data, source and network permit") {
  const Sandbox sandbox;
  const std::string small = R"("model": {"hidden": [8], "label": {"type": "LABEL"}},
      "train": {"steps": 10, "batch": 32}, "sampler": {"type": "SAMPLER", "steps": 4}})";
  const auto plot = [&](const std::string& data, const std::string& label,
                        const std::string& sampler) {
    std::string rest = small;
    rest.replace(rest.find("LABEL"), 5, label);
    rest.replace(rest.find("SAMPLER"), 7, sampler);
    sandbox.write("run.json", "{\"version\": 1, " + data + ", " + rest);
    expect(sandbox("train run.json --out run --overwrite"), 0, {});
    const Outcome outcome = sandbox("plot run -n 60 --out pictures");
    INFO(outcome.text);
    CHECK(outcome.code == 0);
    return outcome.text;
  };
  // A mixture has an exact field. The density is drawn even if the config's sampler solves an SDE.
  const std::string mixture = plot(R"("data": {"type": "8gaussians"})", "none", "euler_maruyama");
  CHECK_THAT(mixture,
             Contains("exact.png") && Contains("likelihood.png") && !Contains("classes.png"));
  const std::string line =
      plot(R"("data": {"type": "mixture", "means": [[-1], [1]], "stds": [0.3, 0.3]})", "embedding",
           "euler");
  CHECK_THAT(line, Contains("exact.svg") && Contains("likelihood.svg") && !Contains("classes"));
  // With optimal transport the network learns another field than the exact one. Circles without
  // noise have no density.
  const std::string moved = plot(
      R"("data": {"type": "moons"}, "source": {"type": "data", "of": {"type": "circles", "noise": 0}}, "coupling": {"type": "ot"})",
      "embedding", "rk4");
  CHECK_THAT(moved, Contains("classes.png") && !Contains("exact.png") &&
                        Contains("no picture of the likelihood: "
                                 "[likelihood] the source has no density in closed form"));
  const std::string images = plot(R"("data": {"type": "digits"})", "embedding", "rk4");
  CHECK_THAT(images, Contains("classes.png") && Contains("interpolation.png"));
}

TEST_CASE("results have the same bits on any number of threads, also after an interruption") {
  const Sandbox sandbox;
  sandbox.write("small.json", kSmallRun);
  sandbox.ask("train small.json --out one --threads 1");
  for (const char* threads : {"2", "4"}) {
    sandbox.ask(std::string("train small.json --overwrite --out many --threads ") + threads);
    CHECK(sandbox.read("many/model.safetensors") == sandbox.read("one/model.safetensors"));
    CHECK(timeless(sandbox.read("many/metrics.jsonl")) ==
          timeless(sandbox.read("one/metrics.jsonl")));
    sandbox.ask("sample one -n 400 --out one.npy --threads 1");
    sandbox.ask(std::string("sample one -n 400 --out many.npy --threads ") + threads);
    CHECK(sandbox.read("one.npy") == sandbox.read("many.npy"));
  }
  sandbox.ask("train small.json --out parts --max-steps 57");
  sandbox.ask("train small.json --out parts --resume");
  CHECK(sandbox.read("parts/checkpoints/step-00000120.safetensors") ==
        sandbox.read("one/checkpoints/step-00000120.safetensors"));
  CHECK(timeless(sandbox.read("parts/metrics.jsonl")) ==
        timeless(sandbox.read("one/metrics.jsonl")));
  expect(sandbox("train small.json --out parts --resume optimizer.lr=0.5"), 2, {"/optimizer/lr"});
}

TEST_CASE("a signal writes a checkpoint, and the program exits with 130") {
  const Sandbox sandbox;
  sandbox.write("small.json", kSmallRun);
  for (const std::string signal : {"INT", "TERM"}) {
    const Outcome outcome =
        sandbox.shell(in_background("$pf train small.json train.steps=100000000 --out " + signal) +
                      until_training(signal) + send(signal) + kItsCode);
    expect(outcome, 130, {"interrupted at step", "--resume"});
    CHECK_FALSE(sandbox.read(signal + "/checkpoints/LATEST").empty());
    CHECK_FALSE(sandbox.read(signal + "/model.safetensors").empty());
  }
}

TEST_CASE("invalid input is refused with its place, a reason, a cure and an exit code") {
  const Sandbox sandbox;
  sandbox.write("small.json", kSmallRun);
  sandbox.ask("train small.json -q --out run train.steps=20");
  const auto config = [&](const std::string& text) {
    sandbox.write("bad.json", text);
    return sandbox("train bad.json");
  };
  SECTION("configs") {
    expect(config(R"({"data": {"type": "moons", "noize": 1}})"), 2,
           {"bad.json:1:28", "noize", "did you mean \"noise\""});
    expect(config(R"({"data": {"type": "moons"}, "train": {"steps": "x"}})"), 2, {"/train/steps"});
    expect(config(R"({"data": {"type": "moons"}, "train": {"steps": 3.7}})"), 2, {"/train/steps"});
    expect(config(R"({"data": {"type": "moons"}, "train": {"steps": 5e9}})"), 2, {"/train/steps"});
    expect(config(R"({"data": {"type": "moons"}, "seed": 1, "seed": 2})"), 2, {"seed"});
    expect(config(R"({"data": {"type": "moons"}} trailing)"), 2, {"bad.json:1:"});
    expect(sandbox("train missing.json"), 4, {"missing.json"});
    CHECK(sandbox("config check small.json").code == 0);
    expect(sandbox("config show small.json train.stepz=3"), 2, {"train.stepz=3", "steps"});
  }
  SECTION("data files") {
    sandbox.write("text.csv", "a,b\n1,2\n3,x\n");
    sandbox.write("ragged.csv", "1,2\n3\n");
    sandbox.write("cut.npy", sandbox.read("run/config.json"));
    expect(sandbox(R"(train small.json 'data={"type":"csv","guess":"no","path":"text.csv"}')"), 4,
           {"text.csv:3:3"});
    expect(sandbox(R"(train small.json 'data={"type":"csv","path":"ragged.csv"}')"), 4,
           {"ragged.csv:2"});
    expect(sandbox(R"(train small.json 'data={"type":"npy","path":"cut.npy"}')"), 4, {"cut.npy"});
    expect(sandbox(R"(train small.json 'data={"type":"npy","path":"none.npy"}')"), 4, {"none.npy"});
    CHECK(sandbox.read("runs/small/config.json").empty());  // no run was created
  }
  SECTION("runs") {
    expect(sandbox("sample nowhere -n 3"), 4, {"nowhere is not a run", "pushforward train"});
    expect(sandbox("train small.json --out run"), 4, {"run", "--overwrite"});
    sandbox.write("run/model.safetensors", "garbage");
    expect(sandbox("sample run -n 3 --out a.npy"), 4, {"model.safetensors"});
    const Outcome second = sandbox.shell(
        in_background("$pf train small.json -q --out busy train.steps=100000000") +
        until_training("busy") + "$pf train small.json --out busy --resume; code=$?; " +
        send("INT") + kItsCode + "; exit $code");
    expect(second, 4, {"in use"});
  }
  SECTION("commands") {
    expect(sandbox(""), 2, {"Start here"});
    expect(sandbox("dance"), 2, {});
    expect(sandbox("sample run -n 0"), 2, {});
    expect(sandbox("sample run -n 3 --out a.txt"), 2, {".npy"});
    expect(sandbox("sample run -n 3 --solver euler --rtol 1e-3 --out a.npy"), 2,
           {"euler", "--steps"});
    expect(sandbox("data moon -n 3 --out a.npy"), 2, {"moons"});
    expect(sandbox("list solverz"), 2, {"solvers"});
    expect(sandbox("inspect"), 2, {"--tour"});
  }
}

TEST_CASE("training that diverges stops, skips or rolls back, as the config says") {
  const Sandbox sandbox;
  sandbox.write("small.json", kSmallRun);
  const std::string wild =
      " optimizer.lr=1000 train.clip_norm=0 optimizer.type=sgd data.noise=1000";
  const Outcome stopped = sandbox("train small.json --out a" + wild);
  expect(stopped, 3, {"[train] step ", "/optimizer/lr", "[nonfinite] line #"});
  expect(sandbox("train small.json --out b train.on_nonfinite=skip" + wild), 3, {"step skipped"});
  CHECK(sandbox.read("a/RUNNING.lock").empty());
}

TEST_CASE("on a full disk the exit code is 4, training is done and old files are intact") {
  const Sandbox sandbox;
  sandbox.write("small.json", kSmallRun);
  // Files are limited to 4 KiB. This is enough for the config but not for a checkpoint.
  const Outcome outcome = sandbox.shell(with_files(4) + "$pf train small.json --out full");
  expect(outcome, 4, {"[file] cannot write", "full/"});
  CHECK_FALSE(sandbox.read("full/metrics.jsonl").empty());
}

TEST_CASE("output that cannot be printed is an error") {
  const Sandbox sandbox;
  for (const char* arguments : {"list", "--help", "config schema"})
    expect(sandbox(std::string(arguments) + " > /dev/full"), 4,
           {"[output] the standard output could not be written"});
  expect(
      sandbox("config show '" PUSHFORWARD_SOURCE_DIR "/data/configs/moons.json' train.steps=1000"),
      0, {"\"steps\": 1000"});
  expect(sandbox("train x.json --resume --overwrite"), 2, {"--resume excludes --overwrite"});
}

TEST_CASE("help has examples, completion is a script, and lists have one line for each entry") {
  const Sandbox sandbox;
  for (const char* verb : {"train", "sample", "velocity", "plot", "report", "inspect", "config",
                           "data", "list", "verify", "doctor", "completion"}) {
    expect(sandbox(std::string(verb) + " --help"), 0,
           {"Example:", std::string("pushforward ") + verb});
  }
  expect(sandbox("completion bash | bash -n"), 0, {});
  expect(sandbox("completion words train.st"), 0, {"train.steps="});
  expect(sandbox("list solvers"), 0, {"dopri5", "tsit5"});
  expect(sandbox("list data --names"), 0, {"moons\n", "digits\n"});
  for (const auto& [kind, name] :
       std::initializer_list<std::pair<std::string, std::string>>{{"noises", "brownian"},
                                                                  {"couplings", "sinkhorn"},
                                                                  {"labels", "embedding"},
                                                                  {"time_laws", "cosmap"},
                                                                  {"solvers", "dpm_solver"},
                                                                  {"grids", "log_snr"},
                                                                  {"diffusions", "sbdm"}}) {
    expect(sandbox("list " + kind), 0, {kind + "   (", "  " + name});
  }
  expect(sandbox("doctor --json"), 0, {"\"version\""});
  expect(sandbox("inspect --tour"), 0, {"tanh"});
  expect(sandbox("data geyser -n 5 --out g.csv"), 0, {"g.csv"});
  expect(sandbox("config init"), 0, {"\"data\""});
}

TEST_CASE("verify exits with 0 if the equations hold, and with 1 if an error is planted") {
  const Sandbox sandbox;
  expect(sandbox("verify"), 0, {"ok      continuity", " equations hold\n"});
  expect(sandbox("verify continuity ve --json"), 0, {"\"name\":\"ve\"", "\"held\":2,\"total\":2"});
  expect(sandbox("verify continuity --plant 1e-3"), 1,
         {"FAILED  continuity", "0 of 1 equations hold"});
  expect(sandbox("verify --list"), 0, {"flow_map", "u_t(phi_t(x))"});
  expect(sandbox("verify continuty"), 2, {"did you mean \"continuity\"?"});
}
