// Ops along the last axis: softmax, its variants and normalize. The rules treat a tensor of any
// rank as an (R, C) matrix of rows.
#include <algorithm>

#include "autograd/rules.h"
#include "autograd/tensor/math.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using namespace rules;
using namespace kernels;

namespace {

Shape last_axis(const OpInputs& in) {
  check(in.shape[0].rank >= 1 && in.shape[0].cols() >= 1, in.op,
        "the last axis must have size 1 or more: the input is ", in.shape[0]);
  return in.shape[0];
}

Var as_matrix(Var x) { return reshape(x, {x.shape().rows(), x.shape().cols()}); }
// Returns the row sums of x, broadcast over its columns.
Var spread_sum(Var x) { return broadcast_cols(sum_cols(x), x.shape()[1]); }
Var spread_mean(Var x) { return spread_sum(x) / static_cast<real>(x.shape()[1]); }

template <class PerRow>
void each_row(const Tape& t, const TapeLine& l, real* y, int out_cols, PerRow per_row) {
  const Shape s = t.line(l.in[0]).shape;
  for (std::int64_t r = 0; r < s.rows(); ++r)
    per_row(in0(t, l) + r * s.cols(), y + r * out_cols, s.cols());
}

void softmax_row(const real* x, real* y, int n) {
  affine(x, 1, -largest(x, n), y, n);
  map(Unary::exp, y, y, n);
  affine(y, 1 / sum(y, n), 0, y, n);
}

// Returns scratch memory for one row of the op's input.
real* scratch_row(const Tape& t, const TapeLine& l) {
  return scratch(t, t.line(l.in[0]).shape.cols());
}

real logsumexp_row(const real* x, real* powers, int n) {
  const real top = largest(x, n);
  if (!(top - top == 0)) {  // all are -inf, or one is inf or NaN
    const real* nan = std::find_if(x, x + n, [](real v) { return v != v; });
    return nan == x + n ? top : *nan;
  }
  affine(x, 1, -top, powers, n);
  map(Unary::exp, powers, powers, n);
  return top + scalar::log(sum(powers, n));
}

// y = softmax(x) has the Jacobian diag(y) - y y^T, which is symmetric.
Var times_softmax_jacobian(const RuleView& v, Var h) {
  const Var y = as_matrix(v.out());
  const Var m = as_matrix(h);
  return reshape(y * (m - spread_sum(m * y)), v.line.shape);
}
constexpr Op softmax_op{
    .name = "softmax",
    .shape = last_axis,
    .forward = [](const Tape& t, const TapeLine& l,
                  real* y) { each_row(t, l, y, l.shape.cols(), softmax_row); },
    .vjp = product_vjp<times_softmax_jacobian>,
    .jvp = product_jvp<times_softmax_jacobian>,
    .flops = per_element<14>,
};

// log_softmax is y = x - logsumexp(x). The vjp of the cotangent g is g - softmax(x) sum(g). The jvp
// of the tangent t is t - sum(softmax(x) t).
constexpr Op log_softmax_op{
    .name = "log_softmax",
    .shape = last_axis,
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          each_row(t, l, y, l.shape.cols(),
                   [s = scratch_row(t, l)](const real* x, real* out, int n) {
                     // Subtract the largest first: x - logsumexp(x) would lose digits for large x.
                     affine(x, 1, -largest(x, n), out, n);
                     map(Unary::exp, out, s, n);
                     affine(out, 1, -scalar::log(sum(s, n)), out, n);
                   });
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const Var m = as_matrix(g);
          to(0, reshape(m - exp(as_matrix(v.out())) * spread_sum(m), v.line.shape));
        },
    .jvp =
        [](const RuleView& v, const Tangents& t) {
          const Var m = as_matrix(t[0]);
          return reshape(m - spread_sum(exp(as_matrix(v.out())) * m), v.line.shape);
        },
    .flops = per_element<14>,
};

// logsumexp is y = log sum exp(x). Its gradient is softmax(x).
constexpr Op logsumexp_op{
    .name = "logsumexp",
    .shape = [](const OpInputs& in) { return last_axis(in).with(in.shape[0].rank - 1, 1); },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          each_row(t, l, y, 1, [s = scratch_row(t, l)](const real* x, real* out, int n) {
            *out = logsumexp_row(x, s, n);
          });
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const Var p = as_matrix(softmax(v.in(0)));
          to(0, reshape(p * broadcast_cols(as_matrix(g), p.shape()[1]), v.in(0).shape()));
        },
    .jvp =
        [](const RuleView& v, const Tangents& t) {
          return reshape(sum_cols(as_matrix(softmax(v.in(0))) * as_matrix(t[0])), v.line.shape);
        },
    .flops = per_input<13>,
};

