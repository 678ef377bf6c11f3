// Sums, products and quotients of equal shapes, and of a tensor with one number.
#include "autograd/rules.h"

namespace pushforward::inline PF_REAL {

using namespace rules;
using namespace kernels;

namespace {

constexpr Op add_op{
    .name = "add",
    .inputs = 2,
    .shape = equal_shapes,
    .forward = binary_kernel<Binary::add>,
    .vjp = [](const RuleView&, Var g, CotangentSink& to) { to(0, g), to(1, g); },
    .jvp = [](const RuleView&, const Tangents& t) { return plus(t[0], t[1]); },
    .flops = per_element<1>,
};

constexpr Op sub_op{
    .name = "sub",
    .inputs = 2,
    .shape = equal_shapes,
    .forward = binary_kernel<Binary::sub>,
    .vjp =
        [](const RuleView&, Var g, CotangentSink& to) {
          to(0, g);
          if (to.wants(1)) to(1, -g);
        },
    .jvp = [](const RuleView&, const Tangents& t) { return minus(t[0], t[1]); },
    .flops = per_element<1>,
};

constexpr Op mul_op{
    .name = "mul",
    .inputs = 2,
    .shape = equal_shapes,
    .forward = binary_kernel<Binary::mul>,
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          if (to.wants(0)) to(0, g * v.in(1));
          if (to.wants(1)) to(1, g * v.in(0));
        },
    .flops = per_element<1>,
};

// y = a / b. For the cotangent g of y, a gets g / b and b gets -(g / b) y.
constexpr Op div_op{
    .name = "div",
    .inputs = 2,
    .shape = equal_shapes,
    .forward = binary_kernel<Binary::div>,
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const Var over = g / v.in(1);
          to(0, over);
          if (to.wants(1)) to(1, -(over * v.out()));
        },
    .jvp = [](const RuleView& v,
              const Tangents& t) { return minus(t[0], t[1] ? t[1] * v.out() : Var{}) / v.in(1); },
    .flops = per_element<1>,
};

constexpr Op neg_op{
    .name = "neg",
    .shape = same_shape,
    .forward = unary_kernel<Unary::neg>,
    .vjp = [](const RuleView&, Var g, CotangentSink& to) { to(0, -g); },
    .flops = per_element<1>,
};

void scale_kernel(const Tape& t, const TapeLine& l, real* y) {
  // The function `affine` computes a x + b. With b = -0 the sum equals the product a x, also if the
  // product is -0.
  affine(in0(t, l), get<Scalar>(l.constants).value, real(-0.0), y, l.shape.size());
}
constexpr Op scale_op{
    .name = "scale",
    .shape = same_shape,
    .forward = scale_kernel,
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, scale(g, get<Scalar>(v.line.constants).value)); },
    .flops = per_element<1>,
    .constants = Scalar{},
    .describe = "by {value}",
};

void shift_kernel(const Tape& t, const TapeLine& l, real* y) {
  affine(in0(t, l), 1, get<Scalar>(l.constants).value, y, l.shape.size());
}
constexpr Op shift_op{
    .name = "shift",
    .shape = same_shape,
    .forward = shift_kernel,
    .vjp = [](const RuleView&, Var g, CotangentSink& to) { to(0, g); },
    .jvp = [](const RuleView&, const Tangents& t) { return t[0]; },
    .flops = per_element<1>,
    .constants = Scalar{},
    .describe = "by {value}",
};

constexpr const Op* kArithmeticOps[] = {&add_op, &sub_op,   &mul_op,  &div_op,
                                        &neg_op, &scale_op, &shift_op};

}  // namespace

Var operator+(Operand a, Operand b) { return apply(add_op, {a, b}); }
Var operator-(Operand a, Operand b) { return apply(sub_op, {a, b}); }
Var operator*(Operand a, Operand b) { return apply(mul_op, {a, b}); }
Var operator/(Operand a, Operand b) { return apply(div_op, {a, b}); }
Var operator-(Operand x) { return apply(neg_op, {x}); }
Var plus(Operand a, Operand b) { return !a.var ? b.var : !b.var ? a.var : a + b; }
Var minus(Operand a, Operand b) { return !b.var ? a.var : !a.var ? -b : a - b; }
Var scale(Operand x, real a) { return apply(scale_op, {x}, Scalar{a}); }
Var shift(Operand x, real a) { return apply(shift_op, {x}, Scalar{a}); }
Var operator-(real a, Operand x) { return shift(Operand(-x, x.file, x.line), a); }

Var operator/(real a, Operand x) {
  if (a == 1 || !x.var) return reciprocal(x);
  const Var top = x.var.tape->full(x.var.shape(), a);
  return Operand(top, x.file, x.line) / x;
}

std::span<const Op* const> arithmetic_ops() { return kArithmeticOps; }

}  // namespace pushforward::inline PF_REAL
