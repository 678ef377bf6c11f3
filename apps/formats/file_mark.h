// Identifies the content of a file by its size and a checksum.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nn/checkpoint/file.h"

namespace pushforward::app {

// A file's mark: its size in bytes and the XXH3 hash (64 bit) of its content. Both are 0 without a
// file.
struct FileMark {
  std::uint64_t size = 0, checksum = 0;
  bool operator==(const FileMark&) const = default;
};

// Returns the mark of a file with these bytes.
FileMark mark_of(std::string_view bytes);
// Returns the mark of a file, which is read in parts. Throws FileError.
FileMark mark_of_file(const std::string& path, FileSystem& files = posix());

}  // namespace pushforward::app
