// Random programs of all ops. Shapes are valid, and arguments are in each op's domain and away from
// its kinks. An op that has no code here is called like its entries in op_cases.cpp, so a new op is
// in random programs as soon as it has an entry.
#pragma once

#include <cstdint>
#include <string>

#include "tests/exam/program.h"

namespace pushforward::exam {

// Returns program number `seed`, which is the same on every machine. It has 2 to 4 leaves (more if
// an op needs a weight) and 6 to 20 steps (and some to end it). A value has at most 64 elements, of
// at most 6 in magnitude.
Program random_program(std::uint64_t seed);

// Returns a multilayer perceptron with random sizes, activations and normalisations. Its output is
// one number, a mean squared error or a cross-entropy.
Program random_network(std::uint64_t seed);

}  // namespace pushforward::exam
