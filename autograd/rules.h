// Shape rules and derivative rules that several ops share. Only the ops_*.cpp files use them.
#pragma once

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
inline Var apply(const Op& op, std::initializer_list<Operand> inputs, const Attr& attr = {}) {
  Tape* tape = inputs.begin()->var.tape;
  detail::check(tape != nullptr, op.name,
                "the value is null; a null value stands for zero and is no operand");
  return tape->apply(op, inputs, attr);
}

// --- Derivative rules that several ops share.

// Returns the jvp of an op that is linear in each input: the sum over its inputs of the op with
// that input replaced by its tangent. It serves mul, matmul, scale, sums, broadcasts, slice, gather
// and others.
Var multilinear(const RuleView& v, const Tangents& t);

// The rules of ops whose slope is zero wherever it exists (sign, step, greater, ...).
inline void no_vjp(const RuleView&, Var, CotangentSink&) {}
inline Var no_jvp(const RuleView&, const Tangents&) { return {}; }

// The vjp and jvp rules of an elementwise op y = f(x). Both rules use the op's slope dy/dx, so each
// derivative is written once.
inline void slope_vjp(const RuleView& v, Var g, CotangentSink& to) {
  to(0, g * v.line.op->slope(v.in(0), v.out()));
}
inline Var slope_jvp(const RuleView& v, const Tangents& t) {
  return t[0] * v.line.op->slope(v.in(0), v.out());
}

// Returns the second derivative of silu at x, s' (2 + x (1 - 2 s)) with s = sigmoid(x) and
// s' = s (1 - s).
Var silu_curvature(Var x);

using Slope = Var (*)(Var x, Var y);
using Kernel = void (*)(const Tape&, const TapeLine&, real* y);

constexpr Op elementwise(const char* name, Kernel forward, Slope slope,
                         double (*flops)(const Tape&, const TapeLine&) = per_element<1>) {
  return {.name = name,
          .inputs = 1,
          .shape = same_shape,
          .forward = forward,
          .vjp = slope_vjp,
          .jvp = slope_jvp,
          .flops = flops,
          .slope = slope};
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
