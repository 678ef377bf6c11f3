// The messages about the tape of a training step, for the live page and for recordings of runs.
#pragma once

#include <vector>

#include "apps/engine/training.h"
#include "apps/page/message.h"
#include "autograd/tape.h"

namespace pushforward::app {

// The most rows and columns of a value that a message "line" has.
struct LineCorner {
  int rows = 16, columns = 16;
};

}  // namespace pushforward::app

namespace pushforward::app::inline PF_REAL {

// Returns the message "tape": the lines of the next training step up to its loss and, with
// `backward`, also those of the sweep back to the weights.
PageMessage tape_message(Training& training, bool backward);

// Returns a message "line" for each of these lines of that tape: the upper left corner of its value
// and, if the loss depends on it, of the loss's derivative with respect to it. Throws
// std::invalid_argument if the tape has no such line.
std::vector<PageMessage> line_messages(Training& training, const std::vector<LineId>& ids,
                                       LineCorner corner = {});

}  // namespace pushforward::app::inline PF_REAL