// For a row x of C numbers, y = (x - mean) r with r = 1 / sqrt(var + eps). The Jacobian N = r (I -
// 1 1^T / C - y y^T / C) is symmetric, so one op, which computes N g, serves both sweeps.
Var times_normalize_jacobian(const RuleView& v, Var h) {
  return normalize_vjp(v.in(0), h, get<Scalar>(v.line.constants).value);
}
constexpr Op normalize_op{
    .name = "normalize",
    .shape = last_axis,
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          each_row(t, l, y, l.shape.cols(),
                   [eps = get<Scalar>(l.constants).value](const real* x, real* out, int n) {
                     affine(x, 1, -sum(x, n) / static_cast<real>(n), out, n);
                     affine(out, 1 / scalar::sqrt(dot(out, out, n) / static_cast<real>(n) + eps), 0,
                            out, n);
                   });
        },
    .vjp = product_vjp<times_normalize_jacobian>,
    .jvp = product_jvp<times_normalize_jacobian>,
    .flops = per_element<5>,
    .constants = Scalar{},
    .describe = "eps {value}",
};

// Computes N g for each row x, where N is the Jacobian of y = (x - mean) r with r = 1 / sqrt(var +
// eps). It is N g = r (g - mean(g) - y mean(g y)).
void normalize_vjp_kernel(const Tape& t, const TapeLine& l, real* out) {
  const std::int64_t cols = l.shape.cols();
  const int n = l.shape.cols();
  const real eps = get<Scalar>(l.constants).value;
  real* centred = scratch_row(t, l);
  for (std::int64_t r = 0; r < l.shape.rows(); ++r) {
    const real *x = in0(t, l) + r * cols, *g = in1(t, l) + r * cols;
    real* y = out + r * cols;
    affine(x, 1, -sum(x, n) / static_cast<real>(n), centred, n);
    const real variance = dot(centred, centred, n) / static_cast<real>(n) + eps;
    const real along = dot(g, centred, n) / static_cast<real>(n) / variance;
    const real mean = sum(g, n) / static_cast<real>(n), inverse = 1 / scalar::sqrt(variance);
    for (int i = 0; i < n; ++i) y[i] = inverse * (g[i] - mean - along * centred[i]);
  }
}

// Returns the Hessian of g . y(x) applied to h, where y = normalize(x) has the Jacobian N. It
// serves both derivative rules of normalize_vjp, and is
//   -r (mean(h N g) y + N (mean(h y) g + mean(g y) h)),  r = 1 / sqrt(var + eps).
Var normalize_curvature(const RuleView& v, Var toward) {
  const real eps = get<Scalar>(v.line.constants).value;
  const Var x = as_matrix(v.in(0)), g = as_matrix(v.in(1)), h = as_matrix(toward);
  const Var y = normalize(x, eps);
  const Var deviation = sqrt(spread_mean(square(x - spread_mean(x))) + eps);
  const Var curvature = spread_mean(h * normalize_vjp(x, g, eps)) * y +
                        normalize_vjp(x, spread_mean(h * y) * g + spread_mean(g * y) * h, eps);
  return reshape(-(curvature / deviation), v.line.shape);
}

Shape equal_last_axis(const OpInputs& in) {
  equal_shapes(in);
  return last_axis(in);
}

constexpr Op normalize_vjp_op{
    .name = "normalize_vjp",
    .inputs = 2,
    .shape = equal_last_axis,
    .forward = normalize_vjp_kernel,
    .vjp = second_vjp<normalize_curvature>,
    .jvp = second_jvp<normalize_curvature>,
    .flops = per_element<11>,
    .constants = Scalar{},
    .describe = "eps {value}",
};

constexpr const Op* kRowsOps[] = {&softmax_op, &log_softmax_op, &logsumexp_op, &normalize_op,
                                  &normalize_vjp_op};

}  // namespace

Var softmax(Operand x) { return apply(softmax_op, {x}); }
Var log_softmax(Operand x) { return apply(log_softmax_op, {x}); }
Var logsumexp(Operand x) { return apply(logsumexp_op, {x}); }
Var normalize(Operand x, real eps) { return apply(normalize_op, {x}, Scalar{eps}); }
Var normalize_vjp(Operand x, Operand g, real eps) {
  return apply(normalize_vjp_op, {x, g}, Scalar{eps});
}

Var layer_norm(Operand x, Operand weight, Operand bias, real eps) {
  const int rows = x.var.shape().rows();
  return normalize(x, eps) * broadcast_rows(weight, rows) + broadcast_rows(bias, rows);
}

std::span<const Op* const> row_ops() { return kRowsOps; }

}  // namespace pushforward::inline PF_REAL
