// Tests that a file is written completely or not at all. One system call may fail, all later calls
// may fail too, or the process may be killed at a random time.
#include "nn/checkpoint/file.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;

namespace {

int temporaries(const std::string& folder) {
  int count = 0;
  for (const std::string& name : list_folder(posix(), folder)) count += is_temporary(name);
  return count;
}

}  // namespace

TEST_CASE("a file is written, replaced and read back", "[file]") {
  const TestFolder folder;
  const std::string path = folder / "x";
  write_file_atomically(posix(), path, "one");
  CHECK(read_file(posix(), path) == "one");
  write_file_atomically(posix(), path, std::string("two\0with a zero", 15));
  CHECK(read_file(posix(), path) == std::string("two\0with a zero", 15));
  write_file_atomically(posix(), path, "");
  CHECK(read_file(posix(), path).empty());
  CHECK(list_folder(posix(), folder.path()) == std::vector<std::string>{"x"});
}

TEST_CASE("writing continues after short writes and interruptions", "[file]") {
  const TestFolder folder;
  FaultyFiles files;
  files.short_writes = true;
  const std::string text(1000, 'q');
  write_file_atomically(files, folder / "x", text + "end");
  CHECK(read_file(posix(), folder / "x") == text + "end");
}

TEST_CASE("whichever call fails, the file is intact and no temporary file remains", "[file]") {
  for (const bool existed : {false, true}) {
    for (const bool persistent : {false, true}) {
      for (const int error : {EIO, ENOSPC, EINTR, EACCES}) {
        // EINTR means that a call was interrupted. The program repeats such a call, so a call that
        // always fails with EINTR would be repeated forever.
        if (persistent && error == EINTR) continue;
        int tried = 0;
        for (int at = 1;; ++at) {
          const TestFolder folder;
          const std::string path = folder / "x";
          if (existed) write_file_atomically(posix(), path, "old");
          FaultyFiles files;
          files.at = at;
          files.error = error;
          files.persistent = persistent;
          files.short_writes = at % 2 == 0;
          std::string message;
          try {
            write_file_atomically(files, path, "the new text");
          } catch (const FileError& failure) {
            message = failure.what();
            CHECK(failure.error_number == error);
            CHECK(failure.path.find(folder.path()) == 0);
          }
          if (files.failed.empty()) break;  // there is no call with this number
          ++tried;
          INFO("call " << at << " (" << files.failed << ") errno " << error << ": " << message);
          const bool there = read_status(posix(), path).kind == FileKind::regular;
          const std::string content = there ? read_file(posix(), path) : "";
          const bool is_new = content == "the new text";
          CHECK((is_new || (existed ? content == "old" : !there)));
          if (message.empty()) CHECK(is_new);
          if (!persistent) CHECK(temporaries(folder.path()) == 0);
          if (persistent) CHECK(temporaries(folder.path()) <= 2);  // unlink fails, so files remain
          if (error == EINTR && files.failed != "stat" && files.failed != "rename") CHECK(is_new);
        }
        CHECK(tried >= (persistent ? 6 : 9));
      }
    }
  }
}

TEST_CASE("a file in parts appears complete at the end, or not at all", "[file]") {
  const TestFolder folder;
  const std::string path = folder / "x";
  write_file_atomically(posix(), path, "old");
  {
    FileInParts file(posix(), path);
    file.append("the ");
    CHECK(read_file(posix(), path) == "old");
    CHECK(temporaries(folder.path()) == 1);
  }
  CHECK(read_file(posix(), path) == "old");
  CHECK(temporaries(folder.path()) == 0);
  int tried = 0;
  for (int at = 1;; ++at) {
    FaultyFiles files;
    files.at = at;
    files.error = ENOSPC;
    write_file_atomically(posix(), path, "old");
    std::string failed;
    try {
      FileInParts file(files, path);
      for (const char* part : {"the ", "new ", "text"}) file.append(part);
      file.finish();
    } catch (const FileError& e) {
      failed = e.operation;
      CHECK_THAT(e.what(), Contains(folder.path()) && Contains("free space"));
    }
    INFO("call " << at << ": " << failed);
    CHECK(temporaries(folder.path()) == 0);
    const std::string content = read_file(posix(), path);
    CHECK((content == "the new text" || (!failed.empty() && content == "old")));
    if (files.failed.empty()) break;  // there is no call with this number
    ++tried;
  }
  CHECK(tried >= 8);  // open, three writes, fsync, close, rename, and the sync of the folder
  CHECK_THROWS_WITH(FileInParts(posix(), folder.path()), Contains("it is a folder: name a file"));
}

