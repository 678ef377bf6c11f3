// Couplings: they pair the source rows of a batch with its data rows.
//
// A coupling returns index pairs and moves no data, so labels and conditioning stay with their
// rows. To add one, write a function that returns its Coupling.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "autograd/tensor/real.h"
#include "autograd/tensor/rng.h"

namespace pushforward {

// A pair of row indices of a batch. The pair has the label of the data row.
struct RowPair {
  int source, data;
  bool operator==(const RowPair&) const = default;
};

}  // namespace pushforward

namespace pushforward::inline PF_REAL {

// The endpoints of a whole batch, the input of a coupling.
struct Endpoints {
  int rows, dim;
  const real *x0, *x1;               // (rows, dim) each
  const int* labels;                 // labels of the data rows; null if there are none
  const real* conditions = nullptr;  // (rows, condition_columns) of the data rows; null: none
  int condition_columns = 0;
  std::function<bool()> interrupted{};  // stops the solvers of transport (Interruption)
};

// A joint distribution of (x0, x1), given by how it pairs the rows of a batch.
struct Coupling {
  // The name of the coupling, for errors.
  std::string name;

  // Fills one pair for each row of the batch; random couplings draw from `stream`. Throws
  // SamplingInterrupted when ends.interrupted returns true. Batch calls this function, from one
  // thread at a time, and fails on a pair of rows that do not exist. The
  // couplings of this folder do not check the number of pairs, and allocate nothing after the first
  // call of a size. If the function is empty, row k is paired with row k, and each part of a batch
  // can be drawn without the rest.
  std::function<void(const Endpoints& ends, Stream stream, std::span<RowPair> pairs)> pair;

  // True if source and data are two finite sets of equal size, or the two sides of one saved table
  // of pairs, and both are drawn with the same random numbers. Row k of a batch then comes from the
  // same row of the two sets.
  bool paired = false;

  // The number of batches for which the iterations found no entropic plan, so that the exact plan
  // was used instead (see sinkhorn_coupling). Null for couplings that never do this.
  std::shared_ptr<std::atomic<std::int64_t>> replaced{};
};

// Returns the coupling in which x0 and x1 are independent: row k is paired with row k.
inline Coupling independent_coupling() { return {"independent", nullptr}; }

// Returns the coupling of two finite sets whose rows an earlier flow or a measurement has paired.
// Row i of one set is always paired with row i of the other.
inline Coupling paired_coupling() { return {"paired", nullptr, true}; }

}  // namespace pushforward::inline PF_REAL
