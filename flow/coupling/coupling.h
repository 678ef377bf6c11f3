// Couplings: they pair the source rows of a batch with its data rows.
//
// A coupling returns index pairs and moves no data, so labels and conditioning stay with their
// rows. To add one, write a function that returns its Coupling.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "autograd/tensor/real.h"
#include "autograd/tensor/rng.h"

namespace pushforward {

// Row k of a batch: source row `source` meets data row `data`, with the label of the latter.
struct RowPair {
  int source, data;
  bool operator==(const RowPair&) const = default;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The endpoints of a whole batch, the input of a coupling.
struct Endpoints {
  int rows, dim;
  const real *x0, *x1;  // (rows, dim) each
  const int* labels;    // of the data rows; null if there are none
};

// A joint distribution of (x0, x1), given by how it pairs the rows of a batch.
struct Coupling {
  std::string name;
  // Fills one pair for each row of the batch; random ones draw from `stream`. Called from one
  // thread at a time, and after the first call of a size it allocates nothing. Empty: row k meets
  // row k, and chunks need not wait for the batch. Called by Batch, which gives one pair a row; the
  // couplings of this folder do not check.
  std::function<void(const Endpoints& ends, Stream stream, std::span<RowPair> pairs)> pair;
  // Row k of source and data is the same row of two finite sets of equal size, or of one saved
  // table of pairs: both are drawn with the same numbers.
  bool paired = false;
};

// x0 and x1 are independent: row k is paired with row k.
inline Coupling independent_coupling() { return {"independent", nullptr}; }

// x0 and x1 are rows of two finite sets, paired by an earlier flow or a measurement. Row i of one
// set is always paired with row i of the other.
inline Coupling paired_coupling() { return {"paired", nullptr, true}; }

}  // namespace pushforward::inline PF_REAL
