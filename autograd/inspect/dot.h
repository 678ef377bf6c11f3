// A tape as a graph in the DOT language: `dot -Tsvg tape.dot -o tape.svg` draws it.
#pragma once

#include <ostream>

#include "autograd/inspect/listing.h"

namespace pushforward {

struct DotOptions {
  int values = 0;      // write the values of tensors with at most this many elements
  bool rules = true;   // with lines that derivative rules recorded
  bool legend = true;  // with a box that explains shapes and colours
};

// A box a line, an arrow from each input. Lines of one label stand in one frame, what
// its rules recorded in a frame of its own. Colours are from the palette of Okabe and
// Ito (2008), which colour-blind readers can tell apart, and every kind has a shape
// of its own besides: inputs blue ovals, parameters orange barrels, constants grey
// notes, ops white boxes, lines of rules green boxes; paused lines are dashed.
void print_dot(std::ostream& out, const Listing& listing, const DotOptions& options = {});

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

inline void print_dot(std::ostream& out, const Tape& tape, const DotOptions& options = {}) {
  print_dot(out, list_lines(tape, options.values), options);
}

}  // namespace pushforward::inline PF_REAL
