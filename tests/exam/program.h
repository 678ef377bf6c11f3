// A program of ops as plain data. The examination runs it in float, double and __float128 and
// prints it if it fails. Written as JSON, other libraries can run it too.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "autograd/tensor/shape.h"

namespace pushforward::exam {

// A leaf of the program with its numbers, which floats represent exactly.
struct Leaf {
  Shape shape{};
  std::vector<double> values{};
  bool parameter = false;  // recorded as a parameter rather than an input
  bool fixed = false;      // a condition: no derivatives are taken
};

// An op with its inputs and constants. An input k >= 0 is the value of step k. An input -1 - k is
// leaf k.
struct Step {
  std::string op;
  std::vector<int> in{-1};
  double a = 0, b = 0;
  int axis = 0, begin = 0, count = 0;
  bool ta = false, tb = false;
  Shape shape{};
  std::vector<int> rows{};
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

// Returns a step with its constants as text, for example matmul(#1, leaf 0, ta).
std::string text(const Step& step);

// Writes a JSON list of numbers with 17 digits.
void write_list(std::ostream& out, const std::vector<double>& values);

// Writes a program as a JSON object {"leaves": [...], "steps": [...]}.
void write_json(std::ostream& out, const Program& program);

}  // namespace pushforward::exam
