// The functions on values of a tape, with their formulas. Shapes are never broadcast implicitly.
//
// In shapes, R is the number of rows (the product of all axes but the last) and C is the size of
// the last axis. "(R, C)" means rank 2; "any" means any rank.
#pragma once

#include <span>

#include "autograd/tape.h"

namespace pushforward::inline PF_REAL {

// Arithmetic on equal shapes, and with one number.
Var operator+(Operand a, Operand b);
Var operator-(Operand a, Operand b);
Var operator*(Operand a, Operand b);  // element by element
Var operator/(Operand a, Operand b);
Var operator-(Operand x);
Var scale(Operand x, real a);  // a x
Var shift(Operand x, real a);  // x + a
inline Var operator*(real a, Operand x) { return scale(x, a); }
inline Var operator*(Operand x, real a) { return scale(x, a); }
inline Var operator/(Operand x, real a) { return scale(x, 1 / a); }
inline Var operator+(Operand x, real a) { return shift(x, a); }
inline Var operator+(real a, Operand x) { return shift(x, a); }
inline Var operator-(Operand x, real a) { return shift(x, -a); }
Var operator-(real a, Operand x);  // a - x, as neg and shift
Var operator/(real a, Operand x);  // a / x, each quotient rounded once

// Elementwise, any shape.
Var exp(Operand x);
Var log(Operand x);        // -inf at 0, nan below
Var log1p(Operand x);      // log(1 + x)
Var sqrt(Operand x);       // the slope at 0 is inf: add an epsilon inside if x can be 0
Var square(Operand x);     // x x
Var abs(Operand x);        // the slope at 0 is 0
Var sign(Operand x);       // -1, 0 or 1; slope 0
Var heaviside(Operand x);  // 1 where x > 0, else 0; slope 0
Var pow(Operand x, real exponent);
Var reciprocal(Operand x);  // 1 / x
Var tanh(Operand x);
Var sigmoid(Operand x);              // 1 / (1 + exp(-x))
Var silu(Operand x);                 // x sigmoid(x)
Var silu_vjp(Operand x, Operand g);  // g s (1 + x (1 - s)), s = sigmoid(x): silu's rule in one pass
// lambda x above 0, lambda alpha (exp(x) - 1) below, lambda = 1.0507, alpha = 1.6733 (Klambauer et
// al. 2017); the slope at 0 is the one from below, lambda alpha.
Var selu(Operand x);
Var selu_vjp(Operand x, Operand g);  // g times selu's slope: its rule in one pass
Var gelu(Operand x);  // x Phi(x), Phi the standard normal distribution function (exact, not the
                      // tanh form)
Var normal_cdf(Operand x);  // Phi(x)
Var relu(Operand x);        // max(x, 0); the slope at 0 is 0
Var softplus(Operand x);    // log(1 + exp(x))
Var sin(Operand x);
Var cos(Operand x);
Var clamp(Operand x, real low, real high);   // the slope is 1 on the closed interval, 0 outside
Var inside(Operand x, real low, real high);  // 1 where low <= x <= high, else 0; slope 0
Var maximum(Operand a, Operand b);           // at a tie each side gets half of the cotangent
Var greater(Operand a, Operand b);           // 1 where a > b, 1/2 at a tie, 0 else; slope 0
// Returns a where `condition` is not 0, and b elsewhere. The other side has no effect, forward or
// backward, even if it is NaN. But if its own slope is NaN or infinite, the gradient of its inputs
// is NaN: keep those inputs in a safe range.
Var where(Operand condition, Operand a, Operand b);

// Matrix products. matmul: a (M, K) times b (K, N), or in batches (P, M, K) times (P, K, N). With
// `ta` or `tb` that operand is transposed first.
Var matmul(Operand a, Operand b, bool ta = false, bool tb = false);
// x (R, in) times the transpose of w (out, in), plus the bias (1, out):
// (R, out), as torch.nn.Linear.
Var linear(Operand x, Operand w, Operand bias);

// Sums and means. `_rows` sums over the rows, `_cols` over the columns.
Var sum(Operand x);       // any -> ()
Var sum_rows(Operand x);  // (R, C) -> (1, C)
Var sum_cols(Operand x);  // (R, C) -> (R, 1)
Var mean(Operand x);
Var mean_rows(Operand x);
Var mean_cols(Operand x);

// Explicit broadcasts, the adjoints of the sums.
Var broadcast(Operand x, Shape shape);    // () -> any
Var broadcast_rows(Operand x, int rows);  // (1, C) -> (rows, C)
Var broadcast_cols(Operand x, int cols);  // (R, 1) -> (R, cols)

// Moving values. Axes count from 0; a negative one counts from the end.
Var concat(Operand a, Operand b, int axis);            // all other axes must be equal
Var slice(Operand x, int axis, int begin, int count);  // x[begin, begin + count) along axis
Var pad(Operand x, int axis, int begin, int total);    // zeros around x: the adjoint of slice
Var reshape(Operand x, Shape shape);                   // same number of elements, shares the memory
Var gather_rows(Operand table, std::span<const int> rows);  // (V, C) -> (n, C): row rows[k] at k
Var scatter_add_rows(Operand x, std::span<const int> rows,
                     int total);                      // (n, C) -> (total, C): its adjoint
Var pick_cols(Operand x, std::span<const int> cols);  // (R, C) -> (R, 1): x[r, cols[r]]
Var put_cols(Operand x, std::span<const int> cols,
             int total);                 // (R, 1) -> (R, total), zeros elsewhere: its adjoint
Var swap_axes(Operand x, int a, int b);  // the same values with axes a and b exchanged
// Rotary positions (Su et al. 2021): x (R, C) contains sequences of `length` rows. The
// first `cols` columns are heads of `head` columns each. In the row at position p of its
// sequence, pair i of a head, (2i, 2i + 1), is rotated by the angle p 10000^(-2i / head).
// The other columns do not change.
Var rotary(Operand x, int length, int head, int cols);
// Self-attention of sequences of `length` rows (Vaswani et al. 2017, section 3.2.1). qkv
// (R, 3 w) contains queries, keys and values side by side, each split into `heads` heads of
// d = w / heads columns. For each sequence and head, y = softmax(q k^T / sqrt(d)) v.
// Returns (R, w), heads side by side.
Var attention(Operand qkv, int length, int heads);
Var attention_vjp(Operand qkv, Operand g, int length, int heads);  // its rule in one pass: (R, 3 w)

// Along the last axis, any rank.
Var softmax(Operand x);  // exp(x - max) / sum
Var log_softmax(Operand x);
Var logsumexp(Operand x);  // (..., C) -> (..., 1)
Var normalize(
    Operand x,
    real eps);  // (x - mean) / sqrt(var + eps), var biased: layer_norm without its weights
Var normalize_vjp(Operand x, Operand g, real eps);  // g times normalize's symmetric Jacobian at x
// normalize(x) weight + bias, weight and bias (1, C), x (R, C); Ba, Kiros, Hinton 2016.
Var layer_norm(Operand x, Operand weight, Operand bias, real eps = real(1e-5));

Var mse(Operand a, Operand b);  // mean of (a - b)^2 over all elements
Var stop_gradient(Operand x);   // returns x as a constant to both sweeps

// All op records, including leaves. The examination of ops in tests/exam goes through this list.
std::span<const Op* const> all_ops();

}  // namespace pushforward::inline PF_REAL