TEST_CASE("after a failed fsync, the file is written again", "[file]") {
  const TestFolder folder;
  FaultyFiles files;
  files.only = "fsync";
  files.at = 1;
  write_file_atomically(files, folder / "x", "text");
  CHECK(files.calls == 3);  // the fsync that fails, that of the new file, and that of the folder
  CHECK(files.unlinks == 1);
  CHECK(read_file(posix(), folder / "x") == "text");
}

TEST_CASE("errors name the path, the reason, the operation and the cure", "[file]") {
  const TestFolder folder;
  const std::string path = folder / "x";
  FaultyFiles files;
  files.only = "write";
  files.at = 1;
  files.error = ENOSPC;
  CHECK(catch_message([&] { write_file_atomically(files, path, "text"); }) ==
        "[file] cannot write " + path +
            ": No space left on device (write); free space or choose another folder (--out)");
  CHECK(catch_message([&] { read_file(posix(), path); }) ==
        "[file] cannot read " + path +
            ": No such file or directory (open); check the spelling, and that its folder exists");
  CHECK(catch_message([&] { read_file(posix(), folder.path()); }) ==
        "[file] cannot read " + folder.path() +
            ": Is a directory (open); it is a folder: name a file");
  CHECK(catch_message([&] { write_file_atomically(posix(), folder.path(), ""); }) ==
        "[file] cannot write " + folder.path() +
            ": Is a directory (open); it is a folder: name a file");
  write_file_atomically(posix(), path, "123456789");
  CHECK(read_file(posix(), path, 9) == "123456789");
  CHECK(catch_message([&] { read_file(posix(), path, 8); }) ==
        "[file] cannot read " + path +
            ": it has more than 8 bytes, which is the limit; "
            "check that it is the right file");
  CHECK(lacks(catch_message([&] { read_file(posix(), "/dev/zero", 100); }),
              "more than 100 bytes") == "");
  CHECK(lacks(catch_message([&] { make_folders(posix(), path + "/below"); }), "Not a directory") ==
        "");
}

TEST_CASE("a device is written to, not replaced", "[file]") {
  struct ::stat before, after;
  REQUIRE(::stat("/dev/null", &before) == 0);
  write_file_atomically(posix(), "/dev/null", "text");
  REQUIRE(::stat("/dev/null", &after) == 0);
  CHECK(S_ISCHR(after.st_mode));
  CHECK(before.st_ino == after.st_ino);
}

TEST_CASE("missing folders of a path are created", "[file]") {
  const TestFolder folder;
  make_folders(posix(), folder / "a/b/c");
  make_folders(posix(), folder / "a/b/c/");
  CHECK(read_status(posix(), folder / "a/b/c").kind == FileKind::folder);
  CHECK(folder_of("a") == ".");
  CHECK(folder_of("/a") == "/");
  CHECK(folder_of("/") == "/");
  CHECK(folder_of("a/b/") == "a");
  CHECK(folder_of("") == ".");
  CHECK(join_path(".", "x") == "x");
  CHECK(join_path("/", "x") == "/x");
  CHECK(join_path("a", "x") == "a/x");
  CHECK(is_temporary(".pushforward-12-0.tmp"));
  CHECK_FALSE(is_temporary("step-00000001.safetensors"));
  CHECK_FALSE(is_temporary(".pushforward-.tm"));
}

TEST_CASE("if a writer is killed at a random time, the file is intact", "[file]") {
  const TestFolder folder;
  const std::string path = folder / "x";
  const auto content = [](int generation) {
    return std::string(256 * 1024, static_cast<char>('a' + generation % 26));
  };
  write_file_atomically(posix(), path, content(0));
  std::mt19937 random(7);
  for (int kill_number = 0; kill_number < 100; ++kill_number) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        for (int generation = 1;; ++generation)
          write_file_atomically(posix(), path, content(generation));
      } catch (...) {
        ::_exit(3);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 8000));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    const std::string found = read_file(posix(), path);
    REQUIRE(found.size() == 256 * 1024);
    REQUIRE(found.find_first_not_of(found[0]) == std::string::npos);
  }
}
