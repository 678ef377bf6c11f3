// Tests the two example ops of autograd/README.md, of which one is elementwise. Their rules are
// compared with differences of values and with each other, up to second order.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL == 64
#include <vector>

#include "autograd/derivatives.h"
#include "autograd/inspect/listing.h"
#include "autograd/rules.h"
#include "autograd/tensor/math.h"
#include "tests/program/worked_ops.h"
#include "tests/tools/catch.h"

namespace pushforward::app::inline PF_REAL {
namespace {

using namespace rules;

// code: cube
// y = x^3, dy/dx = 3 x^2
void cube_kernel(const Tape& t, const TapeLine& l, real* y) {
  const real* x = in0(t, l);
  for (std::int64_t i = 0; i < l.shape.size(); ++i) y[i] = x[i] * x[i] * x[i];
}
constexpr Op cube_op = elementwise(
    "cube", cube_kernel, [](Var x, Var) { return real(3) * square(x); }, per_element<2>);

Var cube(Operand x) { return apply(cube_op, {x}); }
// end

// code: row_norms
// y (R, 1) = sqrt(sum over c of x_c^2), the length of each row of x (R, C)
Shape row_norms_shape(const OpInputs& in) {
  check_matrix(in);
  return {in.shape[0][0], 1};
}
void row_norms_kernel(const Tape& t, const TapeLine& l, real* y) {
  const real* x = in0(t, l);
  const int cols = t.line(l.in[0]).shape[1];
  for (int r = 0; r < l.shape[0]; ++r, x += cols) y[r] = scalar::sqrt(kernels::dot(x, x, cols));
}
// dy/dx_c = x_c / y, so with the cotangent g of y, the cotangent of x_c is g x_c / y.
void row_norms_vjp(const RuleView& v, Var g, CotangentSink& to) {
  const Var x = v.in(0);
  to(0, x * broadcast_cols(g / v.out(), x.shape()[1]));
}
// With the tangents t_c of x_c, the tangent of y is the sum over c of x_c t_c / y.
Var row_norms_jvp(const RuleView& v, const Tangents& t) {
  return sum_cols(v.in(0) * t[0]) / v.out();
}

constexpr Op row_norms_op{
    .name = "row_norms",
    .inputs = 1,
    .shape = row_norms_shape,
    .forward = row_norms_kernel,
    .vjp = row_norms_vjp,
    .jvp = row_norms_jvp,
    .flops = per_input<2>,
};

Var row_norms(Operand x) { return apply(row_norms_op, {x}); }
// end

using WorkedOp = Var (*)(Operand);

// Returns <w, op(x)> with the weights w = 1, 2, 3, ..., so that all elements have different
// weights.
Var weighted(WorkedOp op, Var x) {
  const Var y = op(x);
  std::vector<real> w;
  for (std::int64_t i = 0; i < y.shape().size(); ++i) w.push_back(real(i + 1));
  return sum(y * x.tape->input(y.shape(), w));
}

// Returns <w, op(x + h u)> with the weights w of `weighted`.
real weighted_at(WorkedOp op, std::vector<real> x, const std::vector<real>& u, real h) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += h * u[i];
  Tape tape;
  return weighted(op, tape.input({3, 2}, x)).item();
}

// Compares the derivative of <w, op(x)> along u (by both sweeps) and its second derivative along u
// (by sweeps over sweeps) with finite differences.
void check_worked(WorkedOp op) {
  const std::vector<real> at{0.5, -1, 1.5, 2, -0.25, 0.75}, u{1, 0.5, -2, 0.25, 1, -1};
  const real h = real(1e-4);
  const real up = weighted_at(op, at, u, h), middle = weighted_at(op, at, u, 0),
             down = weighted_at(op, at, u, -h);
  const double slope = (up - down) / (2 * h), bend = (up - 2 * middle + down) / (h * h);

  Tape tape;
  const Var x = tape.input({3, 2}, at), along = tape.input({3, 2}, u), y = weighted(op, x);
  const Var g = grad(y, x, Record::yes), t = jvp(y, x, along, Record::yes);
  CHECK(sum(g * along).item() == Approx(slope).epsilon(1e-7));
  CHECK(t.item() == Approx(sum(g * along).item()).epsilon(1e-14));
  CHECK(sum(jvp(g, x, along) * along).item() == Approx(bend).epsilon(1e-5));
  CHECK(sum(grad(t, x) * along).item() ==
        Approx(sum(jvp(g, x, along) * along).item()).epsilon(1e-13));
}

TEST_CASE("the example ops of autograd/README.md have right rules") {
  check_worked(cube);
  check_worked(row_norms);
}

TEST_CASE("the example op row_norms refuses values that are no matrix") {
  Tape tape;
  CHECK_THROWS_WITH(row_norms(tape.full({4}, 1)),
                    "[row_norms] a matrix (R, C) is needed, input 0 is (4); reshape it first");
}

}  // namespace

void use_cube(std::ostream& out) {
  // code: use_cube
  Tape tape;
  Var x = tape.input({2}, {1, 2}, "x");
  Var y = sum(cube(x));
  Var d1 = grad(y, x, Record::yes);
  Var d2 = jvp(d1, x, tape.full({2}, 1));
  print(out, tape, {.values = 2});
  // end
  (void)d2;
}

void use_row_norms(std::ostream& out) {
  // code: use_row_norms
  Tape tape;
  Var x = tape.input({2, 2}, {3, 4, 5, 12}, "x");
  Var y = row_norms(x);
  Var g = grad(sum(y), x);                                   // down: one sweep, all of x
  Var t = jvp(y, x, tape.input({2, 2}, {1, 0, 0, 1}, "t"));  // up: one direction
  print(out, tape, {.values = 4});
  // end
  (void)g, (void)t;
}

}  // namespace pushforward::app::inline PF_REAL
#endif
