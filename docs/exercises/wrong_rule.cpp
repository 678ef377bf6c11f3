// Exercise 1: an op whose two rules are wrong alike, and the check that finds it.
#include "autograd/rules.h"
#include "docs/exercises/exercise.h"

using namespace pushforward;

namespace {

// tanh with a wrong slope, 1 - y instead of 1 - y^2. Both sweeps use it.
constexpr Op wrong_tanh_op =
    rules::elementwise("wrong_tanh", rules::unary_kernel<kernels::Unary::tanh>,
                       [](Var, Var y) { return shift(-y, 1); });

// The numbers of <w, tanh(x)>.
constexpr real kX[] = {0.5, -1, 0.25}, kU[] = {1, 0.5, -2}, kW[] = {1, 2, 3};

// your part: double up(), the slope of <w, wrong_tanh(x)> along u by jvp, double down(), the same
// by grad, and double differences(), the same from values alone
double value(double h) {
  Tape tape;
  const Var u = tape.input({3}, kU), w = tape.input({3}, kW);
  const Var x = tape.input({3}, kX) + h * u;
  return sum(w * rules::apply(wrong_tanh_op, {x})).item();
}
double differences() { return (value(1e-5) - value(-1e-5)) / 2e-5; }

double up() {
  Tape tape;
  const Var x = tape.input({3}, kX), u = tape.input({3}, kU), w = tape.input({3}, kW);
  return sum(w * jvp(rules::apply(wrong_tanh_op, {x}), x, u)).item();  // <w, J u>
}

double down() {
  Tape tape;
  const Var x = tape.input({3}, kX), u = tape.input({3}, kU), w = tape.input({3}, kW);
  return sum(grad(sum(w * rules::apply(wrong_tanh_op, {x})), x) * u).item();  // <J^T w, u>
}
// end of your part

}  // namespace

int main() {
  exercise::expect("<w, J u> is <J^T w, u>: the sweeps agree, as always", up(), down());
  exercise::expect("and both are wrong: differences are somewhere else",
                   std::fabs(differences() - up()) > 0.1);
  return exercise::result();
}
