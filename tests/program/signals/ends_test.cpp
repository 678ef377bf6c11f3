// Tests that each verb that may compute for minutes ends at once after a signal: with the exit code
// of an interruption, and without a file that is half-written.
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"
#include "tests/tools/signals.h"

using namespace pushforward;

namespace {

const char* const kTinyRun =
    R"({"name": "tiny", "data": {"type": "moons"}, "model": {"hidden": [4]},
  "sampler": {"type": "euler", "steps": 1}, "train": {"steps": 3, "batch": 8, "threads": 1}})";

// Starts the program, sends it a signal after `wait` seconds, and returns its outcome. The text ends
// with the milliseconds that it then still ran.
Outcome stopped(const Sandbox& sandbox, const std::string& arguments, const std::string& wait,
                const std::string& signal = "TERM") {
  return sandbox.shell(
      in_background("$pf " + arguments) + "sleep " + wait + "; t=$(date +%s%N); " + send(signal) +
      kItsCode + "; code=$?; echo \"after $((($(date +%s%N) - t) / 1000000)) ms\"; exit $code");
}

void check_stopped(const Outcome& outcome) {
  expect(outcome, 130, {"[interrupted] stopped before the end"});
  const auto at = outcome.text.rfind("after ");
  REQUIRE(at != std::string::npos);
  CHECK(std::stoi(outcome.text.substr(at + 6)) < 2000);
}

}  // namespace

TEST_CASE("every verb that prints ends quietly when the reader of its output has ended") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", kTinyRun);
  sandbox.ask("train tiny.json -q --out run");
  sandbox.write("t.csv", "x,y\n1,2\n3,4.5\n2,1\n0,7\n");
  for (const char* command : {"--help",
                              "train --help",
                              "--version",
                              "list data",
                              "list runs .",
                              "config init",
                              "config init t.csv",
                              "config schema",
                              "config show tiny.json",
                              "config check tiny.json",
                              "inspect tiny.json",
                              "inspect --tour",
                              "compare t.csv t.csv",
                              "eval run -n 20",
                              "eval run -n 20 --json",
                              "sample run -n 3 --out s.npy --json",
                              "train tiny.json --out two",
                              "doctor",
                              "verify --list",
                              "completion bash",
                              "plot t.csv --out pictures"}) {
    INFO(command);
    // The reader ends at once, before the program begins to write.
    const Outcome outcome = sandbox.shell("bash -c '{ sleep 0.2; exec $0 " + std::string(command) +
                                          " 2>stderr; } | true; exit ${PIPESTATUS[0]}' $pf");
    CHECK(outcome.code == 0);
    CHECK_THAT(sandbox.read("stderr"), !Contains("[output]") && !Contains("ipe"));
  }
  // An output that is full is an error as before.
  expect(sandbox.shell("$pf list data >/dev/full"), 4,
         {"[output] the standard output could not be written completely"});
}

TEST_CASE("a signal ends every long computation within two seconds") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", kTinyRun);
  sandbox.ask("train tiny.json -q --out run");
  sandbox.ask("data moons -n 100000 --out a.npy");
  sandbox.ask("data moons -n 100000 --seed 1 --out b.npy");
  struct Long {
    const char *arguments, *wait;
  };
  const Long commands[] = {
      {"eval run -n 1000000", "6"},  // after its samples, it measures distances between them
      {"compare a.npy b.npy --max 100000 --out c.json", "2"},
      {"loglik run --points a.npy --solver rk4 --steps 5000 --out l.npy", "1"},
      {"loglik run --points a.npy --steps 5000 --solver rk4 --gradient g.npy --out l.npy", "1"},
      {"encode run --points a.npy --solver rk4 --steps 50000 --out z.npy", "1"},
      {"interpolate run --from a.npy --to b.npy --solver rk4 --steps 5000 --out i.npy", "1"},
      {"sample run -n 100000 --solver rk4 --steps 50000 --trajectory t.npy --times 3 --out x.npy",
       "1"},
      {"plot run -n 1000000 --solver rk4 --steps 5000 --only samples --out plots", "1"},
      {"report run -n 100000 --solver rk4 --steps 5000 --out r.html", "1"},
  };
  for (const auto& [arguments, wait] : commands) {
    INFO(arguments);
    check_stopped(stopped(sandbox, arguments, wait));
  }
  check_stopped(stopped(sandbox, "compare a.npy b.npy --max 100000", "1", "INT"));
  check_stopped(stopped(sandbox, "compare a.npy b.npy --max 100000", "1", "HUP"));
  for (const char* file : {"run/evaluation.json", "c.json", "l.npy", "g.npy", "z.npy", "i.npy",
                           "t.npy", "x.npy", "r.html"})
    CHECK_FALSE(sandbox.exists(file));
}

TEST_CASE("a signal that arrives while a file is read ends the program with the same exit code") {
  const Sandbox sandbox;
  REQUIRE(sandbox.shell("mkfifo points.csv").code == 0);
  // Nobody writes into the pipe, so reading it does not end.
  check_stopped(stopped(sandbox, "compare points.csv points.csv", "0.5"));
  check_stopped(stopped(sandbox, "data csv path=points.csv --out rows.csv", "0.5", "INT"));
  // A flow that begins within its path starts from rows of its data.
  sandbox.write("rows.csv", "x,y\n1,2.5\n2,3.5\n4,1.5\n");
  sandbox.write("csv.json", R"({"data": {"type": "csv", "path": "rows.csv"},
  "model": {"hidden": [4]}, "sampler": {"type": "euler", "steps": 1, "begin": 0.5},
  "train": {"steps": 3, "batch": 8, "threads": 1}})");
  REQUIRE(sandbox("train csv.json -q --out run").code == 0);
  REQUIRE(
      Sandbox::run_shell("cd " + sandbox.path("") + " && rm rows.csv && mkfifo rows.csv").code ==
      0);
  check_stopped(stopped(sandbox, "sample run -n 5 --out s.csv", "0.5", "INT"));
  check_stopped(stopped(sandbox, "loglik run --exact --points rows.csv --out l.csv", "0.5"));
  for (const char* file : {"s.csv", "l.csv"})
    CHECK_FALSE(std::filesystem::exists(sandbox.path(file)));
}
