// NPY files, NumPy's format for one array: read whatever their numeric dtype, written as float32,
// float64 or int32 (numpy.lib.format: versions 1.0, 2.0 and 3.0).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "nn/checkpoint/file.h"

namespace pushforward::app {

// An array of numbers in C order, with the dtype that
// its file has or will have ("<f4", "<f8", "|u1", ...).
struct NdArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;
  std::string dtype = "<f8";
  std::string file = {};  // that it was read from, for messages; empty: none
};

// "points.npy: ", how a message about the array begins; "" where it is of no file.
std::string file_prefix(const NdArray& array);

// "(3, 2)", "(3,)", "()": a shape as Python writes it.
std::string shape_text(const std::vector<std::size_t>& shape);

// Failure (exit 4) "[what] points.npy: row 3, column 0
// is nan; ..." where a number of a table is not finite.
void check_finite(const NdArray& table, const std::string& what);

// Reads the array in `path`: f2 f4 f8, i1 to i8, u1 to u8 and b1, little- or big-endian, in C or
// Fortran order. Integers past 2^53 are rounded to the nearest double. Failure (exit 4) "[npy]
// <path>: <fault>; <what to do>"; FileError if the file can't be read.
NdArray read_npy(const std::string& path, FileSystem& files = posix());

// The array in `bytes`; `source` names the file in errors.
NdArray parse_npy(std::string_view bytes, const std::string& source);

// The bytes of a version 1.0 file: float32 or int32 if
// the array's dtype is "<f4" or "<i4", else float64.
// std::invalid_argument if shape and number of values disagree.
std::string npy_bytes(const NdArray& array);

// Writes them to `path` atomically; FileError.
void write_npy(const std::string& path, const NdArray& array, FileSystem& files = posix());

}  // namespace pushforward::app
