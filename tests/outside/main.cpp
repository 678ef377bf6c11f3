// What an outside project does with the library: a straight line fitted by gradient descent on a
// tape.
//
// Prints the fit and the precision it was computed in; exits 0 when the line is the one the points
// lie on.
#include <cmath>
#include <cstdio>

#include "autograd/ops.h"
#include "autograd/sweep.h"

int main() {
  using namespace pushforward;

  // y = 2 x - 1 at four points; the weight is (out, in), the bias (1, out).
  const real points[] = {-1, 0, 1, 2}, targets[] = {-3, -1, 1, 3};
  real weight = 0, bias = 0;
  real loss = 0;
  Tape tape;
  for (int step = 0; step < 200; ++step) {
    real dw, db;
    {
      const Scope scope(tape);
      const Var x = tape.input({4, 1}, points), y = tape.input({4, 1}, targets);
      const Var w = tape.parameter(0, {1, 1}, &weight, "weight");
      const Var b = tape.parameter(1, {1, 1}, &bias, "bias");
      const Var error = mse(linear(x, w, b), y);
      loss = error.item();
      dw = grad(error, w).item();
      db = grad(error, b).item();
    }
    weight -= real(0.2) * dw;
    bias -= real(0.2) * db;
  }
  std::printf("%zu-bit fit: y = %.4f x %+.4f, loss %.1e\n", 8 * sizeof(real), double(weight),
              double(bias), double(loss));
  return std::abs(weight - 2) < 1e-4 && std::abs(bias + 1) < 1e-4 ? 0 : 1;
}
