// A table of conditions, the numbers that a field is given beside x and t.
//
// The label of a row of a batch is the number of its class or, with such a table, the number of the
// row of the table that has its conditions. Samplers, likelihoods and training treat both kinds of
// labels alike. They pass labels on, and drop them for guidance. Only the model reads the numbers
// in the table.
#pragma once

#include <memory>
#include <utility>

#include "autograd/tape.h"
#include "autograd/tensor/tensor.h"
#include "flow/field.h"

namespace pushforward::inline PF_REAL {

class ConditionTable {
 public:
  // The numbers (n, k) of n conditions. Throws unless n, k > 0 and all numbers are finite.
  explicit ConditionTable(Tensor rows);

  int rows() const { return rows_.rows(); }
  int columns() const { return rows_.cols(); }
  // Returns the numbers of a row that the table has.
  std::span<const real> row(int k) const { return rows_.row(k); }
  // Writes the conditions of `count` rows to the tape, (count, k + 1): the k numbers of the table's
  // row that the label names, and a 1. A row without a label gets k + 1 zeros. Throws on a label
  // that is no row of the table, and unless there are `count` labels or none.
  Var inputs(Tape& tape, int count, Labels labels) const;

 private:
  Tensor rows_;
};

using ConditionTablePtr = std::shared_ptr<const ConditionTable>;

// Returns the field whose labels are row numbers of `table`. `call` maps (x, t, conditions) to
// velocities, where `conditions` is the result of ConditionTable::inputs. Throws without a table.
template <class Call>
Field conditioned(Call call, ConditionTablePtr table) {
  detail::check(table != nullptr, "conditions", "no table of conditions is given");
  return Field([call = std::move(call), table = std::move(table)](Var x, Var t, Labels labels) {
    return call(x, t, table->inputs(*x.tape, x.shape()[0], labels));
  });
}

}  // namespace pushforward::inline PF_REAL
