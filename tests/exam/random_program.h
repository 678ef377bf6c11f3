// Random programs with all ops. Shapes are valid, and arguments are in each op's domain and away
// from its kinks. An op for which random_program.cpp has no code is called like its entries in
// op_cases.cpp, so that every op with an entry occurs in random programs.
#pragma once

#include <cstdint>
#include <string>

#include "tests/exam/program.h"

namespace pushforward::exam {

// Returns program number `seed`, which is the same on every machine. It has 2 to 4 leaves (and
// weights if an op needs them), 6 to 20 random steps and some final steps. A value has at most 64
// elements, each of magnitude at most 6.
Program random_program(std::uint64_t seed);

// Returns a multilayer perceptron with random sizes, activations and normalisations. Its output is
// a single number, a mean squared error or a cross-entropy.
Program random_network(std::uint64_t seed);

}  // namespace pushforward::exam
