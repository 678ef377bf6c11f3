// Couplings: which source row of a batch meets which data row.
//
// A coupling answers in index pairs and moves no data, so labels and conditions follow their rows.
// To add one (minibatch optimal transport, couplings with labels, pairs saved by an earlier flow):
// a function here that returns its Coupling.
#pragma once

#include <span>

#include "autograd/real.h"
#include "autograd/rng.h"

namespace pushforward {

// Row k of a batch: source row `source` meets data row `data`, with the label of the latter.
struct Pair {
  int source, data;
  bool operator==(const Pair&) const = default;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The endpoints of a whole batch, as a coupling sees them.
struct Endpoints {
  int rows, dim;
  const real *x0, *x1;  // (rows, dim) each
  const int* labels;    // of the data rows; null: none
};

// A joint law of (x0, x1), by how it pairs the rows of a batch.
struct Coupling {
  const char* name;
  // Fills one pair for each row of the batch; random ones draw from `stream`. Null: row k meets row
  // k, and chunks need not wait for the batch.
  void (*pair)(const Endpoints& ends, Stream stream, std::span<Pair> pairs);
};

// x0 and x1 drawn independently: row k meets row k.
inline Coupling independent_coupling() { return {"independent", nullptr}; }

}  // namespace pushforward::inline PF_REAL
