// Matrix products: matmul with transpose flags, batched or not, and the fused linear layers.
#include "autograd/rules.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using namespace rules;
using namespace kernels;

namespace {

// The sizes of a batch of `batch` matrix products, each (m, k) times (k, n).
struct ProductSizes {
  int batch, m, n, k;
};

ProductSizes product_sizes(const Shape& a, const Shape& b, bool ta, bool tb) {
  const int r = a.rank - 2;  // the first matrix axis
  return {.batch = r ? a[0] : 1, .m = a[r + ta], .n = b[r + !tb], .k = a[r + !ta]};
}

Shape matmul_shape(const OpInputs& in) {
  const auto& [a, b, unused] = in.shape;
  const auto [ta, tb] = get<Transposes>(in.constants);
  const char* at = ta ? "^T" : "";
  const char* bt = tb ? "^T" : "";
  check(a.rank == b.rank && (a.rank == 2 || a.rank == 3), in.op, a, at, " x ", b, bt,
        ": both must be of rank 2, or both of rank 3 with equal batches; reshape first");
  check(a.rank == 2 || a[0] == b[0], in.op, a, at, " x ", b, bt, ": batches ", a[0], " and ", b[0],
        " differ");
  const ProductSizes s = product_sizes(a, b, ta, tb);
  const int inner = b[b.rank - 2 + tb];
  check(s.k == inner, in.op, a, at, " x ", b, bt, ": inner sizes ", s.k, " and ", inner, " differ");
  return a.rank == 2 ? Shape{s.m, s.n} : Shape{s.batch, s.m, s.n};
}

void matmul_kernel(const Tape& t, const TapeLine& l, real* y) {
  const Shape &a = t.line(l.in[0]).shape, &b = t.line(l.in[1]).shape;
  const auto [ta, tb] = get<Transposes>(l.constants);
  const ProductSizes s = product_sizes(a, b, ta, tb);
  for (std::int64_t p = 0; p < s.batch; ++p) {
    gemm(ta, tb, s.m, s.n, s.k, in0(t, l) + p * s.m * s.k, in1(t, l) + p * s.k * s.n, 0,
         y + p * s.m * s.n);
  }
}

// The product is y = op(a) op(b), where op transposes or does nothing. For the cotangent g of y,
// the rule is da = g op(b)^T and db = op(a)^T g, with the transposes expressed as flags of matmul.
void matmul_vjp(const RuleView& v, Var g, CotangentSink& to) {
  const auto [ta, tb] = get<Transposes>(v.line.constants);
  const Var a = v.in(0), b = v.in(1);
  if (to.wants(0)) to(0, ta ? matmul(b, g, tb, true) : matmul(g, b, false, !tb));
  if (to.wants(1)) to(1, tb ? matmul(g, a, true, ta) : matmul(a, g, !ta, false));
}

double matmul_flops(const Tape& t, const TapeLine& l) {
  const auto [ta, tb] = get<Transposes>(l.constants);
  const ProductSizes s = product_sizes(t.line(l.in[0]).shape, t.line(l.in[1]).shape, ta, tb);
  return 2.0 * s.batch * s.m * s.n * s.k;
}

constexpr Op matmul_op{
    .name = "matmul",
    .inputs = 2,
    .shape = matmul_shape,
    .forward = matmul_kernel,
    .vjp = matmul_vjp,
    .flops = matmul_flops,
    .constants = Transposes{},
    .describe = "",
};

Shape linear_shape(const OpInputs& in) {
  const auto& [x, w, bias] = in.shape;
  check(x.rank == 2 && w.rank == 2, in.op, "x ", x, " and weight ", w,
        " must be matrices (R, in) and (out, in)");
  check(x[1] == w[1], in.op, "x ", x, " and weight ", w, ": inner sizes ", x[1], " and ", w[1],
        " differ");
  check(bias == Shape({1, w[0]}), in.op, "bias ", bias, " and weight ", w, ": the bias must be ",
        Shape{1, w[0]});
  return {x[0], w[0]};
}

// Computes y = x w^T + bias, with the bias added to each row.
void linear_kernel(const Tape& t, const TapeLine& l, real* y) {
  kernels::linear(l.shape[0], l.shape[1], t.line(l.in[0]).shape[1], in0(t, l), in1(t, l), in2(t, l),
                  y);
}

// The rules of z = x w^T + bias, for the cotangent g of z and the tangents of x, w and bias.
void linear_vjp(const RuleView& v, Var g, CotangentSink& to) {
  if (to.wants(0)) to(0, matmul(g, v.in(1)));
  if (to.wants(1)) to(1, matmul(g, v.in(0), true));
  if (to.wants(2)) to(2, sum_rows(g));
}
Var linear_jvp(const RuleView& v, const Tangents& t) {
  Var total = t[2] ? broadcast_rows(t[2], v.line.shape[0]) : Var{};
  if (t[0]) total = plus(total, matmul(t[0], v.in(1), false, true));
  if (t[1]) total = plus(total, matmul(v.in(0), t[1], false, true));
  return total;
}

// Returns floating-point operations: those of z, and n per element of it.
template <int n>
double linear_flops(const Tape& t, const TapeLine& l) {
  return static_cast<double>(l.shape.size()) * (2.0 * t.line(l.in[0]).shape[1] + 1 + n);
}

constexpr Op linear_op{
    .name = "linear",
    .inputs = 3,
    .shape = linear_shape,
    .forward = linear_kernel,
    .vjp = linear_vjp,
    .jvp = linear_jvp,
    .flops = linear_flops<0>,
};

// linear_silu is y = silu(z) for z = x w^T + bias. Its kernel applies the SiLU to each tile of z
// while the tile is in registers, and keeps the slope dy/dz, since both need the same exponential.
// The derivative rules add the kept slope to the tape as a line of its own, linear_silu_slope.
void linear_silu_kernel(const Tape& t, const TapeLine& l, real* y) {
  kernels::linear_silu(l.shape[0], l.shape[1], t.line(l.in[0]).shape[1], in0(t, l), in1(t, l),
                       in2(t, l), y, l.paused ? nullptr : y + l.shape.size());
}
Var kept_slope(const RuleView& v);

constexpr Op linear_silu_op{
    .name = "linear_silu",
    .inputs = 3,
    .shape = linear_shape,
    .forward = linear_silu_kernel,
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { linear_vjp(v, g * kept_slope(v), to); },
    .jvp = [](const RuleView& v, const Tangents& t) { return linear_jvp(v, t) * kept_slope(v); },
    .flops =
        [](const Tape& t, const TapeLine& l) {
          return l.paused ? linear_flops<13>(t, l) : linear_flops<13 + 3>(t, l);
        },
    .keeps = true,
};

// Without a line that kept it, the slope silu'(z) is computed from z. Its own slope is silu''(z).
Var linear_silu_curvature(const RuleView& v) {
  return silu_curvature(linear(v.in(0), v.in(1), v.in(2)));
}
constexpr Op linear_silu_slope_op{
    .name = "linear_silu_slope",
    .inputs = 3,
    .shape = linear_shape,
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          linear_kernel(t, l, y);
          map(Unary::silu_slope, y, y, l.shape.size());
        },
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { linear_vjp(v, g * linear_silu_curvature(v), to); },
    .jvp = [](const RuleView& v,
              const Tangents& t) { return linear_jvp(v, t) * linear_silu_curvature(v); },
    .flops = linear_flops<16>,
};

Var kept_slope(const RuleView& v) {
  return v.tape.recall(linear_silu_slope_op, {v.in(0), v.in(1), v.in(2)}, kept_values(v.line));
}

constexpr const Op* kLinearOps[] = {&matmul_op, &linear_op, &linear_silu_op, &linear_silu_slope_op};

}  // namespace

Var matmul(Operand a, Operand b, bool ta, bool tb) {
  return apply(matmul_op, {a, b}, Transposes{ta, tb});
}
Var linear(Operand x, Operand w, Operand bias) { return apply(linear_op, {x, w, bias}); }
Var linear_silu(Operand x, Operand w, Operand bias) { return apply(linear_silu_op, {x, w, bias}); }
Var linear_silu_slope(Operand x, Operand w, Operand bias) {
  return apply(linear_silu_slope_op, {x, w, bias});
}

std::span<const Op* const> linear_ops() { return kLinearOps; }

}  // namespace pushforward::inline PF_REAL
