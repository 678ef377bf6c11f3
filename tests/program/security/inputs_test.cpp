// Tests that input files and runs of other people make the program read or write nothing but the
// paths that it was given (docs/security.md).
#include <filesystem>
#include <string>

#include "paths.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

namespace fs = std::filesystem;

const char* const kQuickRun = R"({"name": "quick", "data": {"type": "moons"},
  "model": {"hidden": [8]}, "sampler": {"type": "euler", "steps": 2},
  "train": {"steps": 20, "batch": 16, "checkpoint_every": 10}})";

// A folder with a run in "run", and files of the user in "mine" that must stay as they are.
struct Victim : Sandbox {
  Victim() {
    write("quick.json", kQuickRun);
    ask("train quick.json -q --out run --max-steps 10");
    fs::create_directories(path("mine"));
    for (const char* name : {"mine/notes.txt", "mine/step-00000010.safetensors", "mine/empty"})
      write(name, name == std::string("mine/empty") ? "" : "mine\n");
  }
  void check_untouched() const {
    CHECK(read("mine/notes.txt") == "mine\n");
    CHECK(read("mine/step-00000010.safetensors") == "mine\n");
    CHECK(fs::exists(path("mine/empty")));
    CHECK(std::distance(fs::directory_iterator(path("mine")), {}) == 3);
  }
  // Puts a link to `target` in the place of a file or folder of the run.
  void link(const std::string& name, const std::string& target) const {
    fs::remove_all(path("run/" + name));
    fs::create_symlink(path(target), path("run/" + name));
  }
};

}  // namespace

TEST_CASE("a link in place of a run's folder is refused before anything is written or removed") {
  for (const char* name : {"checkpoints", "samples", "plots"}) {
    const Victim sandbox;
    sandbox.link(name, "mine");
    const std::string told = std::string("has a link in place of its folder ") + name;
    expect(sandbox("train quick.json -q --out run --resume"), 4, {told, "put a folder there"});
    expect(sandbox("train quick.json -q --out run --overwrite"), 4, {told});
    sandbox.check_untouched();
  }
  const Victim sandbox;
  sandbox.ask("train quick.json -q --out run --resume");
  for (const char* name : {"samples", "plots"}) sandbox.link(name, "mine");
  expect(sandbox("sample run -n 3"), 4, {"has a link in place of its folder samples"});
  expect(sandbox("plot run -n 9 --only samples"), 4, {"has a link in place of its folder plots"});
  expect(sandbox("sample run -n 3 --out mine.npy"), 0, {});
  sandbox.check_untouched();
}

TEST_CASE("a link in place of a run's file is not written through") {
  for (const char* name : {"metrics.jsonl", "RUNNING.lock"}) {
    const Victim sandbox;
    sandbox.link(name, "mine/notes.txt");
    expect(sandbox("train quick.json -q --out run --resume"), 4, {name, "it is a link"});
    sandbox.check_untouched();
  }
  // These are replaced by a file of the run.
  const Victim sandbox;
  for (const char* name :
       {"model.safetensors", "checkpoints/LATEST", "checkpoints/step-00000020.safetensors"})
    sandbox.link(name, "mine/empty");
  sandbox.ask("train quick.json -q --out run --resume");
  sandbox.link("samples/samples-0.npy", "mine/empty");
  expect(sandbox("sample run -n 3"), 0, {});
  sandbox.link("report.html", "mine/empty");
  expect(sandbox("report run -n 9"), 0, {});
  CHECK(sandbox.read("mine/empty").empty());
  sandbox.check_untouched();
}

TEST_CASE("a link to a device is not written to") {
  const Victim sandbox;
  fs::remove(sandbox.path("run/model.safetensors"));
  fs::create_symlink("/dev/null", sandbox.path("run/model.safetensors"));
  expect(sandbox("train quick.json -q --out run --resume"), 4,
         {"model.safetensors", "it is a link, and must be the file itself"});
  fs::create_symlink("/dev/null", sandbox.path("out.npy"));
  expect(sandbox("data moons -n 3 --out out.npy"), 4, {"it is a link"});
}

TEST_CASE("LATEST and a run's own config name no file outside the run") {
  const Victim sandbox;
  for (const char* name : {"../../mine/step-00000010.safetensors", "/etc/passwd", "..", ""}) {
    sandbox.write("run/checkpoints/LATEST", std::string(name) + "\n");
    const Outcome outcome = sandbox("train quick.json -q --out run --resume --max-steps 10");
    INFO(outcome.text);
    CHECK(outcome.code == 0);
    sandbox.check_untouched();
  }
  for (const char* name : {"../out", "a/b", "..", ".hidden", "/tmp/x"}) {
    INFO(name);
    const Outcome outcome = sandbox("train quick.json -q name=" + std::string(name));
    INFO(outcome.text);
    CHECK(outcome.code == 2);
  }
  CHECK_FALSE(fs::exists(sandbox.path("../out")));
}

TEST_CASE("a run that is moved reads and writes its own folder, not the place that it came from") {
  const Victim sandbox;
  sandbox.ask("train quick.json -q --out run --resume");
  fs::create_directories(sandbox.path("far"));
  fs::copy(sandbox.path("run"), sandbox.path("far/moved"), fs::copy_options::recursive);
  const std::string before = sandbox.read("run/metrics.jsonl") + sandbox.read("run/env.json");
  fs::permissions(sandbox.path("run"), fs::perms::none);
  for (const char* arguments :
       {"sample far/moved -n 3", "plot far/moved -n 9 --only samples,loss", "report far/moved -n 9",
        "eval far/moved -n 9", "train quick.json -q --out far/moved train.steps=20 --resume"})
    expect(sandbox(arguments), 0, {});
  fs::permissions(sandbox.path("run"), fs::perms::all);
  CHECK(sandbox.read("run/metrics.jsonl") + sandbox.read("run/env.json") == before);
  CHECK(fs::exists(sandbox.path("far/moved/samples/samples-0.npy")));
}

TEST_CASE("archives are not unpacked, and no file is executed") {
  const Victim sandbox;
  const std::string archive = PUSHFORWARD_SOURCE_DIR "/tests/fuzz/corpus/npy/npz";
  for (const char* name : {"x.npz", "x.npy", "x.csv", "x.txt"}) {
    fs::copy_file(archive, sandbox.path(name));
    for (const std::string& arguments :
         {std::string("loglik run --points ") + name + " --out l.npy",
          std::string("data npy path=") + name + " --out d.npy",
          std::string("data csv path=") + name + " --out d.npy",
          std::string("data words path=") + name + " --out d.txt"}) {
      const Outcome outcome = sandbox(arguments);
      INFO(arguments << "\n" << outcome.text);
      // The arrays of an NPZ file are read where arrays are expected, and no member becomes a file.
      const bool reads_arrays = arguments.starts_with("data npy");
      CHECK(outcome.code == (reads_arrays ? 0 : 4));
      CHECK_FALSE(fs::exists(sandbox.path("x")));
    }
  }
  CHECK_FALSE(fs::exists(sandbox.path("../x.npy")));
  // Values of a config and of overrides are never given to a shell.
  for (const char* word : {"$(touch hacked)", "`touch hacked`", "; touch hacked", "| touch hacked"})
    for (const std::string& arguments :
         {std::string("train quick.json name='") + word + "'",
          std::string("sweep quick.json 'data.type=moons,") + word + "'",
          std::string("data csv path='") + word + "' --out d.npy"})
      CHECK(sandbox(arguments).code > 1);
  CHECK_FALSE(fs::exists(sandbox.path("hacked")));
}
