// Identifies the content of a file by its size and a checksum.
#pragma once

#include <cstdint>
#include <string_view>

namespace pushforward::app {

// A file's mark: its size in bytes and the XXH3 hash (64 bit) of its content. Both are 0 without a
// file.
struct FileMark {
  std::uint64_t size = 0, checksum = 0;
  bool operator==(const FileMark&) const = default;
};

// Returns the mark of a file with these bytes.
FileMark mark_of(std::string_view bytes);

}  // namespace pushforward::app
