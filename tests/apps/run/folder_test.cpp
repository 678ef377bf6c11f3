// Tests run folders: existing names, folders with other files, only one writer at a time, locks of
// processes that have ended, and damaged checkpoints.
#include "apps/run/folder.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "apps/failure.h"
#include "apps/run/checkpoints.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

bool there(const std::string& path) { return std::filesystem::exists(path); }
void put_file(const std::string& path, const std::string& text) {
  write_file_atomically(posix(), path, text);
}

// Returns the message of the Failure that `work` throws, which must have exit code 4.
template <class Work>
std::string refusal(Work work) {
  try {
    work();
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::file);
    return failure.what();
  }
  return "";
}

NewRun named(const TestFolder& folder, bool overwrite = false) {
  return {folder / "runs", "moons", "", overwrite};
}
NewRun at(const std::string& path, bool overwrite = false) { return {"", "", path, overwrite}; }

void finish(const RunFolder& run) {
  run.write("config.json", "{}");
  run.write("env.json", "{}");
  put_file(run.paths().plots() + "/loss.png", "png");
}

std::string whole_checkpoint(float value) {
  const std::vector<float> values{value};
  return safetensors_bytes({tensor_view("model.w", {1}, values)}, {});
}

struct Notices {
  std::vector<std::string> lines;
  Say say() {
    return [this](const std::string& line) { lines.push_back(line); };
  }
};

}  // namespace

TEST_CASE("a new run gets the first free name, its subfolders and a lock", "[run]") {
  const TestFolder folder;
  {
    const RunFolder first = RunFolder::create(named(folder));
    const RunFolder second = RunFolder::create(named(folder));
    CHECK(first.paths().folder == folder / "runs/moons");
    CHECK(second.paths().folder == folder / "runs/moons-2");
    for (const char* name : {"checkpoints", "samples", "plots", "RUNNING.lock"}) {
      CHECK(there(first.paths().folder + "/" + name));
    }
    CHECK(read_file(posix(), first.paths().lock()).rfind(std::to_string(::getpid()) + "\n", 0) ==
          0);
    finish(first);
    CHECK(read_file(posix(), first.paths().config()) == "{}");
  }
  CHECK_FALSE(there(folder / "runs/moons/RUNNING.lock"));
  CHECK(RunFolder::create(named(folder)).paths().folder == folder / "runs/moons-3");
  CHECK(last_run(folder / "runs", "moons") == folder / "runs/moons-3");
  CHECK(refusal([&] { last_run(folder / "runs", "rings"); }) ==
        "[run] " + (folder / "runs/rings") +
            " does not exist, so there is nothing to resume; "
            "start without --resume, or give the run's folder with --out");
  CHECK(lacks(catch_message([&] {
                RunFolder::create({folder / "runs", "../x", "", false});
              }),
              "\"../x\" cannot be the name of a folder") == "");
}

TEST_CASE(
    "the flag --out names the folder exactly, and a run in it is only replaced with --overwrite",
    "[run]") {
  const TestFolder folder;
  const std::string path = folder / "deep/er/run";
  {
    const RunFolder run = RunFolder::create(at(path));
    CHECK(run.paths().folder == path);
    finish(run);
    Checkpoints(run.paths().checkpoints()).write(7, whole_checkpoint(1), {});
  }
  put_file(path + "/notes.txt", "mine");
  CHECK(refusal([&] { RunFolder::create(at(path)); }) ==
        "[run] " + path +
            " already holds a run; continue it with --resume, replace "
            "it with --overwrite, or choose another folder with --out");
  CHECK(there(path + "/plots/loss.png"));
  CHECK_FALSE(there(path + "/RUNNING.lock"));
  {
    const RunFolder run = RunFolder::create(at(path, true));
    CHECK_FALSE(there(path + "/config.json"));
    CHECK_FALSE(there(path + "/plots/loss.png"));
    CHECK(Checkpoints(run.paths().checkpoints()).steps().empty());
    CHECK_FALSE(there(path + "/checkpoints/LATEST"));
    CHECK(read_file(posix(), path + "/notes.txt") == "mine");
  }
  std::filesystem::create_directories(folder / "empty");
  CHECK(RunFolder::create(at(folder / "empty")).paths().folder == folder / "empty");
  // The first run wrote nothing, so its folder can be used for another run.
  CHECK(RunFolder::create(at(folder / "empty")).paths().folder == folder / "empty");
  CHECK(RunFolder::create(named(folder, true)).paths().folder == folder / "runs/moons");
  CHECK(RunFolder::create(named(folder, true)).paths().folder == folder / "runs/moons");
}

