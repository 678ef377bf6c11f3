// Implements `pushforward inspect --tour`: a walk along a tape of three ops and both of its sweeps.
#pragma once

#include <ostream>

namespace pushforward::app {

// Records y = sum(tanh(x w)) in double and prints the program, its tape, the downward sweep rule by
// rule, the upward sweep, the gradient of the gradient, and a check of both by finite differences.
// All numbers are computed by the engine.
void tour(std::ostream& out);

}  // namespace pushforward::app
