// A tape as a graph in the DOT language: `dot -Tsvg tape.dot -o tape.svg` draws it.
#pragma once

#include <ostream>

#include "autograd/inspect/listing.h"

namespace pushforward {

// The options of drawing a tape as a graph.
struct DotOptions {
  // Write the values of tensors with at most this many elements. 0 writes none.
  int values = 0;

  // If true, include lines that derivative rules recorded. Without them the graph is that of the
  // forward computation.
  bool rules = true;

  // If true, include a box that explains shapes and colours.
  bool legend = true;
};

// Prints a node for each line of the tape (each recorded value), and an arrow to it from each of
// its inputs. A frame encloses all lines with the same label; a second frame encloses the lines
// that their derivative rules recorded. Each kind of line has its own shape, and a colour from the
// palette of Okabe and Ito (2008), which colour-blind readers can distinguish. Inputs are blue
// ovals, parameters orange cylinders, constants grey notes, and ops white boxes. Lines that rules
// recorded are green boxes. Lines that were recorded during a Pause are dashed.
void print_dot(std::ostream& out, const Listing& listing, const DotOptions& options = {});

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

inline void print_dot(std::ostream& out, const Tape& tape, const DotOptions& options = {}) {
  print_dot(out, list_lines(tape, options.values), options);
}

}  // namespace pushforward::inline PF_REAL
