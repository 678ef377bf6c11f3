// Reads the rows of an NPY file block by block, for files that are larger than the memory.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "apps/formats/npy.h"
#include "apps/formats/npy_layout.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

class NpyRows {
 public:
  // Opens a file whose rows can be read one after another: an NPY file (N, D) in C order that is not
  // compressed. Returns nothing if the file is another one. Throws as read_npy does on a damaged
  // file.
  static std::optional<NpyRows> open(const std::string& path, FileSystem& files = posix());

  // The table without its numbers: file, shape, dtype and layout.
  const NdArray& table() const { return table_; }
  std::size_t rows() const { return table_.shape[0]; }

  // Returns the next `rows` rows, or the last ones if there are fewer. Throws FileError, and Failure
  // (exit 4) if the file has become shorter.
  NdArray next(std::size_t rows);
  // Reads the whole file once more, and throws Failure (exit 4) as check_finite does (npy.h) if a number is
  // not finite, so that nothing is half done when such a number is found. Whole numbers are always finite.
  void check_all_finite(const std::string& what) const;
  // The number of rows that were returned.
  std::size_t rows_read() const { return read_; }

 private:
  NpyRows(FileSystem& files, Descriptor descriptor)
      : files_(&files), file_(std::move(descriptor)) {}

  FileSystem* files_;
  Descriptor file_;
  NdArray table_;
  NpyLayout layout_;
  std::size_t read_ = 0;
};

}  // namespace pushforward::app
