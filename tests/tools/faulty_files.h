// A FileSystem whose n-th call fails, and temporary folders for tests.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "nn/checkpoint/file.h"

namespace pushforward {

// A file system whose call number `at` (counted from 1) fails with `error`. With `persistent`, all
// later calls fail too. With `short_writes`, a write writes at most 3 bytes, and every second write
// is first interrupted. If `only` is set, only calls with this name are counted.
class FaultyFiles : public FileSystem {
 public:
  int at = 0;
  int error = EIO;
  bool persistent = false;
  bool short_writes = false;
  std::string only;
  int calls = 0;
  int unlinks = 0;
  std::string failed;  // the name of the first call that failed

  int open(const char* path, int flags, mode_t mode) override {
    return fails("open") ? -1 : FileSystem::open(path, flags, mode);
  }
  ssize_t read(int descriptor, void* bytes, std::size_t count) override {
    return fails("read") ? -1 : FileSystem::read(descriptor, bytes, count);
  }
  ssize_t write(int descriptor, const void* bytes, std::size_t count) override {
    if (fails("write")) return -1;
    if (!short_writes) return FileSystem::write(descriptor, bytes, count);
    interrupt_ = !interrupt_;
    if (interrupt_) {
      errno = EINTR;
      return -1;
    }
    return FileSystem::write(descriptor, bytes, count < 3 ? count : 3);
  }
  int fsync(int descriptor) override { return fails("fsync") ? -1 : FileSystem::fsync(descriptor); }
  int close(int descriptor) override {
    const bool failing = fails("close");
    const int result = FileSystem::close(descriptor);  // a failed close releases it too
    if (failing) errno = error;
    return failing ? -1 : result;
  }
  int truncate(int descriptor, std::uint64_t size) override {
    return fails("truncate") ? -1 : FileSystem::truncate(descriptor, size);
  }
  int lock(int descriptor) override { return fails("lock") ? -1 : FileSystem::lock(descriptor); }
  int rename(const char* from, const char* to) override {
    return fails("rename") ? -1 : FileSystem::rename(from, to);
  }
  int unlink(const char* path) override {
    ++unlinks;
    return fails("unlink") ? -1 : FileSystem::unlink(path);
  }
  int mkdir(const char* path, mode_t mode) override {
    return fails("mkdir") ? -1 : FileSystem::mkdir(path, mode);
  }
  int stat(const char* path, FileStatus& status) override {
    return fails("stat") ? -1 : FileSystem::stat(path, status);
  }
  int fstat(int descriptor, FileStatus& status) override {
    return fails("fstat") ? -1 : FileSystem::fstat(descriptor, status);
  }
  int list(const char* folder, std::vector<std::string>& names) override {
    return fails("list") ? -1 : FileSystem::list(folder, names);
  }

 private:
  bool interrupt_ = false;

  bool fails(const char* call) {
    if (!only.empty() && only != call) return false;
    ++calls;
    const bool now = at > 0 && (calls == at || (persistent && calls > at));
    if (now) {
      if (failed.empty()) failed = call;
      errno = error;
    }
    return now;
  }
};

// A new temporary folder, which is removed with its content.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pushforward-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Returns the message of the exception that `work` throws, or "" if it throws none.
template <class Work>
std::string catch_message(Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

// Returns "" if `text` contains `part`, else a message with both. Use it as `CHECK(lacks(text,
// part) == "")`.
inline std::string lacks(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos ? "" : "'" + part + "' is not in '" + text + "'";
}

}  // namespace pushforward
