// Code that the fuzz targets share: a check that ends the program, and a file in memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "nn/checkpoint/file.h"

namespace pushforward {

// Ends the program if `holds` is false. libFuzzer then reports the input.
inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: %s\n", what);
  std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// A file system with a single file, which has these bytes and any name. It counts the bytes
// written.
class MemoryFile : public FileSystem {
 public:
  explicit MemoryFile(std::string_view content) : content_(content) {}
  std::size_t written = 0;

  int open(const char*, int, mode_t) override {
    at_ = 0;
    return 1000;
  }
  ssize_t read(int, void* bytes, std::size_t count) override {
    const std::string_view part = content_.substr(at_, count);
    std::memcpy(bytes, part.data(), part.size());
    at_ += part.size();
    return static_cast<ssize_t>(part.size());
  }
  ssize_t write(int, const void*, std::size_t count) override {
    written += count;
    return static_cast<ssize_t>(count);
  }
  int fsync(int) override { return 0; }
  int close(int) override { return 0; }
  int truncate(int, std::uint64_t) override { return 0; }
  int rename(const char*, const char*) override { return 0; }
  int unlink(const char*) override { return 0; }
  int stat(const char*, FileStatus& status) override {
    status.kind = FileKind::regular;
    status.size = content_.size();
    return 0;
  }
  int fstat(int, FileStatus& status) override { return stat("", status); }

 private:
  std::string_view content_;
  std::size_t at_ = 0;
};

}  // namespace pushforward

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
