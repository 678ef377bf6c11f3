// Programs made at random from all ops: shapes legal, arguments inside every domain and away from
// every kink. An op that has nothing written for it here is called as its entries in op_cases.cpp
// call it, so that a new op is in random programs as soon as the examination has it.
#pragma once

#include <cstdint>
#include <string>

#include "tests/exam/program.h"

namespace pushforward::exam {

// The program number `seed`: 2 to 4 leaves (more where an op needs a weight), 6 to 20 steps (and
// more to end it) of values of at most 64 elements below 6 in magnitude. The same on every machine.
Program random_program(std::uint64_t seed);

// A multilayer perceptron with random sizes, activations and normalisations, and a mean squared or
// a cross-entropy loss as its one-element output.
Program random_network(std::uint64_t seed);

}  // namespace pushforward::exam