TEST_CASE("folders with other files are not changed, even with --overwrite", "[run]") {
  const TestFolder folder;
  std::filesystem::create_directories(folder / "home/samples");
  put_file(folder / "home/thesis.tex", "x");
  put_file(folder / "home/samples/mine.npy", "x");
  for (const bool overwrite : {false, true}) {
    CHECK(refusal([&] { RunFolder::create(at(folder / "home", overwrite)); }) ==
          "[run] " + (folder / "home") +
              " holds files that do not belong to a run (thesis.tex); "
              "choose an empty or a new folder with --out");
  }
  CHECK(list_folder(posix(), folder / "home") == std::vector<std::string>{"samples", "thesis.tex"});
  CHECK(there(folder / "home/samples/mine.npy"));
  CHECK(refusal([&] { RunFolder::create(at(folder / "home/thesis.tex")); }) ==
        "[run] " + (folder / "home/thesis.tex") + " is a file; choose another folder with --out");
}

TEST_CASE("a second writer is refused while the first process is alive", "[run]") {
  const TestFolder folder;
  const RunFolder run = RunFolder::create(at(folder / "run"));
  finish(run);
  const std::string text = "[run] " + (folder / "run") + " is in use by process " +
                           std::to_string(::getpid()) + " (" + (folder / "run/RUNNING.lock") +
                           "); wait until it ends, or choose another folder with --out";
  CHECK(refusal([&] { RunFolder::resume(folder / "run"); }) == text);
  CHECK(refusal([&] { RunFolder::create(at(folder / "run", true)); }) == text);
  CHECK(there(folder / "run/RUNNING.lock"));
  CHECK(there(folder / "run/config.json"));
}

