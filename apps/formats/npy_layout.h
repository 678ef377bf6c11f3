// The layout of an NPY file: its dtype, order and shape, and where its numbers begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pushforward::app {

inline constexpr std::string_view kNpyMagic = "\x93NUMPY";

// What the header of an NPY file says.
struct NpyLayout {
  std::string dtype;           // "<f4", ">i2", "|b1", ...
  bool fortran_order = false;  // the first axis is the fastest
  std::vector<std::size_t> shape;
  std::size_t begin = 0;                   // the byte at which the numbers begin
  std::size_t element = 0;                 // the bytes of a number
  std::size_t count = 0;                   // the numbers of the array
  double (*value)(const char*) = nullptr;  // reads a number in the order of this machine

  // Returns the number that is stored in these bytes.
  double number(const char* bytes) const;
  // Returns the layout in words, for reports of the file.
  std::string words() const { return "numbers of type " + dtype.substr(1); }
};

// Reads the layout of a file of `size` bytes from `bytes`, its beginning, which has the whole
// header. `source` names the file in errors. Throws Failure (exit 4) as read_npy does (npy.h).
NpyLayout npy_layout(std::string_view bytes, std::uint64_t size, const std::string& source);

// Returns the size of an array's elements in bytes, or no value if it is 2^64 or more.
std::optional<std::size_t> npy_bytes_needed(const std::vector<std::size_t>& shape,
                                            std::size_t element);

}  // namespace pushforward::app
