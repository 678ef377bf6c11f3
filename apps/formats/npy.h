// Reads and writes NPY files, NumPy's format for one array. It reads any real numeric dtype and
// writes float32, float64 or int32 (numpy.lib.format, versions 1.0, 2.0 and 3.0).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "apps/formats/columns.h"
#include "apps/formats/file_mark.h"
#include "nn/checkpoint/file.h"

namespace pushforward::app {

// Remarks about a file after it was read as an array.
struct ReadingNotes {
  std::string layout = {};                 // "separated by commas, header in line 1"
  std::vector<std::string> left_out = {};  // content of the file that is not in the array
  std::vector<std::string> warnings = {};  // probable mistakes in the file
  std::size_t file_columns = 0;            // columns in the file; the array may have fewer
};

// An array of numbers in C order, with the dtype of its file ("<f4", "<f8", "|u1", ...).
struct NdArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;
  std::string dtype = "<f8";
  std::string file = {};                // the file it was read from, for messages; empty: none
  std::vector<std::string> names = {};  // the names of a table's columns; empty: the file has none
  FileMark mark = {};                   // the size and hash of the file
  ReadingNotes reading = {};
  // The kinds of a table's columns, by which their values are written as text; empty: all numbers,
  // with as many digits as each needs.
  std::vector<TableColumn> columns = {};
};

// Returns the beginning of a message about the array, such as "points.npy: ". It is "" if the array
// is not from a file.
std::string file_prefix(const NdArray& array);

// Returns an array as a table (N, D). A list (N,) becomes one column. An array (N, A, B, ...)
// becomes N rows of A * B * ... numbers, and the result's member `reading` mentions this. An empty
// array does not change. Throws Failure (exit 4) "[what] points.npy: ..." for a single number.
NdArray as_table(NdArray array, const std::string& what);

// Returns an array of `columns` numbers in each part as a table, as as_table does, whether or not it has
// its values.
NdArray flattened(NdArray array, std::size_t columns);

// Formats a shape as Python does: "(3, 2)", "(3,)", "()".
std::string shape_text(const std::vector<std::size_t>& shape);

// Throws Failure (exit 4) "[what] points.npy: row 3, column 0 is nan; ..." if a number
// of a table is not finite. `first` is the number of its first row in the file.
void check_finite(const NdArray& table, const std::string& what, std::size_t first = 0);

// Reads the array in `path`, compressed by gzip or not. The dtype is one of f2 f4 f8, i1 to i8, u1
// to u8 and b1, little- or big-endian, in C or Fortran order. Integers beyond 2^53 are rounded to
// the nearest double. Throws Failure (exit 4) "[npy] <path>: <fault>; <what to do>", or FileError
// if the file cannot be read.
NdArray read_npy(const std::string& path, FileSystem& files = posix());

// Does the same for an NPZ file, of which it reads the array `name` or the only one. An NPY file has
// one array without a name. Throws as read_npy and npz_member (npz.h) do.
NdArray read_array_named(const std::string& path, const std::string& name,
                         FileSystem& files = posix());

// Parses an array; `source` names the file in errors.
NdArray parse_npy(std::string_view bytes, const std::string& source);

// Returns whether these bytes begin like an NPY file.
bool is_npy(std::string_view bytes);

// Returns the bytes of a version 1.0 file: float32 or int32 if the array's dtype is "<f4" or "<i4",
// else float64. Throws std::invalid_argument if the shape does not match the number of values.
std::string npy_bytes(const NdArray& array);

// The two parts of npy_bytes: the header of an array of this shape and dtype, and the numbers of a
// block of its rows.
std::string npy_header(const std::vector<std::size_t>& shape, const std::string& dtype);
std::string npy_elements(const NdArray& block);

// Writes npy_bytes to `path` atomically. Throws FileError.
void write_npy(const std::string& path, const NdArray& array, FileSystem& files = posix());

}  // namespace pushforward::app
