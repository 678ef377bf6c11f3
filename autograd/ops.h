// The functions on values of a tape, with their formulas. Shapes are never broadcast implicitly.
//
// In shapes, R is the number of rows (the product of all axes but the last) and C is the size of
// the last axis. "(R, C)" means rank 2; "any" means any rank.
#pragma once

#include <span>

#include "autograd/tape.h"

namespace pushforward::inline PF_REAL {

// Arithmetic of two tensors of the same shape, or of a tensor and one number.
Var operator+(Operand a, Operand b);
Var operator-(Operand a, Operand b);
Var operator*(Operand a, Operand b);  // element by element
Var operator/(Operand a, Operand b);
Var operator-(Operand x);
Var scale(Operand x, real a);  // a x
Var shift(Operand x, real a);  // x + a
// a + b and a - b, where a null value stands for zero.
Var plus(Operand a, Operand b);
Var minus(Operand a, Operand b);
inline Var operator*(real a, Operand x) { return scale(x, a); }
inline Var operator*(Operand x, real a) { return scale(x, a); }
inline Var operator/(Operand x, real a) { return scale(x, 1 / a); }
inline Var operator+(Operand x, real a) { return shift(x, a); }
inline Var operator+(real a, Operand x) { return shift(x, a); }
inline Var operator-(Operand x, real a) { return shift(x, -a); }
Var operator-(real a, Operand x);  // a - x, computed as shift(-x, a)
Var operator/(real a, Operand x);  // a / x, by one division, so it is rounded once

// Functions that are applied to each element of a tensor of any shape.
Var exp(Operand x);
Var log(Operand x);        // -inf at x = 0, NaN for x < 0
Var log1p(Operand x);      // log(1 + x)
Var sqrt(Operand x);       // the slope at 0 is infinite: add a small number to an x that can be 0
Var square(Operand x);     // x x
Var abs(Operand x);        // the slope at 0 is 0
Var sign(Operand x);       // -1, 0 or 1; slope 0
Var heaviside(Operand x);  // 1 where x > 0, else 0; slope 0
Var pow(Operand x, real exponent);
Var reciprocal(Operand x);  // 1 / x
Var tanh(Operand x);
Var sigmoid(Operand x);              // 1 / (1 + exp(-x))
Var silu(Operand x);                 // x sigmoid(x)
Var silu_vjp(Operand x, Operand g);  // g times silu's slope, s (1 + x (1 - s)) with s = sigmoid(x)
// Returns lambda x for x > 0 and lambda alpha (exp(x) - 1) for x <= 0, with lambda = 1.0507 and
// alpha = 1.6733 (Klambauer et al. 2017). The slope at 0 is that from the left, lambda alpha.
Var selu(Operand x);
Var selu_vjp(Operand x, Operand g);  // g times selu's slope, in one pass over memory
Var gelu(Operand x);        // x Phi(x), where Phi is the standard normal distribution function
                            // (the exact one, not its approximation by tanh)
Var normal_cdf(Operand x);  // Phi(x)
Var relu(Operand x);        // max(x, 0); the slope at 0 is 0
Var softplus(Operand x);    // log(1 + exp(x))
Var sin(Operand x);
Var cos(Operand x);
Var clamp(Operand x, real low, real high);   // the slope is 1 on the closed interval, 0 outside
Var inside(Operand x, real low, real high);  // 1 where low <= x <= high, else 0; slope 0
Var maximum(Operand a, Operand b);           // at a tie each side gets half of the cotangent
Var greater(Operand a, Operand b);           // 1 where a > b, 1/2 at a tie, 0 else; slope 0
// Returns a where `condition` is not 0, and b elsewhere. An element of a or b that is not chosen
// has no effect, forward or backward, even if it is NaN. But if the op that computed this element
// has a NaN or infinite slope there, the gradient of that op's inputs is NaN, so keep its inputs in
// a safe range.
Var where(Operand condition, Operand a, Operand b);

// Matrix products. matmul multiplies a (M, K) by b (K, N), or P matrices at once: a (P, M, K) by b
// (P, K, N). With `ta`, a is transposed first; with `tb`, b is.
Var matmul(Operand a, Operand b, bool ta = false, bool tb = false);
// Returns x w^T + bias (R, out) for x (R, in), w (out, in) and bias (1, out), as torch.nn.Linear.
Var linear(Operand x, Operand w, Operand bias);
Var linear_silu(Operand x, Operand w, Operand bias);        // silu(linear(x, w, bias))
Var linear_silu_slope(Operand x, Operand w, Operand bias);  // silu'(linear(x, w, bias))

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

// Ops that move values without computing. Axes count from 0; a negative one counts from the end.
Var concat(Operand a, Operand b, int axis);            // all other axes must be equal
Var slice(Operand x, int axis, int begin, int count);  // x[begin, begin + count) along axis
Var pad(Operand x, int axis, int begin, int total);    // zeros around x: the adjoint of slice
Var reshape(Operand x, Shape shape);                   // same number of elements, shares the memory
Var gather_rows(Operand table, std::span<const int> rows);  // (V, C) -> (n, C): table[rows[k]]
Var scatter_add_rows(Operand x, std::span<const int> rows,
                     int total);                      // (n, C) -> (total, C): gather_rows' adjoint
Var pick_cols(Operand x, std::span<const int> cols);  // (R, C) -> (R, 1): x[r, cols[r]]
Var put_cols(Operand x, std::span<const int> cols,
             int total);                 // (R, 1) -> (R, total), else 0: pick_cols' adjoint
Var swap_axes(Operand x, int a, int b);  // the same values with axes a and b exchanged
// Rotary position embedding (Su et al. 2021). x (R, C) contains sequences of `length` rows. The
// first `cols` columns are heads of `head` columns each. At position p of a sequence, the columns
// (2i, 2i + 1) of each head are rotated as a pair by the angle p 10000^(-2i / head). The other
// columns do not change.
Var rotary(Operand x, int length, int head, int cols);
// Self-attention of sequences of `length` rows (Vaswani et al. 2017, section 3.2.1). qkv
// (R, 3 w) contains queries, keys and values side by side, each split into `heads` heads of
// d = w / heads columns. For each sequence and head, y = softmax(q k^T / sqrt(d)) v.
// Returns (R, w), heads side by side.
Var attention(Operand qkv, int length, int heads);
Var attention_vjp(Operand qkv, Operand g, int length, int heads);  // attention's vjp rule: (R, 3 w)

// Functions along the last axis, for any rank.
Var softmax(Operand x);  // exp(x - max) / sum exp(x - max)
Var log_softmax(Operand x);
Var logsumexp(Operand x);  // (..., C) -> (..., 1)
Var normalize(Operand x,
              real eps);  // (x - mean) / sqrt(var + eps), var biased: layer_norm without weights
Var normalize_vjp(Operand x, Operand g, real eps);  // g times normalize's symmetric Jacobian at x
// Returns normalize(x) times weight plus bias, for x (R, C), weight (1, C) and bias (1, C) (Ba,
// Kiros, Hinton 2016).
Var layer_norm(Operand x, Operand weight, Operand bias, real eps = real(1e-5));

Var mse(Operand a, Operand b);  // mean of (a - b)^2 over all elements
Var stop_gradient(Operand x);   // x, as a constant to both sweeps

// Returns the records of all ops, including those of leaves (values that are given, not computed).
// The examination of ops in tests/exam goes through this list.
std::span<const Op* const> all_ops();

}  // namespace pushforward::inline PF_REAL
