// Writes a tape's times as a Chrome trace, which Perfetto (ui.perfetto.dev) and
// chrome://tracing can open.
#pragma once

#include <ostream>
#include <span>

#include "autograd/inspect/listing.h"

namespace pushforward {

// Prints {"traceEvents": [...], "displayTimeUnit": "ms"}. Each line of the tape that has a time is
// a complete event ("ph": "X", microseconds) with args for its shape, FLOPs, bytes, number, the
// rule that recorded it, and the place in the source. Consecutive lines with the same label are
// inside an event of that label. The viewer shows each listing, the tape of one thread, in its own
// row (tid 0, 1, ...). Metadata events ("ph": "M") come first. They name the process, "pushforward,
// float32", and the rows of the viewer, "tape 0", "tape 1", ... Fails if no line has a time because
// the tape had no clock.
void print_trace(std::ostream& out, std::span<const Listing> listings);

// Prints the trace of one listing.
inline void print_trace(std::ostream& out, const Listing& listing) {
  print_trace(out, std::span(&listing, 1));
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

inline void print_trace(std::ostream& out, const Tape& tape) { print_trace(out, list_lines(tape)); }

}  // namespace pushforward::inline PF_REAL
