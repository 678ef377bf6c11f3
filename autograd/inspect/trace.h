// A tape's times as a Chrome trace, which Perfetto (ui.perfetto.dev) and chrome://tracing open.
#pragma once

#include <ostream>
#include <span>

#include "autograd/inspect/listing.h"

namespace pushforward {

// {"traceEvents": [...], "displayTimeUnit": "ms"}: a complete event ("ph": "X", microseconds) for
// each line that has a time, with args shape, flops, bytes, line and where it was recorded, and
// around each run of lines of one label an event of that label. One row (tid 0, 1, ...) a listing:
// one for each thread's tape. Fails when no line has a time: the tape had no clock.
void print_trace(std::ostream& out, std::span<const Listing> listings);

// The same for one tape.
inline void print_trace(std::ostream& out, const Listing& listing) {
  print_trace(out, std::span(&listing, 1));
}

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

inline void print_trace(std::ostream& out, const Tape& tape) { print_trace(out, list_lines(tape)); }

}  // namespace pushforward::inline PF_REAL
