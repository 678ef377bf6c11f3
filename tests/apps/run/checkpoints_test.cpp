// Tests checkpoints that cannot be read (which does not mean that they are damaged) and full disks.
#include "apps/run/checkpoints.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "apps/failure.h"
#include "apps/run/folder.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::string checkpoint(float value, std::size_t numbers = 1) {
  const std::vector<float> values(numbers, value);
  return safetensors_bytes({tensor_view("model.w", {numbers}, values)}, {});
}

void put(const std::string& path, const std::string& text) {
  write_file_atomically(posix(), path, text);
}

// A file system that fails to open or read files whose name contains `part`.
class Unreadable : public FileSystem {
 public:
  std::string part;
  int error = EACCES;
  bool at_read = false;

  int open(const char* path, int flags, mode_t mode) override {
    const bool mine = (flags & O_ACCMODE) == O_RDONLY && std::strstr(path, part.c_str());
    if (mine && !at_read) {
      errno = error;
      return -1;
    }
    const int descriptor = FileSystem::open(path, flags, mode);
    if (mine) unreadable_ = descriptor;
    return descriptor;
  }
  ssize_t read(int descriptor, void* bytes, std::size_t count) override {
    if (descriptor != unreadable_) return FileSystem::read(descriptor, bytes, count);
    unreadable_ = -1;
    errno = error;
    return -1;
  }

 private:
  int unreadable_ = -1;
};

// A disk with `room` bytes for checkpoints. A write that does not fit fails with ENOSPC.
class SmallDisk : public FileSystem {
 public:
  explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {}
  std::uint64_t room = 0;

  ssize_t write(int descriptor, const void* bytes, std::size_t count) override {
    std::uint64_t used = 0;
    for (const std::string& name : list_folder(posix(), folder_))
      used += read_status(posix(), join_path(folder_, name)).size;
    if (used + count <= room) return FileSystem::write(descriptor, bytes, count);
    errno = ENOSPC;
    return -1;
  }

 private:
  std::string folder_;
};

}  // namespace

TEST_CASE("a checkpoint that cannot be read is kept and named, and no other is used in its place",
          "[checkpoint]") {
  const TestFolder folder;
  for (const int step : {1, 2, 3}) Checkpoints(folder.path()).write(step, checkpoint(1), {9, 0});
  for (const bool at_read : {false, true}) {
    for (const int error : {EACCES, EIO, EMFILE, ENFILE, ENOMEM, EPERM}) {
      Unreadable files;
      files.part = "step-00000003";
      files.error = error;
      files.at_read = at_read;
      const Checkpoints checkpoints(folder.path(), {}, files);
      const std::string message = catch_message([&] { checkpoints.newest_whole(); });
      CHECK(lacks(message, "[file] cannot read " + checkpoints.path(3)) == "");
      CHECK(lacks(message, std::strerror(error)) == "");
      CHECK(lacks(message, "may be whole, so all checkpoints are left as they are") == "");
      CHECK(message.find("--overwrite") == std::string::npos);
      CHECK_THROWS_AS(checkpoints.newest_whole(), Failure);
    }
  }
  CHECK(Checkpoints(folder.path()).steps() == std::vector<std::int64_t>{1, 2, 3});
  CHECK(Checkpoints(folder.path()).newest_whole()->step == 3);
}

TEST_CASE("if LATEST is too long, unreadable or not a file, the newest checkpoint is used",
          "[checkpoint]") {
  const TestFolder folder;
  for (const int step : {1, 2}) Checkpoints(folder.path()).write(step, checkpoint(1), {9, 0});
  std::vector<std::string> notices;
  const Say say = [&](const std::string& text) { notices.push_back(text); };
  put(folder / "LATEST", std::string(5000, 'x'));
  CHECK(Checkpoints(folder.path(), say).newest_whole()->step == 2);
  REQUIRE(notices.size() == 1);
  CHECK(lacks(notices[0], "LATEST") == "");
  put(folder / "LATEST", "step-00000001.safetensors\n");
  Unreadable files;
  files.part = "LATEST";
  CHECK(Checkpoints(folder.path(), say, files).newest_whole()->step == 2);
  CHECK(notices.size() == 2);
  std::filesystem::remove(folder / "LATEST");
  std::filesystem::create_directory(folder / "LATEST");
  CHECK(Checkpoints(folder.path(), say).newest_whole()->step == 2);
  CHECK(notices.size() == 3);
}

TEST_CASE("on a full disk, old checkpoints are removed to make room for the new one",
          "[checkpoint]") {
  const TestFolder folder;
  SmallDisk files(folder.path());
  const std::uint64_t size = checkpoint(1, 1000).size();
  const Checkpoints checkpoints(folder.path(), {}, files);
  // There is room for three checkpoints and LATEST. A fourth does not fit.
  files.room = 3 * size + 100;
  for (const int step : {10, 20, 30, 40, 50})
    CHECK_NOTHROW(checkpoints.write(step, checkpoint(float(step), 1000), {3, 0}));
  CHECK(checkpoints.steps() == std::vector<std::int64_t>{30, 40, 50});
  CHECK(read_file(posix(), folder / "LATEST") == "step-00000050.safetensors\n");
  // There is room for four checkpoints, but LATEST only fits after the oldest is removed.
  files.room = 4 * size + 10;
  for (const int step : {60, 70, 80})
    CHECK_NOTHROW(checkpoints.write(step, checkpoint(float(step), 1000), {3, 0}));
  CHECK(checkpoints.steps() == std::vector<std::int64_t>{60, 70, 80});
  CHECK(read_file(posix(), folder / "LATEST") == "step-00000080.safetensors\n");
  // There is too little room for any new checkpoint. Only one old checkpoint is removed.
  files.room = size;
  CHECK_THROWS_AS(checkpoints.write(90, checkpoint(1, 1000), {3, 0}), FileError);
  CHECK_THROWS_AS(checkpoints.write(100, checkpoint(1, 1000), {3, 0}), FileError);
  CHECK(checkpoints.steps() == std::vector<std::int64_t>{70, 80});
  // The only checkpoint is never removed.
  const TestFolder other;
  SmallDisk small(other.path());
  small.room = size + 100;
  const Checkpoints single(other.path(), {}, small);
  single.write(1, checkpoint(1, 1000), {1, 0});
  CHECK_THROWS_AS(single.write(2, checkpoint(2, 1000), {1, 0}), FileError);
  CHECK(single.newest_whole()->step == 1);
}

TEST_CASE("an incomplete run and a dangling link are named as such", "[run]") {
  const TestFolder folder;
  { RunFolder::create({"", "", folder / "run", false}).write("env.json", "{}"); }
  const std::string lost =
      "[run] " + (folder / "run") + " holds a run that has lost its config.json";
  const auto create = [&](const std::string& path) {
    return catch_message([&] { RunFolder::create({"", "", path, false}); });
  };
  CHECK(lacks(create(folder / "run"), lost) == "");
  CHECK(lacks(catch_message([&] { RunFolder::resume(folder / "run"); }), lost) == "");
  CHECK(lacks(catch_message([&] { existing_run(folder / "run"); }), lost) == "");
  std::filesystem::create_symlink("nothing", folder / "link");
  CHECK(
      create(folder / "link") ==
      "[run] " + (folder / "link") +
          " is a link to what is not there; remove the link, or choose another folder with --out");
  CHECK(lacks(create(folder / "link/run"), "cannot make the folder " + (folder / "link")) == "");
}
