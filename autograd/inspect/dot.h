// A tape as a graph in the DOT language: `dot -Tsvg tape.dot -o tape.svg` draws it.
#pragma once

#include <ostream>

#include "autograd/inspect/listing.h"

namespace pushforward {

struct DotOptions {
  int values = 0;      // write the values of tensors with at most this many elements
  bool rules = true;   // include lines that derivative rules recorded
  bool legend = true;  // include a box that explains shapes and colours
};

// Prints a node for each line and an arrow from each of its inputs. Lines with the same label are
// in one frame, and the lines that their derivative rules recorded are in another. Each kind has
// its own shape, and a colour from the palette of Okabe and Ito (2008), which colour-blind readers
// can distinguish: inputs are blue ovals, parameters orange cylinders, constants grey notes, ops
// white boxes, and lines of rules green boxes. Paused lines are dashed.
void print_dot(std::ostream& out, const Listing& listing, const DotOptions& options = {});

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

inline void print_dot(std::ostream& out, const Tape& tape, const DotOptions& options = {}) {
  print_dot(out, list_lines(tape, options.values), options);
}

}  // namespace pushforward::inline PF_REAL
