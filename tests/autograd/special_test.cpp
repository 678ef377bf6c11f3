// Compares the value and the derivative of every op at 0, -0, infinities, NaN, denormals and ties
// with a table of expected results.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "tests/tools/catch.h"
#include "tests/tools/simd_targets.h"

namespace pushforward::inline PF_REAL {
namespace {

using Limits = std::numeric_limits<real>;
constexpr real inf = Limits::infinity(), nan = Limits::quiet_NaN(), kSpecialEps = Limits::epsilon();
constexpr real zero = 0, minus_zero = -real(0);
// `tiny` is a denormal number. Its reciprocal `huge` is finite.
constexpr real tiny = Limits::min() / 2, huge = 2 / Limits::min();
constexpr real lambda = real(1.0507009873554804934193349852946L);
constexpr real lambda_alpha = real(1.7580993408473768599402175208123L);
const real ln2 = std::log(real(2)), ln_tiny = std::log(Limits::min()) - ln2;

// Returns whether a and b are both NaN, or equal within 4 units in the last place with
// the same sign of zero.
bool same(real a, real b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return std::signbit(a) == std::signbit(b);
  return std::fabs(a - b) <= 4 * kSpecialEps * std::fabs(b);
}

// A row of the table for ops of one input: the op, the input x, the expected y = op(x), and the
// derivative dy/dx that both the forward and the reverse sweep must give.
struct SpecialRow {
  const char* op;
  Var (*make)(Operand x);
  real x, y, dy;
};

#define PF_OP(name, call) #name, [](Operand x) { return call; }
const SpecialRow kUnary[] = {
    {PF_OP(neg, -x), zero, minus_zero, -1},
    {PF_OP(neg, -x), minus_zero, zero, -1},
    {PF_OP(neg, -x), inf, -inf, -1},
    {PF_OP(neg, -x), nan, nan, -1},
    {PF_OP(neg, -x), tiny, -tiny, -1},
    {PF_OP(scale, scale(x, 2)), zero, zero, 2},
    {PF_OP(scale, scale(x, 2)), minus_zero, minus_zero, 2},
    {PF_OP(scale, scale(x, -2)), zero, minus_zero, -2},
    {PF_OP(scale, scale(x, -2)), inf, -inf, -2},
    {PF_OP(scale, scale(x, 0)), inf, nan, 0},
    {PF_OP(scale, scale(x, 2)), nan, nan, 2},
    {PF_OP(scale, scale(x, 2)), tiny, 2 * tiny, 2},
    {PF_OP(shift, shift(x, 0)), minus_zero, zero, 1},
    {PF_OP(shift, shift(x, minus_zero)), minus_zero, minus_zero, 1},
    {PF_OP(shift, shift(x, 1)), -inf, -inf, 1},
    {PF_OP(shift, shift(x, 1)), nan, nan, 1},
    {PF_OP(shift, shift(x, 0)), tiny, tiny, 1},
    {PF_OP(exp, exp(x)), zero, 1, 1},
    {PF_OP(exp, exp(x)), minus_zero, 1, 1},
    {PF_OP(exp, exp(x)), inf, inf, inf},
    {PF_OP(exp, exp(x)), Limits::max(), inf, inf},
    {PF_OP(exp, exp(x)), -inf, 0, 0},
    {PF_OP(exp, exp(x)), Limits::lowest(), 0, 0},
    {PF_OP(exp, exp(x)), nan, nan, nan},
    {PF_OP(exp, exp(x)), tiny, 1, 1},
    {PF_OP(log, log(x)), zero, -inf, inf},
    {PF_OP(log, log(x)), minus_zero, -inf, -inf},
    {PF_OP(log, log(x)), 1, 0, 1},
    {PF_OP(log, log(x)), inf, inf, 0},
    {PF_OP(log, log(x)), -1, nan, -1},
    {PF_OP(log, log(x)), -inf, nan, minus_zero},
    {PF_OP(log, log(x)), nan, nan, nan},
    {PF_OP(log, log(x)), tiny, ln_tiny, huge},
    {PF_OP(log1p, log1p(x)), zero, zero, 1},
    {PF_OP(log1p, log1p(x)), minus_zero, minus_zero, 1},
    {PF_OP(log1p, log1p(x)), -1, -inf, inf},
    {PF_OP(log1p, log1p(x)), -2, nan, -1},
    {PF_OP(log1p, log1p(x)), inf, inf, 0},
    {PF_OP(log1p, log1p(x)), nan, nan, nan},
    {PF_OP(log1p, log1p(x)), tiny, tiny, 1},
    {PF_OP(sqrt, sqrt(x)), zero, zero, inf},
    {PF_OP(sqrt, sqrt(x)), minus_zero, minus_zero, -inf},
    {PF_OP(sqrt, sqrt(x)), inf, inf, 0},
    {PF_OP(sqrt, sqrt(x)), -1, nan, nan},
    {PF_OP(sqrt, sqrt(x)), nan, nan, nan},
    {PF_OP(sqrt, sqrt(x)), tiny, std::sqrt(tiny), std::sqrt(huge) / 2},
    {PF_OP(square, square(x)), minus_zero, zero, minus_zero},
    {PF_OP(square, square(x)), -inf, inf, -inf},
    {PF_OP(square, square(x)), Limits::max(), inf, inf},
    {PF_OP(square, square(x)), nan, nan, nan},
    {PF_OP(square, square(x)), tiny, 0, 2 * tiny},
    {PF_OP(abs, abs(x)), zero, zero, zero},
    {PF_OP(abs, abs(x)), minus_zero, zero, minus_zero},
    {PF_OP(abs, abs(x)), -inf, inf, -1},
    {PF_OP(abs, abs(x)), nan, nan, nan},
    {PF_OP(abs, abs(x)), -tiny, tiny, -1},
    {PF_OP(sign, sign(x)), zero, zero, 0},
    {PF_OP(sign, sign(x)), minus_zero, minus_zero, 0},
    {PF_OP(sign, sign(x)), inf, 1, 0},
    {PF_OP(sign, sign(x)), -inf, -1, 0},
    {PF_OP(sign, sign(x)), nan, nan, 0},
    {PF_OP(sign, sign(x)), -tiny, -1, 0},
    {PF_OP(heaviside, heaviside(x)), zero, 0, 0},
    {PF_OP(heaviside, heaviside(x)), minus_zero, 0, 0},
    {PF_OP(heaviside, heaviside(x)), inf, 1, 0},
    {PF_OP(heaviside, heaviside(x)), -inf, 0, 0},
    {PF_OP(heaviside, heaviside(x)), nan, nan, 0},
    {PF_OP(heaviside, heaviside(x)), tiny, 1, 0},
    {PF_OP(reciprocal, reciprocal(x)), zero, inf, -inf},
    {PF_OP(reciprocal, reciprocal(x)), minus_zero, -inf, -inf},
    {PF_OP(reciprocal, reciprocal(x)), inf, zero, minus_zero},
    {PF_OP(reciprocal, reciprocal(x)), -inf, minus_zero, minus_zero},
    {PF_OP(reciprocal, reciprocal(x)), nan, nan, nan},
    {PF_OP(reciprocal, reciprocal(x)), tiny, huge, -inf},
    {PF_OP(tanh, tanh(x)), zero, zero, 1},
    {PF_OP(tanh, tanh(x)), minus_zero, minus_zero, 1},
    {PF_OP(tanh, tanh(x)), inf, 1, 0},
    {PF_OP(tanh, tanh(x)), -inf, -1, 0},
    {PF_OP(tanh, tanh(x)), nan, nan, nan},
    {PF_OP(tanh, tanh(x)), tiny, tiny, 1},
    {PF_OP(sigmoid, sigmoid(x)), zero, 0.5, 0.25},
    {PF_OP(sigmoid, sigmoid(x)), minus_zero, 0.5, 0.25},
    {PF_OP(sigmoid, sigmoid(x)), inf, 1, 0},
    {PF_OP(sigmoid, sigmoid(x)), -inf, 0, 0},
    {PF_OP(sigmoid, sigmoid(x)), nan, nan, nan},
    {PF_OP(sigmoid, sigmoid(x)), tiny, 0.5, 0.25},
    // silu is x sigmoid(x). At -inf it is inf * 0 = NaN, as in other libraries. Its derivative is
    // NaN at both infinities.
    {PF_OP(silu, silu(x)), zero, zero, 0.5},
    {PF_OP(silu, silu(x)), minus_zero, minus_zero, 0.5},
    {PF_OP(silu, silu(x)), inf, inf, nan},
    {PF_OP(silu, silu(x)), -inf, nan, nan},
    {PF_OP(silu, silu(x)), Limits::max(), Limits::max(), 1},
    {PF_OP(silu, silu(x)), Limits::lowest(), minus_zero, zero},
    {PF_OP(silu, silu(x)), nan, nan, nan},
    {PF_OP(silu, silu(x)), tiny, tiny / 2, 0.5},
    {PF_OP(selu, selu(x)), zero, zero, lambda_alpha},
    {PF_OP(selu, selu(x)), minus_zero, minus_zero, lambda_alpha},
    {PF_OP(selu, selu(x)), inf, inf, lambda},
    {PF_OP(selu, selu(x)), -inf, -lambda_alpha, 0},
    {PF_OP(selu, selu(x)), Limits::max(), inf, lambda},
    {PF_OP(selu, selu(x)), Limits::lowest(), -lambda_alpha, 0},
    {PF_OP(selu, selu(x)), nan, nan, nan},
    {PF_OP(selu, selu(x)), tiny, lambda* tiny, lambda},
    {PF_OP(selu, selu(x)), -tiny, -lambda_alpha* tiny, lambda_alpha},
    {PF_OP(gelu, gelu(x)), zero, zero, 0.5},
    {PF_OP(gelu, gelu(x)), minus_zero, minus_zero, 0.5},
    {PF_OP(gelu, gelu(x)), inf, inf, nan},
    {PF_OP(gelu, gelu(x)), -inf, nan, nan},
    {PF_OP(gelu, gelu(x)), nan, nan, nan},
    {PF_OP(gelu, gelu(x)), tiny, tiny / 2, 0.5},
    {PF_OP(normal_cdf, normal_cdf(x)), minus_zero, 0.5, real(0.398942280401432678)},
    {PF_OP(normal_cdf, normal_cdf(x)), inf, 1, 0},
    {PF_OP(normal_cdf, normal_cdf(x)), -inf, 0, 0},
    {PF_OP(normal_cdf, normal_cdf(x)), nan, nan, nan},
    {PF_OP(normal_cdf, normal_cdf(x)), tiny, 0.5, real(0.398942280401432678)},
    {PF_OP(relu, relu(x)), zero, zero, 0},
    {PF_OP(relu, relu(x)), minus_zero, zero, 0},
    {PF_OP(relu, relu(x)), inf, inf, 1},
    {PF_OP(relu, relu(x)), -inf, 0, 0},
    {PF_OP(relu, relu(x)), nan, nan, nan},
    {PF_OP(relu, relu(x)), tiny, tiny, 1},
    {PF_OP(relu, relu(x)), -tiny, 0, 0},
    {PF_OP(softplus, softplus(x)), zero, ln2, 0.5},
    {PF_OP(softplus, softplus(x)), inf, inf, 1},
    {PF_OP(softplus, softplus(x)), -inf, 0, 0},
    {PF_OP(softplus, softplus(x)), nan, nan, nan},
    {PF_OP(softplus, softplus(x)), tiny, ln2, 0.5},
    {PF_OP(sin, sin(x)), zero, zero, 1},
    {PF_OP(sin, sin(x)), minus_zero, minus_zero, 1},
    {PF_OP(sin, sin(x)), inf, nan, nan},
    {PF_OP(sin, sin(x)), -inf, nan, nan},
    {PF_OP(sin, sin(x)), nan, nan, nan},
    {PF_OP(sin, sin(x)), tiny, tiny, 1},
    {PF_OP(cos, cos(x)), zero, 1, minus_zero},
    {PF_OP(cos, cos(x)), minus_zero, 1, zero},
    {PF_OP(cos, cos(x)), inf, nan, nan},
    {PF_OP(cos, cos(x)), nan, nan, nan},
    {PF_OP(cos, cos(x)), tiny, 1, -tiny},
    {PF_OP(pow, pow(x, 2)), zero, 0, 0},
    {PF_OP(pow, pow(x, 2)), minus_zero, zero, minus_zero},
    {PF_OP(pow, pow(x, 3)), minus_zero, minus_zero, 0},
    {PF_OP(pow, pow(x, 1)), zero, 0, 1},
    {PF_OP(pow, pow(x, 0)), zero, 1, 0},
    {PF_OP(pow, pow(x, 0)), nan, 1, 0},
    {PF_OP(pow, pow(x, 0)), inf, 1, 0},
    {PF_OP(pow, pow(x, real(0.5))), zero, 0, inf},
    {PF_OP(pow, pow(x, -1)), zero, inf, -inf},
    {PF_OP(pow, pow(x, -1)), minus_zero, -inf, -inf},
    {PF_OP(pow, pow(x, real(0.5))), -1, nan, nan},
    {PF_OP(pow, pow(x, 3)), -2, -8, 12},
    {PF_OP(pow, pow(x, 2)), -inf, inf, -inf},
    {PF_OP(pow, pow(x, 2)), nan, nan, nan},
    {PF_OP(pow, pow(x, 1)), tiny, tiny, 1},
    {PF_OP(clamp, clamp(x, -1, 1)), -1, -1, 1},
    {PF_OP(clamp, clamp(x, -1, 1)), 1, 1, 1},
    {PF_OP(clamp, clamp(x, -1, 1)), inf, 1, 0},
    {PF_OP(clamp, clamp(x, -1, 1)), -inf, -1, 0},
    {PF_OP(clamp, clamp(x, -1, 1)), nan, nan, 0},
    {PF_OP(clamp, clamp(x, -1, 1)), minus_zero, minus_zero, 1},
    {PF_OP(clamp, clamp(x, -1, 1)), tiny, tiny, 1},
    {PF_OP(clamp, clamp(x, 1, 1)), 1, 1, 1},
    {PF_OP(inside, inside(x, -1, 1)), 1, 1, 0},
    {PF_OP(inside, inside(x, -1, 1)), -1, 1, 0},
    {PF_OP(inside, inside(x, 0, 1)), minus_zero, 1, 0},
    {PF_OP(inside, inside(x, -inf, inf)), inf, 1, 0},
    {PF_OP(inside, inside(x, -1, 1)), nan, 0, 0},
    {PF_OP(inside, inside(x, 0, 1)), -tiny, 0, 0},
    {PF_OP(stop_gradient, stop_gradient(x)), minus_zero, minus_zero, 0},
    {PF_OP(stop_gradient, stop_gradient(x)), nan, nan, 0},
};

// A row of the table for ops of two inputs: the op, the inputs a and b, the expected y = op(a, b),
// and the derivatives of y with respect to a and b.
struct PairRow {
  const char* op;
  Var (*make)(Operand a, Operand b);
  real a, b, y, da, db;
};
#undef PF_OP
#define PF_OP(name, call) #name, [](Operand a, Operand b) { return call; }
const PairRow kBinary[] = {
    {PF_OP(add, a + b), minus_zero, minus_zero, minus_zero, 1, 1},
    {PF_OP(add, a + b), minus_zero, zero, zero, 1, 1},
    {PF_OP(add, a + b), inf, -inf, nan, 1, 1},
    {PF_OP(add, a + b), nan, 1, nan, 1, 1},
    {PF_OP(add, a + b), tiny, tiny, 2 * tiny, 1, 1},
    {PF_OP(sub, a - b), zero, zero, zero, 1, -1},
    {PF_OP(sub, a - b), minus_zero, zero, minus_zero, 1, -1},
    {PF_OP(sub, a - b), inf, inf, nan, 1, -1},
    {PF_OP(sub, a - b), 2 * tiny, tiny, tiny, 1, -1},
    {PF_OP(mul, a* b), zero, inf, nan, inf, 0},
    {PF_OP(mul, a* b), minus_zero, 3, minus_zero, 3, minus_zero},
    {PF_OP(mul, a* b), -inf, 2, -inf, 2, -inf},
    {PF_OP(mul, a* b), tiny, real(0.5), tiny / 2, real(0.5), tiny},
    {PF_OP(mul, a* b), nan, 0, nan, 0, nan},
    {PF_OP(div, a / b), 1, zero, inf, inf, -inf},
    {PF_OP(div, a / b), 1, minus_zero, -inf, -inf, -inf},
    {PF_OP(div, a / b), zero, zero, nan, inf, nan},
    {PF_OP(div, a / b), 1, inf, 0, 0, minus_zero},
    {PF_OP(div, a / b), inf, inf, nan, 0, nan},
    {PF_OP(div, a / b), tiny, tiny, 1, huge, -huge},
    {PF_OP(div, a / b), minus_zero, 2, minus_zero, real(0.5), zero},
    {PF_OP(maximum, maximum(a, b)), 1, 1, 1, 0.5, 0.5},
    {PF_OP(maximum, maximum(a, b)), zero, minus_zero, zero, 0.5, 0.5},
    {PF_OP(maximum, maximum(a, b)), inf, inf, inf, 0.5, 0.5},
    {PF_OP(maximum, maximum(a, b)), -inf, -3, -3, 0, 1},
    {PF_OP(maximum, maximum(a, b)), nan, 1, nan, nan, nan},
    {PF_OP(maximum, maximum(a, b)), 1, nan, nan, nan, nan},
    {PF_OP(maximum, maximum(a, b)), tiny, zero, tiny, 1, 0},
    {PF_OP(greater, greater(a, b)), 2, 2, 0.5, 0, 0},
    {PF_OP(greater, greater(a, b)), zero, minus_zero, 0.5, 0, 0},
    {PF_OP(greater, greater(a, b)), inf, 1, 1, 0, 0},
    {PF_OP(greater, greater(a, b)), zero, tiny, 0, 0, 0},
    {PF_OP(greater, greater(a, b)), nan, 1, nan, 0, 0},
    {PF_OP(silu_vjp, silu_vjp(a, b)), zero, 2, 1, 1, 0.5},
    {PF_OP(silu_vjp, silu_vjp(a, b)), minus_zero, -2, -1, -1, 0.5},
    {PF_OP(silu_vjp, silu_vjp(a, b)), Limits::max(), 2, 2, minus_zero, 1},
    {PF_OP(silu_vjp, silu_vjp(a, b)), nan, 2, nan, nan, nan},
    {PF_OP(silu_vjp, silu_vjp(a, b)), 0, nan, nan, nan, 0.5},
    {PF_OP(silu_vjp, silu_vjp(a, b)), tiny, 2, 1, 1, 0.5},
    {PF_OP(selu_vjp, selu_vjp(a, b)), zero, 2, 2 * lambda_alpha, 2 * lambda_alpha, lambda_alpha},
    {PF_OP(selu_vjp, selu_vjp(a, b)), minus_zero, -2, -2 * lambda_alpha, -2 * lambda_alpha,
     lambda_alpha},
    {PF_OP(selu_vjp, selu_vjp(a, b)), inf, 2, 2 * lambda, 0, lambda},
    {PF_OP(selu_vjp, selu_vjp(a, b)), -inf, 2, 0, 0, 0},
    {PF_OP(selu_vjp, selu_vjp(a, b)), nan, 2, nan, nan, nan},
    {PF_OP(selu_vjp, selu_vjp(a, b)), 1, nan, nan, nan, lambda},
    {PF_OP(selu_vjp, selu_vjp(a, b)), tiny, 2, 2 * lambda, 0, lambda},
    // In the next rows, a and b are the second and third input of the op where, and its first input
    // is the condition. A condition of NaN counts as true.
    {PF_OP(where, where(b.var.tape->full(a.var.shape(), 0), a, b)), nan, 2, 2, 0, 1},
    {PF_OP(where, where(b.var.tape->full(a.var.shape(), minus_zero), a, b)), inf, 2, 2, 0, 1},
    {PF_OP(where, where(b.var.tape->full(a.var.shape(), 1), a, b)), 2, nan, 2, 1, 0},
    {PF_OP(where, where(b.var.tape->full(a.var.shape(), tiny), a, b)), minus_zero, inf, minus_zero,
     1, 0},
    {PF_OP(where, where(b.var.tape->full(a.var.shape(), nan), a, b)), 2, 3, 2, 1, 0},
};
#undef PF_OP

// The SiLU of each number of x, and its slope, computed by a linear layer.
Var silu_of_each(Operand x) {
  Tape& t = *x.var.tape;
  return linear_silu(reshape(x, {x.var.shape()[1], 1}), t.full({1, 1}, 1), t.full({1, 1}, 0));
}
Var silu_slope_of_each(Operand x) {
  Tape& t = *x.var.tape;
  return linear_silu_slope(reshape(x, {x.var.shape()[1], 1}), t.full({1, 1}, 1), t.full({1, 1}, 0));
}
const std::vector<real> kLarge{inf, -inf, nan, Limits::max(), Limits::lowest(), tiny};

// A row of the table for ops along the last axis: the op, one row of numbers x, and the expected y
// = op(x).
struct LineRow {
  const char* op;
  Var (*make)(Operand x);
  std::vector<real> x, y;
};
const LineRow kLines[] = {
    {"softmax", softmax, {1000, 1000}, {0.5, 0.5}},
    {"softmax", softmax, {-1000, -1000, -inf}, {0.5, 0.5, 0}},
    {"softmax", softmax, {-inf, 0}, {0, 1}},
    {"softmax", softmax, {-inf, -inf}, {nan, nan}},
    {"softmax", softmax, {inf, 0}, {nan, nan}},
    {"softmax", softmax, {0, nan}, {nan, nan}},
    {"softmax", softmax, {zero, minus_zero, tiny, -tiny}, {0.25, 0.25, 0.25, 0.25}},
    {"log_softmax", log_softmax, {1000, 1000}, {-ln2, -ln2}},
    {"log_softmax", log_softmax, {-inf, 3}, {-inf, 0}},
    {"log_softmax", log_softmax, {-inf, -inf}, {nan, nan}},
    {"log_softmax", log_softmax, {inf, 0}, {nan, nan}},
    {"log_softmax", log_softmax, {0, nan}, {nan, nan}},
    {"logsumexp", logsumexp, {-1000, -1000}, {ln2 - 1000}},
    {"logsumexp", logsumexp, {-inf, -inf}, {-inf}},
    {"logsumexp", logsumexp, {-inf, 3}, {3}},
    {"logsumexp", logsumexp, {inf, 0}, {inf}},
    {"logsumexp", logsumexp, {nan, -inf}, {nan}},
    {"logsumexp", logsumexp, {-inf, nan}, {nan}},
    {"logsumexp", logsumexp, {inf, nan}, {nan}},
    {"normalize", [](Operand x) { return normalize(x, 1); }, {3, 3, 3}, {0, 0, 0}},
    {"normalize", [](Operand x) { return normalize(x, 0); }, {3, 3}, {nan, nan}},
    {"normalize", [](Operand x) { return normalize(x, 0); }, {-1, 1}, {-1, 1}},
    {"normalize", [](Operand x) { return normalize(x, 1); }, {inf, 0}, {nan, nan}},
    {"normalize", [](Operand x) { return normalize(x, 1); }, {nan, 0}, {nan, nan}},
    {"normalize_vjp", [](Operand x) { return normalize_vjp(x, x, 1); }, {3, 3, 3}, {0, 0, 0}},
    {"normalize_vjp", [](Operand x) { return normalize_vjp(x, x, 0); }, {3, 3}, {nan, nan}},
    {"normalize_vjp", [](Operand x) { return normalize_vjp(x, x, 0); }, {-1, 1}, {0, 0}},
    {"normalize_vjp", [](Operand x) { return normalize_vjp(x, x, 1); }, {inf, 0}, {nan, nan}},
    {"normalize_vjp", [](Operand x) { return normalize_vjp(x, x, 1); }, {nan, 0}, {nan, nan}},
    {"linear_silu", silu_of_each, kLarge, {inf, nan, nan, Limits::max(), minus_zero, tiny / 2}},
    {"linear_silu_slope", silu_slope_of_each, kLarge, {nan, nan, nan, 1, 0, 0.5}},
    {"sum", sum, {inf, 1, -inf}, {nan}},
    {"sum", sum, {tiny, tiny}, {2 * tiny}},
    {"sum_rows", sum_rows, {minus_zero, inf}, {zero, inf}},
    {"sum_cols", sum_cols, {1, inf, 1}, {inf}},
    {"sum_cols", sum_cols, {1, nan, 1}, {nan}},
};

// Ops that need no entries in the tables of special values above, because they only copy, multiply
// or add their inputs.
const std::set<std::string> kPlain{"input",       "parameter",        "constant",  "matmul",
                                   "linear",      "broadcast",        "concat",    "slice",
                                   "pad",         "broadcast_rows",   "reshape",   "broadcast_cols",
                                   "gather_rows", "scatter_add_rows", "pick_cols", "put_cols",
                                   "swap_axes",   "rotary",           "attention", "attention_vjp"};

// The number of elements fills all lanes of a SIMD vector and leaves some elements for the
// remainder loop.
constexpr int kMany = 35;

std::vector<real> many(real x) { return std::vector<real>(kMany, x); }

// Returns whether all values of v equal `want`. Writes the first value that differs to *got. A null
// Var stands for zeros.
bool all_same(Var v, real want, real* got) {
  *got = 0;
  if (!v) return want == 0;
  for (const real x : v.values()) {
    *got = x;
    if (!same(x, want)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("ops of one input have the special values of the table", "[special]") {
  each_simd_target([](const char* target) {
    for (const SpecialRow& row : kUnary) {
      Tape t;
      const Var x = t.input({kMany}, many(row.x)), one = t.full({kMany}, 1), y = row.make(x);
      Var pulled;
      grad(y, one, {&x, 1}, {&pulled, 1});
      const Var moved = jvp(y, {&x, 1}, {&one, 1});
      real value = 0, down = 0, up = 0;
      const bool same_value = all_same(y, row.y, &value),
                 same_down = all_same(pulled, row.dy, &down);
      const bool same_up = all_same(moved, row.dy, &up), ok = same_value && same_down && same_up;
      CAPTURE(target, row.op, row.x, row.y, value, row.dy, down, up);
      CHECK(ok);
    }
  });
}

TEST_CASE("ops of two inputs have the special values and derivatives at ties of the table",
          "[special]") {
  each_simd_target([](const char* target) {
    for (const PairRow& row : kBinary) {
      Tape t;
      const Var x[] = {t.input({kMany}, many(row.a)), t.input({kMany}, many(row.b))};
      const Var one = t.full({kMany}, 1), y = row.make(x[0], x[1]);
      Var pulled[2];
      grad(y, one, x, pulled);
      const Var a_moved = jvp(y, {x, 1}, {&one, 1}), b_moved = jvp(y, {x + 1, 1}, {&one, 1});
      real value = 0, da = 0, db = 0, ta = 0, tb = 0;
      const bool results[] = {all_same(y, row.y, &value), all_same(pulled[0], row.da, &da),
                              all_same(pulled[1], row.db, &db), all_same(a_moved, row.da, &ta),
                              all_same(b_moved, row.db, &tb)};
      const bool ok = std::all_of(std::begin(results), std::end(results), [](bool r) { return r; });
      CAPTURE(target, row.op, row.a, row.b, row.y, value, row.da, da, ta, row.db, db, tb);
      CHECK(ok);
    }
  });
}

TEST_CASE("ops along a row have the special values of the table", "[special]") {
  each_simd_target([](const char* target) {
    for (const LineRow& row : kLines) {
      Tape t;
      const int n = static_cast<int>(row.x.size());
      const auto y = row.make(t.input({1, n}, row.x)).values();
      CAPTURE(target, row.op, row.x, row.y, std::vector<real>(y.begin(), y.end()));
      CHECK(std::equal(y.begin(), y.end(), row.y.begin(), row.y.end(), same));
    }
  });
}

TEST_CASE("every op is in a table of special values, or in the list of ops that need none",
          "[special]") {
  std::set<std::string> listed = kPlain;
  for (const SpecialRow& row : kUnary) listed.insert(row.op);
  for (const PairRow& row : kBinary) listed.insert(row.op);
  for (const LineRow& row : kLines) listed.insert(row.op);
  std::set<std::string> registered;
  for (const Op* op : all_ops()) {
    registered.insert(op->name);
    INFO("op \"" << op->name
                 << "\" is in no table; write its row in tests/autograd/special_test.cpp");
    CHECK(listed.count(op->name) == 1);
  }
  CHECK(listed == registered);
}

TEST_CASE("a NaN or an infinity in a factor only affects its row or column of the product",
          "[special]") {
  Tape t;
  std::vector<real> a(6, 1), b(6, 1);
  a[4] = nan;  // in row 1
  const auto y = matmul(t.input({2, 3}, a), t.input({3, 2}, b)).values();
  CHECK((y[0] == 3 && y[1] == 3 && std::isnan(y[2]) && std::isnan(y[3])));
  a[4] = 0, b[2] = inf;  // 0 * inf in row 1, 1 * inf in row 0
  const auto z = matmul(t.input({2, 3}, a), t.input({3, 2}, b)).values();
  CHECK((z[0] == inf && z[1] == 3 && std::isnan(z[2]) && z[3] == 2));
}

}  // namespace pushforward::inline PF_REAL
