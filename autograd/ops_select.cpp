// Ops that select values (where, clamp, maximum), and stop_gradient, which blocks the sweeps.
#include <algorithm>

#include "autograd/rules.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using namespace rules;
using namespace kernels;

namespace {

// `where` computes y = c ? a : b, element by element. An input a or b gets the cotangent at
// elements where it was chosen and exactly 0 elsewhere, so a NaN in the cotangent of an element
// does not reach the input that was not chosen there.
constexpr Op where_op{
    .name = "where",
    .inputs = 3,
    .shape = equal_shapes,
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const real *c = in0(t, l), *a = in1(t, l), *b = in2(t, l);
          for (std::int64_t i = 0; i < l.shape.size(); ++i) y[i] = c[i] != 0 ? a[i] : b[i];
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const Var zero = v.tape.full(v.line.shape, 0);
          if (to.wants(1)) to(1, where(v.in(0), g, zero));
          if (to.wants(2)) to(2, where(v.in(0), zero, g));
        },
    .jvp =
        [](const RuleView& v, const Tangents& t) {
          if (!t[1] && !t[2]) return Var{};
          const Var zero = v.tape.full(v.line.shape, 0);
          return where(v.in(0), t[1] ? t[1] : zero, t[2] ? t[2] : zero);
        },
    .flops = per_element<1>,
};

// A NaN is neither below nor above the bounds: `clamp` returns it, and `inside` returns 0 for it.
void clamp_kernel(const Tape& t, const TapeLine& l, real* y) {
  const real* x = in0(t, l);
  const auto [low, high] = get<Bounds>(l.constants);
  for (std::int64_t i = 0; i < l.shape.size(); ++i) {
    const real from_below = x[i] < low ? low : x[i];
    y[i] = from_below > high ? high : from_below;
  }
}

Shape bounded(const OpInputs& in) {
  const auto [low, high] = get<Bounds>(in.constants);
  check(low <= high, in.op, "the lower bound ", static_cast<double>(low),
        " is above the upper bound ", static_cast<double>(high));
  return in.shape[0];
}

Var times_inside(const RuleView& v, Var h) {
  const auto [low, high] = get<Bounds>(v.line.constants);
  return h * inside(v.in(0), low, high);
}
constexpr Op clamp_op{
    .name = "clamp",
    .shape = bounded,
    .forward = clamp_kernel,
    .vjp = product_vjp<times_inside>,
    .jvp = product_jvp<times_inside>,
    .flops = per_element<2>,
    .constants = Bounds{},
    .describe = "[{low}, {high}]",
};

constexpr Op inside_op{
    .name = "inside",
    .shape = bounded,
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const real* x = in0(t, l);
          const auto [low, high] = get<Bounds>(l.constants);
          for (std::int64_t i = 0; i < l.shape.size(); ++i) y[i] = x[i] >= low && x[i] <= high;
        },
    .vjp = no_vjp,
    .jvp = no_jvp,
    .flops = per_element<2>,
    .constants = Bounds{},
    .describe = "[{low}, {high}]",
};

constexpr Op maximum_op{
    .name = "maximum",
    .inputs = 2,
    .shape = equal_shapes,
    .forward = binary_kernel<Binary::maximum>,
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          if (to.wants(0)) to(0, g * greater(v.in(0), v.in(1)));
          if (to.wants(1)) to(1, g * greater(v.in(1), v.in(0)));
        },
    .jvp =
        [](const RuleView& v, const Tangents& t) {
          const Var a = t[0] ? t[0] * greater(v.in(0), v.in(1)) : Var{};
          const Var b = t[1] ? t[1] * greater(v.in(1), v.in(0)) : Var{};
          return plus(a, b);
        },
    .flops = per_element<1>,
};

constexpr Op greater_op = flat("greater", 2, binary_kernel<Binary::greater>);

constexpr Op stop_gradient_op{
    .name = "stop_gradient",
    .shape = same_shape,
    .forward = [](const Tape&, const TapeLine&, real*) {},
    .vjp = no_vjp,
    .jvp = no_jvp,
    .shares = true,
};

constexpr const Op* kSelectOps[] = {&where_op,   &clamp_op,   &inside_op,
                                    &maximum_op, &greater_op, &stop_gradient_op};

}  // namespace

Var where(Operand condition, Operand a, Operand b) { return apply(where_op, {condition, a, b}); }
Var clamp(Operand x, real low, real high) { return apply(clamp_op, {x}, Bounds{low, high}); }
Var inside(Operand x, real low, real high) { return apply(inside_op, {x}, Bounds{low, high}); }
Var maximum(Operand a, Operand b) { return apply(maximum_op, {a, b}); }
Var greater(Operand a, Operand b) { return apply(greater_op, {a, b}); }
Var stop_gradient(Operand x) { return apply(stop_gradient_op, {x}); }

std::span<const Op* const> select_ops() { return kSelectOps; }

}  // namespace pushforward::inline PF_REAL
