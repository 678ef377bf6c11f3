// The messages about the tape of a training step, for the live page and for recordings of runs.
#pragma once

#include <vector>

#include "apps/page/message.h"
#include "apps/training/training.h"
#include "autograd/tape.h"

namespace pushforward::app {

// The most rows and columns of a value that a message "line" has.
struct LineCorner {
  int rows = 16, columns = 16;
};

}  // namespace pushforward::app

namespace pushforward::app::inline PF_REAL {

// Returns the message "tape": the lines of the next training step up to its loss and, with
// `backward`, also those of the sweep back to the weights. "formulas" has the formulas of their ops
// (apps/page/op_formulas.h).
PageMessage tape_message(Training& training, bool backward);

// Returns a message "line" for each of these lines of the tape of tape_message. It has the upper
// left corners of three arrays, and in "rms" the root mean square of all numbers of each array
// (null if it is not finite):
//
//   values     the line's value
//   cotangent  the loss's derivative with respect to it, if the loss depends on it
//   tangent    how it moves if every weight moves by minus its gradient, if it moves. A line that
//              was recorded during a Pause has none, since no derivative goes through it
//
// Throws std::invalid_argument if the tape has no such line.
std::vector<PageMessage> line_messages(Training& training, const std::vector<LineId>& ids,
                                       LineCorner corner = {});

}  // namespace pushforward::app::inline PF_REAL
