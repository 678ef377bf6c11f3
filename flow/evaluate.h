// From a field on a tape to plain numbers: points and times in, velocities out, nothing recorded.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "autograd/tensor.h"
#include "autograd/workers.h"
#include "flow/field.h"

namespace pushforward::inline PF_REAL {

// A field with a tape of its own, rewound after each evaluation; after the first one it allocates
// nothing. One thread at a time.
class Evaluator {
 public:
  Evaluator(Field field, int dim) : field_(std::move(field)), dim_(dim) {}

  // dx (rows, dim) = u(x, t) for x (rows, dim) and a time for each row. Fails when the field's
  // answer has another shape.
  void operator()(int rows, const real* x, const double* t, real* dx);

  // Names the first line of the tape that is not finite when the field is evaluated there, and
  // where it was recorded; empty when all are finite.
  std::string first_not_finite(int rows, const real* x, const double* t);

 private:
  Var evaluate(int rows, const real* x, const double* t);

  Field field_;
  int dim_;
  Tape tape_;
};

// u(x, t) at points x (n, D), all at time t, chunk by chunk: (n, D).
Tensor velocity(const Field& field, const Tensor& x, double t, Workers& workers);

}  // namespace pushforward::inline PF_REAL
