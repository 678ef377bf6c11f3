// The table of the examination: for every op of the registry
// the shapes, constants and numbers it is examined with.
#pragma once

#include <vector>

#include "tests/exam/program.h"

namespace pushforward::exam {

// One entry: a program whose last step is the op
// (leaves alone for the leaf ops), numbers filled in.
struct OpCase {
  std::string op;
  Program program;
};

// All entries. An op of the registry that has none here fails the examination.
std::vector<OpCase> op_cases();

}  // namespace pushforward::exam
