// Exercise 4: a fused op, the squared distance of each row of a to the same row of b in one pass.
#include "autograd/rules.h"
#include "docs/exercises/exercise.h"

using namespace pushforward;

namespace {

// Computes the same with existing ops, which takes three lines and two arrays of the size of a.
Var composed(Var a, Var b) { return sum_cols(square(a - b)); }

// your part: Var squared_distance(Operand a, Operand b), (R, C) and (R, C) -> (R, 1), as one op
Shape distance_shape(const OpInputs& in) {
  rules::check_matrix(in);
  rules::equal_shapes(in);
  return {in.shape[0][0], 1};
}
void distance_kernel(const Tape& t, const TapeLine& l, real* y) {
  const real *a = rules::in0(t, l), *b = rules::in1(t, l);
  const int cols = t.line(l.in[0]).shape[1];
  for (int r = 0; r < l.shape[0]; ++r) {
    real sum = 0;
    for (int c = 0; c < cols; ++c, ++a, ++b) sum += (*a - *b) * (*a - *b);
    y[r] = sum;
  }
}
// dy/da = 2 (a - b), dy/db = -2 (a - b)
void distance_vjp(const RuleView& v, Var g, CotangentSink& to) {
  const Var off = v.in(0) - v.in(1);
  const Var pull = off * broadcast_cols(real(2) * g, off.shape()[1]);
  to(0, pull);
  if (to.wants(1)) to(1, -pull);
}
Var distance_jvp(const RuleView& v, const Tangents& t) {
  // A null tangent stands for an input that does not move; `minus` takes it as zero.
  const Var moved = minus(t[0], t[1]);
  return real(2) * sum_cols((v.in(0) - v.in(1)) * moved);
}
constexpr Op squared_distance_op{
    .name = "squared_distance",
    .inputs = 2,
    .shape = distance_shape,
    .forward = distance_kernel,
    .vjp = distance_vjp,
    .jvp = distance_jvp,
    .flops = rules::per_input<3>,
};
Var squared_distance(Operand a, Operand b) { return rules::apply(squared_distance_op, {a, b}); }
// end of your part

// Returns the largest difference of two values.
double apart(Var p, Var q) {
  double most = 0;
  for (const real x : (p - q).values()) most = std::fmax(most, std::fabs(x));
  return most;
}

}  // namespace

int main() {
  Tape tape;
  const Var a = tape.input({2, 3}, {0.5, -1, 2, 1, 0.25, -2});
  const Var b = tape.input({2, 3}, {1, 1, -1, 0.5, 2, 0.75});
  const Var t = tape.input({2, 3}, {1, 0, -1, 2, 0.5, 1});
  const Var one = squared_distance(a, b);
  exercise::expect("the op is one line", tape.line(one.id).in[0] == a.id);
  const Var all = composed(a, b), w = tape.input({2, 1}, {1, -2});
  const Var y = sum(w * square(one)),
            z = sum(w * square(all));  // squared, so that g is not constant
  exercise::expect("values", apart(one, all), 0);
  for (const Var x : {a, b}) {
    const Var gy = grad(y, x, Record::yes), gz = grad(z, x, Record::yes);
    exercise::expect("vjp", apart(gy, gz), 0);
    exercise::expect("jvp", apart(jvp(y, x, t), jvp(z, x, t)), 0);
    exercise::expect("jvp of the vjp", apart(jvp(gy, x, t), jvp(gz, x, t)), 0);
    exercise::expect("vjp of the vjp", apart(grad(sum(gy * t), x), grad(sum(gz * t), x)), 0);
  }
  const Var both[] = {a, b}, moves[] = {t, t};
  exercise::expect("jvp, both moving alike", apart(jvp(one, both, moves), w - w), 0);
  return exercise::result();
}
