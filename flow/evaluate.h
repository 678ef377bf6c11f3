// From a field on a tape to plain numbers: points and times in, velocities out, nothing recorded.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "autograd/tensor/tensor.h"
#include "autograd/tensor/workers.h"
#include "flow/field.h"

namespace pushforward::inline PF_REAL {

// A field with a tape of its own, rewound after each evaluation;
// after the first one it allocates nothing. One thread at a time.
class Evaluator {
 public:
  // Fails without a field, and on a dimension below 1.
  Evaluator(Field field, int dim) : field_(std::move(field)), dim_(dim) {
    detail::check(bool(field_), "field", "nothing is given to evaluate");
    detail::check(dim > 0, "field", "points of ", dim, " numbers; give at least 1");
  }

  // dx (rows, dim) = u(x, t, labels) for x (rows, dim), a time for each row, and a label for each
  // row or none at all. Fails when the field's answer has another shape. Does not check the memory.
  void operator()(int rows, const real* x, const double* t, real* dx, Labels labels = {});

  // Of the first answer since the last `forget` that was not finite: the line of the tape where
  // that began, and where it was recorded (autograd/inspect/listing.h). Empty while all are finite.
  const std::string& not_finite() const { return not_finite_; }
  void forget() { not_finite_.clear(); }

 private:
  Field field_;
  int dim_;
  Tape tape_;
  std::string not_finite_;
};

// u(x, t, labels) at points x (n, D), all at time t, chunk by chunk: (n, D). Labels (n), or none.
// Fails without a field, on points that are no matrix, and on another number of labels.
Tensor evaluate_field(const Field& field, const Tensor& x, double t, Workers& workers,
                      Labels labels = {});

}  // namespace pushforward::inline PF_REAL
