// A table of conditions: the numbers that a field is given beside x and t, with labels as its row
// numbers.
//
// A label says what a row is given. Samplers, likelihoods and training carry it from chunk to chunk
// and drop it for guidance, and it does not matter to them whether it is a class or the number of a
// row of such a table. Only the model looks the numbers up.
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
  // that is no row of the table, and on another number of labels than `count` or none.
  Var inputs(Tape& tape, int count, Labels labels) const;

 private:
  Tensor rows_;
};

using ConditionTablePtr = std::shared_ptr<const ConditionTable>;

// Returns the field whose labels are row numbers of `table`. `call` maps (x, t, conditions) to
// velocities, where the conditions are those of ConditionTable::inputs. Throws without a table.
template <class Call>
Field conditioned(Call call, ConditionTablePtr table) {
  detail::check(table != nullptr, "conditions", "no table of conditions is given");
  return Field([call = std::move(call), table = std::move(table)](Var x, Var t, Labels labels) {
    return call(x, t, table->inputs(*x.tape, x.shape()[0], labels));
  });
}

}  // namespace pushforward::inline PF_REAL
