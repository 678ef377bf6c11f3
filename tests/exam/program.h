// A program of ops as plain data. The examination runs it in float, double and __float128 and
// prints it if it fails. Written as JSON, other libraries can run it too.
#pragma once

#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "autograd/constants.h"
#include "autograd/tensor/shape.h"

namespace pushforward::exam {

// A leaf of the program with its numbers, which floats represent exactly.
struct Leaf {
  Shape shape{};
  std::vector<double> values{};
  bool parameter = false;  // recorded as a parameter rather than an input
  bool fixed = false;      // a condition: no derivatives are taken
};

// Constants of ops that autograd/constants.h has in the precision of the tape, or with lists in its
// memory. Here they are doubles and vectors, which every precision can run.
struct Number {  // for Scalar
  double value = 0;
  void visit(auto f) const { f("value", value); }
};
struct Interval {  // for Bounds
  double low = 0, high = 0;
  void visit(auto f) const { f("low", low), f("high", high); }
};
struct ListedRows {  // for Indices
  std::vector<int> numbers;
  void visit(auto f) const { f("numbers", numbers); }
};
struct PlacedRows {  // for Placement
  std::vector<int> numbers;
  int total = 0;
  void visit(auto f) const { f("numbers", numbers), f("total", total); }
};
struct Filled {  // of the leaf "constant", whose elements all have this value
  double value = 0;
  Shape shape{};
  void visit(auto f) const { f("value", value), f("shape", shape); }
};
using StepConstants =
    std::variant<NoConstants, Number, Interval, Axis, AxisPair, AxisRange, Padding, NewShape,
                 Repeats, ListedRows, PlacedRows, Transposes, Heads, Rotation, Filled>;

// An op with its inputs and constants. An input k >= 0 is the value of step k. An input -1 - k is
// leaf k.
struct Step {
  std::string op;
  std::vector<int> in{-1};
  StepConstants constants{};
};

// A program has leaves and steps. Its output is the value of the last step, or the last leaf if it
// has no steps.
struct Program {
  std::vector<Leaf> leaves;
  std::vector<Step> steps;

  // Returns the number of elements of all leaves together.
  std::size_t size() const;
};

// Prints one line for each leaf and each step, with all constants and numbers.
std::ostream& operator<<(std::ostream& out, const Program& program);

// Returns a step with its constants as text, for example slice(#1, axis=0, begin=2, end=5).
std::string text(const Step& step);

// Writes a JSON list of numbers with 17 digits.
void write_list(std::ostream& out, const std::vector<double>& values);

// Writes a program as a JSON object {"leaves": [...], "steps": [...]}.
void write_json(std::ostream& out, const Program& program);

}  // namespace pushforward::exam
