#include "autograd/derivatives.h"

#include <algorithm>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

Var hvp(Var y, Var x, Var v, Record record) {
  const Var g = grad(y, x, Record::yes);
  return jvp(g, x, v, record);
}

Var jacobian(Var y, Var x, Record record) {
  Tape& t = tape_of(y, "jacobian");
  const int rows = static_cast<int>(y.shape().size()), cols = static_cast<int>(x.shape().size());
  Pause pause(t, record == Record::no);
  Var all;
  for (int r = 0; r < rows; ++r) {
    std::span<real> one;
    const Var seed = t.uninitialised(y.shape(), one, "seed");
    std::fill(one.begin(), one.end(), real(0));
    one[r] = 1;
    Var g;
    grad(y, seed, {&x, 1}, {&g, 1}, record);
    const Var row = reshape(g ? g : t.full(x.shape(), 0), {1, cols});
    all = all ? concat(all, row, 0) : row;
  }
  return all ? all : t.full({0, cols}, 0);
}

namespace {

void check_field(Var u, Var x, const char* where) {
  check(x.shape().rank == 2 && u.shape() == x.shape(), where, "the field is ", u.shape(),
        " and the points ", x.shape(), "; both must be (B, D)");
}

// Returns the derivative of u with respect to column j of x, from one forward sweep.
Var along_column(Var u, Var x, int j, Record record) {
  const int cols = x.shape().cols();
  std::span<real> unit;
  const Var e = u.tape->uninitialised(x.shape(), unit, "unit");
  for (std::size_t i = 0; i < unit.size(); ++i) unit[i] = static_cast<int>(i % cols) == j;
  return jvp(u, x, e, record);
}

}  // namespace

Var divergence(Var u, Var x, Record record) {
  check_field(u, x, "divergence");
  Tape& t = *u.tape;
  const int rows = x.shape().rows(), cols = x.shape().cols();
  if (record == Record::no) {
    // Without recording, nothing will be differentiated through the forward sweeps (jvp), so the
    // values that a sweep adds to the tape are removed before the next sweep. The D sweeps, one per
    // column of x, together need the memory of one.
    Pause pause(t);
    std::span<real> sum;
    const Var total = t.uninitialised({rows, 1}, sum, "divergence");
    std::fill(sum.begin(), sum.end(), real(0));
    for (int j = 0; j < cols; ++j) {
      Scope scope(t);
      const std::span<const real> moved = along_column(u, x, j, record).values();
      for (int r = 0; r < rows; ++r) sum[r] += moved[static_cast<std::size_t>(r) * cols + j];
    }
    return total;
  }
  Var total;
  for (int j = 0; j < cols; ++j) {
    total = plus(total, slice(along_column(u, x, j, record), 1, j, 1));
  }
  return total ? total : t.full({rows, 1}, 0);
}

Var hutchinson_divergence(Var u, Var x, Var probe, Record record) {
  check_field(u, x, "hutchinson_divergence");
  Var pulled;
  grad(u, probe, {&x, 1}, {&pulled, 1}, record);
  if (!pulled) return u.tape->full({x.shape()[0], 1}, 0);
  Pause pause(*u.tape, record == Record::no);
  return sum_cols(pulled * probe);
}

}  // namespace pushforward::inline PF_REAL
