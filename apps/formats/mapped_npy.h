// NPY files that are mapped into memory instead of being read. Their pages are shared by all processes of
// a machine, and the system drops them when it needs the memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "apps/formats/npy.h"
#include "apps/formats/paged_memory.h"
#include "flow/distributions/stored_rows.h"

namespace pushforward::app {

// A regular file whose bytes are in memory only while they are used. It must not become shorter
// while it is mapped: reading its former end would end the program with the signal SIGBUS.
class MappedFile {
 public:
  // Returns null if the file is empty or no regular file, such as a pipe, which cannot be mapped. Throws
  // FileError if it cannot be opened.
  static std::shared_ptr<const MappedFile> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {bytes_, size_}; }
  // Gives the memory of all pages back. They are read from the file again when they are used.
  void release() const;

 private:
  MappedFile(char* bytes, std::size_t size)
      : bytes_(bytes), size_(size), known_(std::in_place, bytes, size) {}
  char* bytes_;
  std::size_t size_;
  std::optional<KnownPages> known_;
};

// Files of this size or more are mapped.
inline constexpr std::uint64_t kMappedSize = std::uint64_t{1} << 26;

// A table in a mapped file. `about` describes the array without its values.
struct MappedTable {
  NdArray about;
  std::shared_ptr<const StoredRows> rows;  // null if the file is not mapped
  std::shared_ptr<const MappedFile> file;
};

// Maps an NPY file of at least `least` bytes, as a table (as_table, npy.h). A smaller or compressed
// file, and one in Fortran order, is not mapped. Throws as read_npy does.
MappedTable map_npy(const std::string& path, std::uint64_t least = kMappedSize);

}  // namespace pushforward::app
