// `pushforward inspect --tour`: a walk along a tape of three ops and over both of its sweeps.
#pragma once

#include <ostream>

namespace pushforward::app {

// Records y = sum(tanh(x w)) in double and prints, with the engine's own numbers: the program, its
// tape, the downward sweep rule by rule, the upward sweep, the gradient of the gradient, and the
// check of both by finite differences.
void tour(std::ostream& out);

}  // namespace pushforward::app
