// A program of ops as plain data: what the examination replays in float, double and __float128,
// prints when it fails, and writes as JSON for other libraries to replay.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "autograd/tensor/shape.h"

namespace pushforward::exam {

// A leaf of the program and its numbers, each of which a float holds exactly.
struct Leaf {
  Shape shape{};
  std::vector<double> values{};
  bool parameter = false;  // goes on the tape as a parameter, not as an input
  bool fixed = false;      // never moves: a condition, which has no neighbourhood
};

// One op and what it is given. A reference k >= 0 means the value of step k, -1 - k means leaf k.
struct Step {
  std::string op;
  std::vector<int> in{-1};
  double a = 0, b = 0;
  int axis = 0, begin = 0, count = 0;
  bool ta = false, tb = false;
  Shape shape{};
  std::vector<int> rows{};
};

// Leaves and steps; the output is the last step's value, or the last leaf if there is no step.
struct Program {
  std::vector<Leaf> leaves;
  std::vector<Step> steps;

  // Number of elements of all leaves together: where one leaf ends the next begins.
  std::size_t size() const;
};

// One line a leaf and a step, with every constant and every number.
std::ostream& operator<<(std::ostream& out, const Program& program);

// One step with its constants, without its place: matmul(#1, leaf 0, ta).
std::string text(const Step& step);

// Numbers with 17 digits between brackets: a JSON list.
void write_list(std::ostream& out, const std::vector<double>& values);

// {"leaves": [...], "steps": [...]}
void write_json(std::ostream& out, const Program& program);

}  // namespace pushforward::exam
