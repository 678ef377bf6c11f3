// A tape's times as a Chrome trace, which Perfetto (ui.perfetto.dev) and chrome://tracing open.
#pragma once

#include <ostream>
#include <span>

#include "autograd/inspect/listing.h"

namespace pushforward {

// {"traceEvents": [...], "displayTimeUnit": "ms"}: a complete event ("ph": "X", microseconds) for
// each line that has a time, with args shape, flops, bytes, line, whose vjp or jvp it is and where
// it was recorded, and around each run of lines of one label an event of that label. Each listing,
// which is one thread's tape, has a row of its own (tid 0, 1, ...). Metadata events ("ph": "M") are
// first and name the process, "pushforward, float32", and the rows, "tape 0", "tape 1", ... Fails
// when no line has a time: the tape had no clock.
void print_trace(std::ostream& out, std::span<const Listing> listings);

// The same for one tape.
inline void print_trace(std::ostream& out, const Listing& listing) {
  print_trace(out, std::span(&listing, 1));
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

inline void print_trace(std::ostream& out, const Tape& tape) { print_trace(out, list_lines(tape)); }

}  // namespace pushforward::inline PF_REAL