TEST_CASE("the lock of a killed process is taken over, even while the process is a zombie",
          "[run]") {
  const TestFolder folder;
  { finish(RunFolder::create(at(folder / "run"))); }
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const RunFolder run = RunFolder::resume(folder / "run");
    put_file(run.paths().checkpoints() + "/.pushforward-1-0.tmp", "half");
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(lacks(refusal([&] { RunFolder::resume(folder / "run"); }),
              "in use by process " + std::to_string(child)) == "");
  ::kill(child, SIGKILL);
  siginfo_t info;
  // With WNOWAIT, the dead process remains a zombie.
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  Notices notices;
  const RunFolder run = RunFolder::resume(folder / "run", notices.say());
  CHECK(notices.lines == std::vector<std::string>{"[run] " + (folder / "run") +
                                                  ": the run of process " + std::to_string(child) +
                                                  " ended without removing its lock; taking over"});
  CHECK_FALSE(there(run.paths().checkpoints() + "/.pushforward-1-0.tmp"));
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("the process id decides about a lock file that has nothing else", "[run]") {
  const TestFolder folder;
  { finish(RunFolder::create(at(folder / "run"))); }
  const std::string lock = folder / "run/RUNNING.lock";
  put_file(lock, std::to_string(::getppid()) + "\n");
  CHECK(lacks(refusal([&] { RunFolder::resume(folder / "run"); }),
              "in use by process " + std::to_string(::getppid())) == "");
  CHECK(there(lock));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  for (const std::string& text : {std::to_string(child), std::string("rubbish"), std::string()}) {
    put_file(lock, text);
    CHECK(refusal([&] { RunFolder::resume(folder / "run"); }) == "");
    CHECK_FALSE(there(lock));
  }
}

TEST_CASE("without flock, the process id and the start time decide about a lock", "[run]") {
  const TestFolder folder;
  { finish(RunFolder::create(at(folder / "run"))); }
  FaultyFiles files;
  files.only = "lock";
  files.at = 1;
  files.persistent = true;
  files.error = EOPNOTSUPP;
  const RunFolder run = RunFolder::resume(folder / "run", {}, files);
  CHECK(lacks(refusal([&] { RunFolder::resume(folder / "run", {}, files); }),
              "is in use by process") == "");
  // This lock has the id of this process but another start time.
  put_file(run.paths().lock(), std::to_string(::getpid()) + "\nbegan 1\n");
  Notices notices;
  CHECK(refusal([&] { RunFolder::resume(folder / "run", notices.say(), files); }) == "");
  CHECK(notices.lines.size() == 1);
}

TEST_CASE("a folder that is not a run cannot be resumed or read", "[run]") {
  const TestFolder folder;
  CHECK(refusal([&] { RunFolder::resume(folder / "none"); }) ==
        "[run] " + (folder / "none") +
            " does not exist or is not a folder; give a run's folder, such as runs/moons");
  CHECK(refusal([&] { existing_run(folder.path()); }) ==
        "[run] " + folder.path() +
            " is not a run, since it has no config.json; give a run's folder, such as runs/moons");
}

TEST_CASE("the newest checkpoints and every k-th one are kept, and LATEST names the newest",
          "[checkpoint]") {
  const TestFolder folder;
  const Checkpoints checkpoints(folder.path());
  CHECK(checkpoints.steps().empty());
  CHECK_FALSE(checkpoints.newest_whole());
  for (int step = 100; step <= 1000; step += 100)
    checkpoints.write(step, whole_checkpoint(float(step)), {2, 400});
  CHECK(checkpoints.steps() == std::vector<std::int64_t>{400, 800, 900, 1000});
  CHECK(checkpoints.path(400) == folder / "step-00000400.safetensors");
  CHECK(read_file(posix(), folder / "LATEST") == "step-00001000.safetensors\n");
  const auto found = checkpoints.newest_whole();
  REQUIRE(found);
  CHECK(found->step == 1000);
  float value = 0;
  copy_elements(found->content.at("model.w"), std::span(&value, 1));
  CHECK(value == 1000);
  checkpoints.cut_back(850);
  CHECK(checkpoints.steps() == std::vector<std::int64_t>{400, 800});
  checkpoints.write(1234567890, whole_checkpoint(1), {});
  CHECK(checkpoints.steps().back() == 1234567890);
}

TEST_CASE("instead of a damaged checkpoint the one before is used, with a notice", "[checkpoint]") {
  const TestFolder folder;
  Notices notices;
  const Checkpoints checkpoints(folder.path(), notices.say());
  for (const int step : {1, 2, 3, 4})
    checkpoints.write(step, whole_checkpoint(float(step)), {9, 0});
  put_file(folder / "LATEST", "step-00000003.safetensors\n");
  CHECK(checkpoints.newest_whole()->step == 3);  // the checkpoint that LATEST names
  CHECK(notices.lines.empty());

  std::string damaged = whole_checkpoint(3);
  damaged.back() ^= 1;
  put_file(checkpoints.path(3), damaged);
  CHECK(checkpoints.newest_whole()->step == 4);
  REQUIRE(notices.lines.size() == 1);
  CHECK(lacks(notices.lines[0], "[checkpoint] skipped a checkpoint: [safetensors] " +
                                    checkpoints.path(3) + ": checksum") == "");

  put_file(folder / "LATEST", "rubbish\n");
  put_file(checkpoints.path(4), whole_checkpoint(4).substr(0, 30));
  CHECK(checkpoints.newest_whole()->step == 2);
  std::filesystem::remove(folder / "LATEST");
  CHECK(checkpoints.newest_whole()->step == 2);
  put_file(folder / "LATEST", "step-00000009.safetensors\n");
  notices.lines.clear();
  CHECK(checkpoints.newest_whole()->step == 2);
  CHECK(notices.lines[0] == "[checkpoint] " + checkpoints.path(9) +
                                " is named by LATEST but is missing; using the newest checkpoint");
  put_file(checkpoints.path(2), "");
  put_file(checkpoints.path(1), "");
  CHECK(refusal([&] { checkpoints.newest_whole(); }) ==
        "[checkpoint] none of the 4 checkpoints in " + folder.path() +
            " is whole; start again with --overwrite");
}

TEST_CASE("whichever system call fails while writing a checkpoint, an undamaged one is found",
          "[checkpoint]") {
  for (int call = 1;; ++call) {
    const TestFolder folder;
    Checkpoints(folder.path()).write(1, whole_checkpoint(1), {1, 0});
    FaultyFiles files;
    files.at = call;
    files.error = ENOSPC;
    Notices notices;
    const std::string message = catch_message([&] {
      Checkpoints(folder.path(), notices.say(), files).write(2, whole_checkpoint(2), {1, 0});
    });
    if (files.failed.empty()) {
      CHECK(call > 15);
      break;
    }
    INFO("call " << call << " (" << files.failed << "): " << message);
    const auto found = Checkpoints(folder.path()).newest_whole();
    REQUIRE(found);
    CHECK((found->step == 2 || (found->step == 1 && !message.empty())));
  }
}
