// Implements `pushforward inspect --tour`: it explains a tape of three ops and both sweeps over it.
#pragma once

#include <ostream>

namespace pushforward::app {

// Records y = sum(tanh(x w)) in double. Prints the program, its tape, the downward (reverse) sweep
// rule by rule, the upward (forward) sweep, the gradient of the gradient, and a check of the first
// and second derivatives by finite differences. The engine computes all numbers.
void tour(std::ostream& out);

}  // namespace pushforward::app
