// Blocks of memory that the system can move to a file: a block that becomes large is mapped from a
// temporary file without a name, so that a table may be larger than the memory.
#pragma once

#include <cstddef>
#include <string>

namespace pushforward::app {

// When blocks are moved to files. Tests lower `least`; no option of the program sets it.
struct PagedSettings {
  std::size_t least = std::size_t{1} << 26;  // blocks of this many bytes or more are in a file
  std::string folder = {};                   // of the files; empty: paged_folder()
};
PagedSettings& paged_settings();

// Returns the folder of these files: $TMPDIR, or else /var/tmp, or else /tmp.
std::string paged_folder();

// Gives the memory of all blocks that are in files back, and that of all mapped texts. Their bytes do not
// change: the system reads them again when they are used. Several threads may call it.
void release_pages();

// A loop over a large list calls release_pages() after this many bytes of it.
inline constexpr std::size_t kPagesPart = std::size_t{1} << 20;
// Calls release_pages() now and then, in a loop over the rows of a table.
inline void pass_row(std::size_t row) {
  constexpr std::size_t kRows = std::size_t{1} << 16;
  if (row % kRows == kRows - 1) release_pages();
}

// A mapped range of memory that release_pages() knows until the object is destroyed, which must be before
// the range is unmapped.
class KnownPages {
 public:
  KnownPages(void* begin, std::size_t size);
  ~KnownPages();
  KnownPages(const KnownPages&) = delete;
  KnownPages& operator=(const KnownPages&) = delete;

 private:
  void* begin_;
};

// A block of bytes that can grow, aligned for any type.
class PagedMemory {
 public:
  PagedMemory() = default;
  ~PagedMemory();
  PagedMemory(PagedMemory&& other) noexcept;
  PagedMemory& operator=(PagedMemory&& other) noexcept;

  char* data() const { return data_; }
  std::size_t capacity() const { return capacity_; }
  // Returns whether the block is in a file.
  bool in_file() const { return descriptor_ >= 0; }
  // Makes room for at least `bytes` bytes, and keeps the first `used`. The place on the disk is taken
  // at once. Throws FileError, which says how much place is needed, if the file cannot be made, and
  // std::bad_alloc.
  void reserve(std::size_t bytes, std::size_t used);

 private:
  void drop() noexcept;
  void grow_file(std::size_t bytes);

  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  int descriptor_ = -1;
  std::string path_;  // the name that the file had, for messages
};

}  // namespace pushforward::app
