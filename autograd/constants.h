// The constants of ops, such as an axis or a number of heads, as plain data with names.
#pragma once

#include <span>
#include <variant>

#include "autograd/tensor/real.h"
#include "autograd/tensor/shape.h"

// An op has one of the structs in this file. `visit` calls f(name, constant) for each constant, so
// that the functions that print an op need no list of the names of constants.
namespace pushforward {

struct NoConstants {
  void visit(auto) const {}
};
struct Axis {
  int axis = 0;
  void visit(auto f) const { f("axis", axis); }
};
struct AxisPair {
  int first = 0, second = 0;
  void visit(auto f) const { f("first", first), f("second", second); }
};
struct AxisRange {  // [begin, begin + count) along an axis
  int axis = 0, begin = 0, count = 0;
  void visit(auto f) const { f("axis", axis), f("begin", begin), f("end", begin + count); }
};
struct Padding {  // zeros before `begin`, and behind the input up to `total`, along an axis
  int axis = 0, begin = 0, total = 0;
  void visit(auto f) const { f("axis", axis), f("begin", begin), f("total", total); }
};
struct NewShape {
  Shape shape{};
  void visit(auto f) const { f("shape", shape); }
};
struct Repeats {  // the number of equal rows or columns
  int times = 0;
  void visit(auto f) const { f("times", times); }
};
struct Indices {  // numbers of rows or columns, in the arena
  std::span<const int> numbers{};
  void visit(auto f) const { f("numbers", numbers); }
};
struct Placement {  // as Indices, and the number of rows or columns of the output
  std::span<const int> numbers{};
  int total = 0;
  void visit(auto f) const { f("numbers", numbers), f("total", total); }
};
struct Transposes {  // the inputs of a product that are transposed
  bool first = false, second = false;
  void visit(auto f) const { f("first", first), f("second", second); }
};
struct Heads {  // of attention, over sequences of `length` rows
  int length = 0, heads = 0;
  void visit(auto f) const { f("length", length), f("heads", heads); }
};
struct Rotation {  // of the first `cols` columns, heads of `head` each, in sequences of `length`
  int length = 0, head = 0, cols = 0;
  bool back = false;
  void visit(auto f) const {
    f("length", length), f("head", head), f("cols", cols), f("back", back);
  }
};
struct Slot {  // the number of a parameter in its model
  int slot = 0;
  void visit(auto f) const { f("slot", slot); }
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

struct Scalar {  // a factor, summand, exponent or epsilon
  real value = 0;
  void visit(auto f) const { f("value", value); }
};
struct Bounds {
  real low = 0, high = 0;
  void visit(auto f) const { f("low", low), f("high", high); }
};

using OpConstants =
    std::variant<NoConstants, Scalar, Bounds, Axis, AxisPair, AxisRange, Padding, NewShape, Repeats,
                 Indices, Placement, Transposes, Heads, Rotation, Slot>;

}  // namespace pushforward::inline PF_REAL
