// The table of the examination: the shapes, constants and numbers with which each op of the
// registry is examined.
#pragma once

#include <vector>

#include "tests/exam/program.h"

namespace pushforward::exam {

// The numbers of a leaf: uniform on [low, high], at least 0.05 away from every number in `avoid`
// (kinks and poles) and, if `apart`, from the same element of the first leaf.
struct Domain {
  double low = -2, high = 2;
  std::vector<double> avoid{};
  bool apart = false;
  bool condition = false;  // the numbers are 0, 1 or -2, and the leaf never moves

  // Returns whether x is allowed, without regard to `apart` and `condition`.
  bool holds(double x) const;
};

// An entry of the table: a program with numbers, whose last step is the op, and the domain of each
// leaf. For the leaf ops the program has only leaves.
struct OpCase {
  std::string op;
  Program program;
  std::vector<Domain> domains;
};

// Returns all entries. An op of the registry without an entry fails the examination.
std::vector<OpCase> op_cases();

}  // namespace pushforward::exam
