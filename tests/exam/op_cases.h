// The table of the examination: the shapes, constants and numbers with which each op of autograd
// (see all_ops) is examined.
#pragma once

#include <vector>

#include "tests/exam/program.h"

namespace pushforward::exam {

// The range of a leaf's numbers: uniform on [low, high], at least 0.05 away from every number in
// `avoid` (kinks and poles). With `apart`, each number also differs by at least 0.05 from the
// number at the same place in the first leaf.
struct Domain {
  double low = -2, high = 2;
  std::vector<double> avoid{};
  bool apart = false;
  bool condition = false;  // the numbers are 0, 1 or -2; no derivatives are taken

  // Returns whether x is allowed, ignoring `apart` and `condition`.
  bool holds(double x) const;
};

// An entry of the table: a program whose last step is the op, and the domain of each leaf. For ops
// that make leaves, the program has no steps.
struct OpCase {
  std::string op;
  Program program;
  std::vector<Domain> domains;
};

// Returns all entries. If an op of autograd has no entry, the examination fails.
std::vector<OpCase> op_cases();

}  // namespace pushforward::exam
