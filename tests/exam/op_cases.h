// The table of the examination: for every op of the registry
// the shapes, constants and numbers it is examined with.
#pragma once

#include <vector>

#include "tests/exam/program.h"

namespace pushforward::exam {

// Where the numbers of a leaf come from: uniform on [low, high], at least 0.05 away from every
// number in `avoid` (kinks and poles) and, if `apart`, from the first leaf, element by element.
struct Domain {
  double low = -2, high = 2;
  std::vector<double> avoid{};
  bool apart = false;
  bool condition = false;  // 0, 1 or -2, and never moves

  // Whether x is such a number, where that depends on x alone.
  bool holds(double x) const;
};

// One entry: a program whose last step is the op (leaves alone for the leaf ops), numbers filled
// in, and the domain of each leaf.
struct OpCase {
  std::string op;
  Program program;
  std::vector<Domain> domains;
};

// All entries. An op of the registry that has none here fails the examination.
std::vector<OpCase> op_cases();

}  // namespace pushforward::exam
