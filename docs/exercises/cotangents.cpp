// Exercise 2: the cotangents of y = sum(tanh(x w)), worked out by hand.
#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "docs/exercises/exercise.h"

using namespace pushforward;

namespace {

constexpr real kX[2][2] = {{0.5, -1}, {1.5, 2}};
constexpr real kW[2] = {0.8, 0.3};

struct ByHand {
  double h[2], a[2], w[2];  // the cotangents of h = tanh(a), of a = x w, and of w
};

// your part: ByHand by_hand(), with nothing but numbers
ByHand by_hand() {
  ByHand g{};
  for (int r = 0; r < 2; ++r) {
    const double h = std::tanh(kX[r][0] * kW[0] + kX[r][1] * kW[1]);
    g.h[r] = 1;                     // y = sum(h): each element counts once
    g.a[r] = g.h[r] * (1 - h * h);  // h = tanh(a)
    for (int k = 0; k < 2; ++k) g.w[k] += kX[r][k] * g.a[r];  // a_r = sum over k of x_rk w_k
  }
  return g;
}
// end of your part

}  // namespace

int main() {
  Tape tape;
  const Var x = tape.input({2, 2}, {kX[0][0], kX[0][1], kX[1][0], kX[1][1]});
  const Var w = tape.input({2, 1}, kW);
  const Var a = matmul(x, w), h = tanh(a), y = sum(h);
  const ByHand g = by_hand();
  for (int k = 0; k < 2; ++k) {
    exercise::expect("cotangent of h", g.h[k], grad(y, h).values()[k]);
    exercise::expect("cotangent of a = x w", g.a[k], grad(y, a).values()[k]);
    exercise::expect("cotangent of w", g.w[k], grad(y, w).values()[k]);
  }
  return exercise::result();
}
