// Shape rules and derivative rules that several ops share. Only the ops_*.cpp files use them.
#pragma once

#include <span>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "autograd/tensor/kernels.h"

namespace pushforward::inline PF_REAL::rules {

// --- Shape rules: they check the shapes of an op's inputs and return the shape of its output.

inline Shape same_shape(const OpInputs& in) { return in.shape[0]; }

// Returns the shape that all inputs have; throws if their shapes differ.
inline Shape equal_shapes(const OpInputs& in) {
  for (int i = 1; i < in.count; ++i) {
    detail::check(in.shape[i] == in.shape[0], in.op, "shapes differ: ", in.shape[0], " and ",
                  in.shape[i], "; broadcast the smaller one explicitly");
  }
  return in.shape[0];
}

inline void check_matrix(const OpInputs& in, int i = 0) {
  detail::check(in.shape[i].rank == 2, in.op, "a matrix (R, C) is needed, input ", i, " is ",
                in.shape[i], "; reshape it first");
}

// --- Costs: the floating-point operations of an op.
//
// An addition, multiplication, division, square root or comparison counts as 1; exp and log as 10;
// log1p, sin and cos as 12; tanh as 15; Phi and pow as 20. Changes of sign, choices of a branch
// within the formula of such a function, and moving values count as 0.
// tests/autograd/flops_test.cpp counts the operations of each op's kernel by hand.

// Returns floating-point operations: n per element of the output.
template <int n>
double per_element(const Tape&, const TapeLine& l) {
  return double(n) * static_cast<double>(l.shape.size());
}
// Returns floating-point operations: n per element of the first input.
template <int n>
double per_input(const Tape& t, const TapeLine& l) {
  return double(n) * static_cast<double>(t.line(l.in[0]).shape.size());
}

// --- Kernels: they compute an op's output. in0, in1 and in2 are the values of its inputs.

inline const real* in0(const Tape& t, const TapeLine& l) { return t.line(l.in[0]).value; }
inline const real* in1(const Tape& t, const TapeLine& l) { return t.line(l.in[1]).value; }
inline const real* in2(const Tape& t, const TapeLine& l) { return t.line(l.in[2]).value; }

template <kernels::Unary f>
void unary_kernel(const Tape& t, const TapeLine& l, real* y) {
  kernels::map(f, in0(t, l), y, l.shape.size());
}
template <kernels::Binary f>
void binary_kernel(const Tape& t, const TapeLine& l, real* y) {
  kernels::map(f, in0(t, l), in1(t, l), y, l.shape.size());
}

// Appends the value op(inputs...) to the tape that the first input is on.
Var apply(const Op& op, std::initializer_list<Operand> inputs, const OpConstants& constants = {});
// Copies row or column numbers into the arena of the tape that x is on.
std::span<const int> kept(const Op& op, const Operand& x, std::span<const int> numbers);
// Returns an axis of x that counts from the end as one that counts from 0.
int from_front(int axis, const Operand& x);

// Returns memory of the tape's arena for `count` intermediate numbers of a kernel.
inline real* scratch(const Tape& t, std::int64_t count) {
  return const_cast<Tape&>(t).arena().array<real>(static_cast<std::size_t>(count));
}
// Returns the largest of n > 0 numbers, from 16 running maxima that a compiler can vectorise. The
// result may ignore a NaN among them.
real largest(const real* x, int n);

// --- Derivative rules that several ops share.

// The rules of ops whose slope is zero wherever it exists (sign, step, greater, ...).
inline void no_vjp(const RuleView&, Var, CotangentSink&) {}
inline Var no_jvp(const RuleView&, const Tangents&) { return {}; }

// A derivative of an op, multiplied by h.
using Product = Var (*)(const RuleView&, Var h);

// The rules of an op of one input with the Jacobian J: J^T g for the cotangent g, and J t for the
// tangent t. If J is symmetric, as for elementwise ops, one product serves both.
template <Product product>
void product_vjp(const RuleView& v, Var g, CotangentSink& to) {
  to(0, product(v, g));
}
template <Product product>
Var product_jvp(const RuleView& v, const Tangents& t) {
  return product(v, t[0]);
}

// The product of elementwise ops y = f(x) that have the slope dy/dx.
inline Var times_slope(const RuleView& v, Var h) { return h * v.line.op->slope(v.in(0), v.out()); }

// The derivative rules of an op y(x, g) = J(x)^T g that is the vjp rule of another op f, which has
// the Jacobian J. `curvature` returns H h, where H is the Hessian of g . f(x) in x. `tangent`
// returns J h; if J is symmetric, that is y(x, h), which along_g computes.
inline Var along_g(const RuleView& v, Var h) {
  return v.tape.apply(*v.line.op, {v.in(0), h}, v.line.constants);
}
template <Product curvature, Product tangent = along_g>
void second_vjp(const RuleView& v, Var h, CotangentSink& to) {
  if (to.wants(0)) to(0, curvature(v, h));
  if (to.wants(1)) to(1, tangent(v, h));
}
template <Product curvature>
Var second_jvp(const RuleView& v, const Tangents& t) {
  const Var bent = t[0] ? curvature(v, t[0]) : Var{};
  return plus(bent, t[1] ? along_g(v, t[1]) : Var{});
}

// Returns the second derivative of silu at x, s' (2 + x (1 - 2 s)) with s = sigmoid(x) and
// s' = s (1 - s).
Var silu_curvature(Var x);

using Slope = Var (*)(Var x, Var y);
using Kernel = void (*)(const Tape&, const TapeLine&, real* y);

using Flops = double (*)(const Tape&, const TapeLine&);

constexpr Op elementwise(const char* name, Kernel forward, Slope slope,
                         Flops flops = per_element<1>) {
  return {.name = name,
          .shape = same_shape,
          .forward = forward,
          .vjp = product_vjp<times_slope>,
          .jvp = product_jvp<times_slope>,
          .flops = flops,
          .slope = slope};
}

// An elementwise function f whose product f'(x) h is one op, and that op, which is linear in h.
// Built from other ops, the product would take two passes over memory, one of them for the slope.
template <Product product>
constexpr Op fused(const char* name, Kernel forward, Flops flops) {
  return {.name = name,
          .shape = same_shape,
          .forward = forward,
          .vjp = product_vjp<product>,
          .jvp = product_jvp<product>,
          .flops = flops};
}
template <Product curvature>
constexpr Op fused_vjp(const char* name, Kernel forward, Flops flops) {
  return {.name = name,
          .inputs = 2,
          .shape = equal_shapes,
          .forward = forward,
          .vjp = second_vjp<curvature>,
          .jvp = second_jvp<curvature>,
          .flops = flops};
}

constexpr Op flat(const char* name, int inputs, Kernel forward) {
  return {.name = name,
          .inputs = inputs,
          .shape = equal_shapes,
          .forward = forward,
          .vjp = no_vjp,
          .jvp = no_jvp,
          .flops = per_element<1>};
}

}  // namespace pushforward::inline PF_REAL::rules

namespace pushforward::inline PF_REAL {

// The records of the ops of each file ops_*.cpp. all_ops() returns all of these records.
std::span<const Op* const> arithmetic_ops();
std::span<const Op* const> elementwise_ops();
std::span<const Op* const> linear_ops();
std::span<const Op* const> reduce_ops();
std::span<const Op* const> row_ops();
std::span<const Op* const> index_ops();
std::span<const Op* const> select_ops();
std::span<const Op* const> sequence_ops();
std::span<const Op* const> attention_ops();

}  // namespace pushforward::inline PF_REAL
