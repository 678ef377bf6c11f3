// The shape of a tensor: at most 4 axes, row-major, contiguous, written as (256, 64).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>

#include "autograd/tensor/check.h"

namespace pushforward {

// The sizes of the axes. Rank 0 is a scalar, written (). Most of the engine treats a tensor as a
// matrix: the last axis is the column, and all axes before it together are the rows.
struct Shape {
  std::array<int, 4> dim{};
  int rank = 0;

  constexpr Shape() = default;
  // Throws on more than four axes or a negative size.
  constexpr Shape(std::initializer_list<int> sizes) {
    detail::check(sizes.size() <= 4, "shape", "rank ", sizes.size(),
                  " asked for, at most 4 is possible; reshape first");
    for (int size : sizes) {
      detail::check(size >= 0, "shape", "size ", size, " of axis ", rank, " is negative");
      dim[rank++] = size;
    }
  }

  // Returns the size of axis 0, 1, 2 or 3, which is 0 beyond the rank. Does not check the axis.
  constexpr int operator[](int axis) const { return dim[axis]; }
  // The number of elements; 1 for a scalar.
  constexpr std::int64_t size() const {
    std::int64_t n = 1;
    for (int a = 0; a < rank; ++a) n *= dim[a];
    return n;
  }
  // The size of the last axis; 1 for a scalar.
  constexpr int cols() const { return rank == 0 ? 1 : dim[rank - 1]; }
  // The product of all axes but the last.
  constexpr int rows() const {
    int n = 1;
    for (int a = 0; a + 1 < rank; ++a) n *= dim[a];
    return n;
  }
  // Returns this shape with another size of one axis. Checks neither the axis nor the size.
  constexpr Shape with(int axis, int size) const {
    Shape s = *this;
    s.dim[axis] = size;
    return s;
  }
  constexpr bool operator==(const Shape&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Shape& s) {
  out << '(';
  for (int a = 0; a < s.rank; ++a) out << (a ? ", " : "") << s.dim[a];
  return out << ')';
}

}  // namespace pushforward
