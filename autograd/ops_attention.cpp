// Self-attention and its vjp rule, each as one op. If attention were built from other ops,
// splitting the heads and the passes over the scores would cost as much time as the matrix
// products.
#include <algorithm>

#include "autograd/rules.h"
#include "autograd/tensor/math.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using namespace rules;
using namespace kernels;

namespace {

// --- Kernels: they compute values from arrays, without a tape.

// The sizes of one attention op.
struct AttentionSizes {
  int sequences, length, heads, width, d;
  real scale;  // 1 / sqrt(d)
};

AttentionSizes attention_sizes(const Shape& qkv, const OpConstants& constants) {
  const auto [length, heads] = get<Heads>(constants);
  const int width = qkv[1] / 3, d = width / heads;
  return {qkv[0] / length, length, heads, width, d, 1 / scalar::sqrt(static_cast<real>(d))};
}

Shape attention_shape(const OpInputs& in) {
  check_matrix(in);
  const auto [length, heads] = get<Heads>(in.constants);
  check(length > 0 && in.shape[0][0] % length == 0, in.op, in.shape[0],
        " cannot be cut into sequences of ", length, " rows");
  check(heads > 0 && in.shape[0][1] > 0 && in.shape[0][1] % (3 * heads) == 0, in.op, in.shape[0],
        ": the columns are queries, keys and values of ", heads,
        " heads; their number must be a multiple of ", 3 * heads);
  return {in.shape[0][0], in.shape[0][1] / 3};
}

Shape attention_vjp_shape(const OpInputs& in) {
  const Shape y = attention_shape(in);
  check(in.shape[1] == y, in.op, "the cotangent is ", in.shape[1], ", and attention of ",
        in.shape[0], " gives ", y);
  return in.shape[0];
}

// Sets p (L, L) to the softmax of each row of scale q k^T, for sequences of length L.
void weights(const AttentionSizes& s, Panel q, Panel k, real* p) {
  const int n = s.length;
  gemm(false, true, n, n, s.d, q, k, 0, p, n);
  for (int r = 0; r < n; ++r) {
    real* row = p + r * n;
    affine(row, s.scale, -s.scale * largest(row, n), row, n);
  }
  map(Unary::exp, p, p, std::int64_t{n} * n);
  for (int r = 0; r < n; ++r) affine(p + r * n, 1 / sum(p + r * n, n), 0, p + r * n, n);
}

// Calls f(offset in qkv, offset in y) for each sequence and head, where an offset is the position
// of the head's first number in the input qkv or the output y.
template <class F>
void each_head(const AttentionSizes& s, F f) {
  for (std::int64_t b = 0; b < s.sequences; ++b) {
    for (int h = 0; h < s.heads; ++h) {
      const std::int64_t y = b * s.length * s.width + h * s.d;
      f(3 * b * s.length * s.width + h * s.d, y);
    }
  }
}

void attention_kernel(const Tape& t, const TapeLine& l, real* y) {
  const AttentionSizes s = attention_sizes(t.line(l.in[0]).shape, l.constants);
  const int n = s.length, w = s.width;
  real* p = scratch(t, std::int64_t{n} * n);
  const real* qkv = in0(t, l);
  each_head(s, [&](std::int64_t x, std::int64_t out) {
    const real* q = qkv + x;
    weights(s, {q, 3 * w}, {q + w, 3 * w}, p);
    gemm(false, false, n, s.d, n, {p, n}, {q + 2 * w, 3 * w}, 0, y + out, w);
  });
}

// Writes the cotangents dq, dk and dv of q, k and v for the cotangent g of the output. With the
// attention weights p = softmax(scale q k^T): dv = p^T g; ds = p (g v^T - rowsum(p g v^T)) scale,
// element by element in p; dq = ds k; dk = ds^T q.
void attention_vjp_kernel(const Tape& t, const TapeLine& l, real* y) {
  const AttentionSizes s = attention_sizes(t.line(l.in[0]).shape, l.constants);
  const int n = s.length, w = s.width;
  real *p = scratch(t, std::int64_t{n} * n), *ds = scratch(t, std::int64_t{n} * n);
  const real *qkv = in0(t, l), *cotangent = in1(t, l);
  each_head(s, [&](std::int64_t x, std::int64_t out) {
    const Panel q{qkv + x, 3 * w}, k{qkv + x + w, 3 * w}, v{qkv + x + 2 * w, 3 * w};
    const Panel g{cotangent + out, w};
    weights(s, q, k, p);
    gemm(true, false, n, s.d, n, {p, n}, g, 0, y + x + 2 * w, 3 * w);
    gemm(false, true, n, n, s.d, g, v, 0, ds, n);
    for (int r = 0; r < n; ++r) {
      real *to = ds + r * n, *of = p + r * n;
      affine(to, s.scale, -s.scale * dot(of, to, n), to, n);
    }
    map(Binary::mul, ds, p, ds, std::int64_t{n} * n);
    gemm(false, false, n, s.d, n, {ds, n}, k, 0, y + x, 3 * w);
    gemm(true, false, n, s.d, n, {ds, n}, q, 0, y + x + w, 3 * w);
  });
}

// --- Derivative rules, built from ops on batches of matrices. Each head of each sequence is one
// matrix: q, k and v are (sequences heads, L, d), scores and weights (sequences heads, L, L).

struct HeadMatrices {
  AttentionSizes s;

