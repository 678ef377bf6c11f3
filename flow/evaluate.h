// Evaluates a field on plain numbers, for callers that need no derivatives: points and times in,
// velocities out.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "autograd/tensor/tensor.h"
#include "autograd/tensor/workers.h"
#include "flow/field.h"

namespace pushforward::inline PF_REAL {

// A field with its own tape, which is rewound after each evaluation. Allocates nothing after the
// first evaluation. Not thread-safe: use one Evaluator per thread.
class Evaluator {
 public:
  // Fails without a field, and on a dimension below 1.
  Evaluator(Field field, int dim) : field_(std::move(field)), dim_(dim) {
    detail::check(bool(field_), "field", "nothing is given to evaluate");
    detail::check(dim > 0, "field", "points of ", dim, " numbers; give at least 1");
  }

  // Computes dx (rows, dim) = u(x, t, labels) for x (rows, dim). There is one time per row, and one
  // label per row or none at all. Fails on another number of labels, and when the field returns
  // another shape. Does not check the memory of x, t and dx.
  void operator()(int rows, const real* x, const double* t, real* dx, Labels labels = {});

  // Describes the first non-finite value since the last call of `forget`: the tape entry that
  // produced it, and the source line that recorded the entry (autograd/inspect/listing.h). Empty
  // while all values are finite.
  const std::string& not_finite() const { return not_finite_; }
  void forget() { not_finite_.clear(); }

 private:
  Field field_;
  int dim_;
  Tape tape_;
  std::string not_finite_;
};

// Returns u(x, t, labels) (n, D) at points x (n, D), all at time t. Works chunk by chunk. `labels`
// has n entries, or is empty. Fails without a field, on points that are not a matrix, and on
// another number of labels.
Tensor evaluate_field(const Field& field, const Tensor& x, double t, Workers& workers,
                      Labels labels = {});

}  // namespace pushforward::inline PF_REAL
