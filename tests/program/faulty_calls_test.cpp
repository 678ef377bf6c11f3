// Makes every system call on files fail in turn. The program must not crash, must exit with code 4
// and name the file, and must leave no incomplete file. A resumed run must equal a run without
// failures.
#include <cerrno>
#include <filesystem>
#include <string>

#include "apps/formats/npy.h"
#include "apps/run/metrics.h"
#include "nn/checkpoint/safetensors.h"
#include "paths.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
namespace fs = std::filesystem;

namespace {

// A run of six steps with checkpoints at steps 3 and 6, one of which is kept, and a row of metrics
// for each step.
const char* const kTinyRun =
    R"({"name": "tiny", "data": {"type": "moons"}, "model": {"hidden": [4]},
  "sampler": {"type": "euler", "steps": 2},
  "train": {"steps": 6, "batch": 8, "checkpoint_every": 3, "log_every": 1, "keep": 1}})";

struct Fault {
  std::string call;
  int at;
  std::string error;
};

// Runs the program while `fault` occurs in files whose path contains `part`.
Outcome run_with(const Sandbox& sandbox, const Fault& fault, const std::string& part,
                 const std::string& arguments) {
  return Sandbox::run_shell("cd " + sandbox.path("") + " && rm -f mark && FAULT_PATH=" + part +
                            " FAULT_CALL=" + fault.call + " FAULT_AT=" + std::to_string(fault.at) +
                            " FAULT_ERROR=" + fault.error +
                            " FAULT_MARK=mark LD_PRELOAD=" PUSHFORWARD_BINARY_DIR
                            "/tests/faulty_calls.so " PUSHFORWARD_BINARY_DIR "/pushforward " +
                            arguments);
}

bool was_hit(const Sandbox& sandbox) { return fs::exists(sandbox.path("mark")); }

// Checks that checkpoints, metrics, model and config of a run are intact and no temporary file
// remains.
void check_whole(const Sandbox& sandbox, const std::string& run, bool temporaries_allowed) {
  if (!fs::exists(sandbox.path(run))) return;
  for (const auto& entry : fs::recursive_directory_iterator(sandbox.path(run))) {
    const std::string path = entry.path().string(), name = entry.path().filename().string();
    INFO(path);
    if (path.ends_with(".safetensors")) CHECK_NOTHROW(read_safetensors(posix(), path));
    if (path.ends_with(".json")) CHECK_NOTHROW(app::Json::parse(read_file(posix(), path)));
    if (path.ends_with("metrics.jsonl")) CHECK_NOTHROW(app::read_metrics(path));
    if (!temporaries_allowed) CHECK_FALSE(is_temporary(name));
  }
}

// Resumes the run, or begins it if it has no config yet, and compares it with a run without
// failures.
void check_resumed(const Sandbox& sandbox) {
  const bool begun = fs::exists(sandbox.path("run/config.json"));
  expect(
      sandbox(std::string("train tiny.json -q --threads 1 --out run") + (begun ? " --resume" : "")),
      0, {});
  for (const char* file : {"model.safetensors", "checkpoints/step-00000006.safetensors"})
    CHECK(sandbox.read(std::string("run/") + file) == sandbox.read(std::string("whole/") + file));
  CHECK(timeless(sandbox.read("run/metrics.jsonl")) ==
        timeless(sandbox.read("whole/metrics.jsonl")));
}

void check_outcome(const Outcome& outcome, const std::string& part) {
  INFO(outcome.text);
  CHECK((outcome.code == 0 || outcome.code == 4));
  if (outcome.code == 4) CHECK_THAT(outcome.text, Contains(part));
}

void try_training(const Sandbox& sandbox, const Fault& fault) {
  INFO("call " << fault.at << " of " << fault.call << ", error " << fault.error);
  fs::remove_all(sandbox.path("run"));
  check_outcome(run_with(sandbox, fault, "run", "train tiny.json -q --threads 1 --out run"), "run");
  check_whole(sandbox, "run", fault.call == "unlink");
  if (was_hit(sandbox)) check_resumed(sandbox);
}

}  // namespace

TEST_CASE("whichever call fails in training, the run is intact and resumes to the same bits",
          "[faulty_calls][long]") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", kTinyRun);
  sandbox.ask("train tiny.json -q --threads 1 --out whole");
  int hits = 0;
  for (const auto& [call, error] : {std::pair{"open", ENOSPC},
                                    {"write", ENOSPC},
                                    {"fsync", EIO},
                                    {"rename", EIO},
                                    {"close", EIO},
                                    {"mkdir", ENOSPC},
                                    {"unlink", EIO}}) {
    int at = 1;
    for (;; ++at) {
      try_training(sandbox, {call, at, std::to_string(error)});
      if (!was_hit(sandbox)) break;
      ++hits;
    }
    INFO(call);
    CHECK(at > 1);
  }
  CHECK(hits > 50);
  for (const char* every : {"short", "interrupt"}) {
    try_training(sandbox, {"write", 0, every});
    CHECK(was_hit(sandbox));
  }
}

TEST_CASE("whichever call fails while resuming a run, no checkpoint is lost",
          "[faulty_calls][long]") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", kTinyRun);
  sandbox.ask("train tiny.json -q --threads 1 --out whole");
  sandbox.ask("train tiny.json -q --threads 1 --out part --max-steps 4");
  for (const auto& [call, error] : {std::pair{"open", EMFILE}, {"open", EACCES}, {"read", EIO}}) {
    for (int at = 1;; ++at) {
      const Fault fault{call, at, std::to_string(error)};
      INFO("call " << at << " of " << call << ", error " << error);
      fs::remove_all(sandbox.path("run"));
      fs::copy(sandbox.path("part"), sandbox.path("run"), fs::copy_options::recursive);
      check_outcome(
          run_with(sandbox, fault, "run", "train tiny.json -q --threads 1 --out run --resume"),
          "run");
      if (!was_hit(sandbox)) break;
      check_whole(sandbox, "run", false);
      check_resumed(sandbox);
    }
  }
}

TEST_CASE("whichever call fails while writing samples, the file is complete or does not exist",
          "[faulty_calls]") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", kTinyRun);
  sandbox.ask("train tiny.json -q --threads 1 --out whole");
  for (const char* call : {"open", "write", "fsync", "rename", "close"}) {
    for (int at = 1;; ++at) {
      INFO("call " << at << " of " << call);
      fs::remove(sandbox.path("x.npy"));
      fs::create_directories(sandbox.path("here"));
      const Outcome outcome = run_with(sandbox, {call, at, std::to_string(ENOSPC)}, "here",
                                       "sample whole -n 9 --threads 1 --out here/x.npy");
      if (!was_hit(sandbox)) break;
      check_outcome(outcome, "here");
      for (const auto& entry : fs::directory_iterator(sandbox.path("here"))) {
        CHECK(entry.path().filename() == "x.npy");
        CHECK_NOTHROW(app::read_npy(entry.path().string()));
      }
      fs::remove_all(sandbox.path("here"));
    }
  }
}