  // Returns part k of x (R, parts w), such as the queries, as (sequences heads, L, d).
  Var part(Var x, int k) const {
    const int parts = x.shape()[1] / s.width;
    const Var apart = swap_axes(reshape(x, {s.sequences, s.length, parts * s.heads, s.d}), 1, 2);
    return reshape(slice(apart, 1, k * s.heads, s.heads), {s.sequences * s.heads, s.length, s.d});
  }
  // Joins the heads, x (sequences heads, L, d), side by side to (R, w). This is the inverse of
  // `part`.
  Var joined_text(Var x) const {
    const Var together = swap_axes(reshape(x, {s.sequences, s.heads, s.length, s.d}), 1, 2);
    return reshape(together, {s.sequences * s.length, s.width});
  }
};

Var row_sums(Var x) {
  const Shape shape = x.shape();
  const Var sums = sum_cols(reshape(x, {shape.rows(), shape.cols()}));
  return reshape(broadcast_cols(sums, shape.cols()), shape);
}
// Returns J z with the Jacobian J of softmax at p, which is symmetric: p (z - rowsum(p z)).
Var through_softmax(Var p, Var z) { return p * (z - row_sums(p * z)); }

// The values that all derivative rules of attention need: the queries q, keys k, values v and
// weights p; the parts hq, hk and hv of a direction h of qkv; and the tangent of the scores along
// h.
struct Parts {
  HeadMatrices heads;
  Var q, k, v, p, hq, hk, hv, scores;

  Parts(const RuleView& view, Var h)
      : heads{attention_sizes(view.in(0).shape(), view.line.constants)},
        q(heads.part(view.in(0), 0)),
        k(heads.part(view.in(0), 1)),
        v(heads.part(view.in(0), 2)),
        p(softmax(heads.s.scale * matmul(q, k, false, true))),
        hq(heads.part(h, 0)),
        hk(heads.part(h, 1)),
        hv(heads.part(h, 2)),
        scores(heads.s.scale * (matmul(hq, k, false, true) + matmul(q, hk, false, true))) {}
};

// Returns the tangent of the output along the direction h of qkv.
Var attention_tangent(const RuleView& view, Var h) {
  const Parts a(view, h);
  return a.heads.joined_text(matmul(a.p, a.hv) + matmul(through_softmax(a.p, a.scores), a.v));
}

// Returns the Hessian of g . y(qkv) applied to a direction h = (hq, hk, hv) of qkv, where g is the
// cotangent of the output y. With dp = g v^T and s the tangent of the scores along h, let m be the
// row sums of p s and r those of p dp. Then the derivative along h of the scores' cotangent is
// through_softmax(p, g hv^T + (dp - r) s - m dp).
Var attention_curvature(const RuleView& view, Var h) {
  const Parts a(view, h);
  const Var g = a.heads.part(view.in(1), 0), dp = matmul(g, a.v, false, true);
  const Var ds = a.heads.s.scale * through_softmax(a.p, dp);
  const Var curvature = matmul(g, a.hv, false, true) + (dp - row_sums(a.p * dp)) * a.scores -
                        row_sums(a.p * a.scores) * dp;
  const Var dcurvature = a.heads.s.scale * through_softmax(a.p, curvature);
  const Var q = matmul(dcurvature, a.k) + matmul(ds, a.hk);
  const Var k = matmul(dcurvature, a.q, true) + matmul(ds, a.hq, true);
  const Var v = matmul(through_softmax(a.p, a.scores), g, true);
  return concat(concat(a.heads.joined_text(q), a.heads.joined_text(k), 1), a.heads.joined_text(v),
                1);
}

Var attention_cotangent(const RuleView& view, Var g) {
  const auto [length, heads] = get<Heads>(view.line.constants);
  return attention_vjp(view.in(0), g, length, heads);
}

// Returns the number of floating-point operations. For each pair of rows of a sequence, these are
// the operations of the products, and `per_score` operations in each head.
double attention_flops(const TapeLine& l, double products, double per_score) {
  const auto [length, heads] = get<Heads>(l.constants);
  return static_cast<double>(l.shape[0]) * length * (products + per_score * heads);
}

constexpr Op attention_op{
    .name = "attention",
    .shape = attention_shape,
    .forward = attention_kernel,
    .vjp = product_vjp<attention_cotangent>,
    .jvp = product_jvp<attention_tangent>,
    .flops = [](const Tape&,
                const TapeLine& l) { return attention_flops(l, 4.0 * l.shape[1], 15); },
    .constants = Heads{},
    .describe = "{heads} heads, length {length}",
};

constexpr Op attention_vjp_op{
    .name = "attention_vjp",
    .inputs = 2,
    .shape = attention_vjp_shape,
    .forward = attention_vjp_kernel,
    .vjp = second_vjp<attention_curvature, attention_tangent>,
    .jvp = second_jvp<attention_curvature>,
    .flops = [](const Tape&,
                const TapeLine& l) { return attention_flops(l, 10.0 * l.shape[1] / 3, 20); },
    .constants = Heads{},
    .describe = "{heads} heads, length {length}",
};

constexpr const Op* kAttentionOps[] = {&attention_op, &attention_vjp_op};

}  // namespace

Var attention(Operand qkv, int length, int heads) {
  return apply(attention_op, {qkv}, Heads{length, heads});
}
Var attention_vjp(Operand qkv, Operand g, int length, int heads) {
  return apply(attention_vjp_op, {qkv, g}, Heads{length, heads});
}

std::span<const Op* const> attention_ops() { return kAttentionOps; }

}  // namespace pushforward::inline PF_REAL
