// Exercise 3: one Jacobian matrix twice, column by column upwards and row by row downwards.
#include <vector>

#include "autograd/derivatives.h"
#include "autograd/ops.h"
#include "docs/exercises/exercise.h"

using namespace pushforward;

namespace {

using Matrix = std::vector<std::vector<double>>;  // J[i][j] = d y_i / d x_j

// Returns the unit vector e_k of n elements.
Var unit(Tape& tape, int n, int k) {
  std::vector<real> e(static_cast<std::size_t>(n));
  e[static_cast<std::size_t>(k)] = 1;
  return tape.input({1, n}, e);
}

// your part: Matrix by_columns(Var y, Var x, int m, int n) with n calls of jvp, and
// Matrix by_rows(Var y, Var x, int m, int n) with m calls of grad, for y (1, m) and x (1, n)
Matrix by_columns(Var y, Var x, int m, int n) {
  Matrix jacobian(m, std::vector<double>(n));
  for (int j = 0; j < n; ++j) {
    const Var column = jvp(y, x, unit(*x.tape, n, j));
    for (int i = 0; i < m; ++i) jacobian[i][j] = column.values()[i];
  }
  return jacobian;
}

Matrix by_rows(Var y, Var x, int m, int n) {
  Matrix jacobian(m, std::vector<double>(n));
  for (int i = 0; i < m; ++i) {
    Var row;
    grad(y, unit(*x.tape, m, i), {&x, 1}, {&row, 1});
    for (int j = 0; j < n; ++j) jacobian[i][j] = row.values()[j];
  }
  return jacobian;
}
// end of your part

}  // namespace

int main() {
  Tape tape;
  const Var x = tape.input({1, 3}, {0.5, -1, 0.25});
  const Var w = tape.input({3, 2}, {1, 2, -1, 0.5, 3, -2});
  const Var y = sin(matmul(square(x), w));  // (1, 2)
  const Matrix up = by_columns(y, x, 2, 3), down = by_rows(y, x, 2, 3);
  for (int i = 0; i < 2; ++i) {
    const double a = matmul(square(x), w).values()[i];
    for (int j = 0; j < 3; ++j) {
      const double want = std::cos(a) * w.values()[2 * j + i] * 2 * x.values()[j];
      exercise::expect("column by column", up[i][j], want);
      exercise::expect("row by row", down[i][j], want);
    }
  }
  return exercise::result();
}
