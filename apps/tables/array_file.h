// Writes an array to a file block by block, for arrays that are larger than the memory.
#pragma once

#include <cstddef>
#include <string>

#include "apps/formats/npy.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// The file appears under its name, complete, at `finish`. Until then an old file is kept
// (FileInParts, nn/checkpoint/file.h). The bytes are those that write_array writes for the whole
// array.
class ArrayFile {
 public:
  // The ending of the name selects the format: .npy, .csv or .tsv (check_array_name). `rows` is the
  // number of rows of all blocks together. Throws FileError.
  ArrayFile(const std::string& path, std::size_t rows, FileSystem& files = posix());

  // Writes the next block, (n, D) or (n). All blocks have the same D, dtype and columns. Throws
  // FileError, and std::invalid_argument on more rows than the constructor was given.
  void append(const NdArray& block);

  // Throws FileError, and std::invalid_argument if rows are missing.
  void finish();

 private:
  FileInParts file_;
  bool npy_;
  char separator_;
  std::size_t rows_, written_ = 0;
};

}  // namespace pushforward::app
