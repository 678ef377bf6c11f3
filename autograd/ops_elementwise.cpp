// Elementwise functions of one value. Each op is a kernel, which computes the values, and the slope
// of the function, which is written in ops.
#include "autograd/rules.h"
#include "autograd/tensor/math.h"

namespace pushforward::inline PF_REAL {

using namespace rules;
using namespace kernels;

namespace {

Var ones_minus(Var x) { return shift(-x, 1); }

void pow_kernel(const Tape& t, const TapeLine& l, real* y) {
  const real* x = in0(t, l);
  for (std::int64_t i = 0; i < l.shape.size(); ++i)
    y[i] = scalar::pow(x[i], get<Scalar>(l.constants).value);
}

constexpr real kInvSqrt2Pi = real(0.398942280401432677939946059934381868L);

constexpr Op exp_op = elementwise(
    "exp", unary_kernel<Unary::exp>, [](Var, Var y) { return y; }, per_element<10>);
constexpr Op log_op = elementwise(
    "log", unary_kernel<Unary::log>, [](Var x, Var) { return reciprocal(x); }, per_element<10>);
constexpr Op log1p_op = elementwise(
    "log1p", unary_kernel<Unary::log1p>, [](Var x, Var) { return reciprocal(x + 1); },
    per_element<12>);
constexpr Op sqrt_op = elementwise("sqrt", unary_kernel<Unary::sqrt>,
                                   [](Var, Var y) { return real(0.5) * reciprocal(y); });
constexpr Op square_op =
    elementwise("square", unary_kernel<Unary::square>, [](Var x, Var) { return real(2) * x; });
constexpr Op abs_op =
    elementwise("abs", unary_kernel<Unary::abs>, [](Var x, Var) { return sign(x); });
constexpr Op reciprocal_op = elementwise("reciprocal", unary_kernel<Unary::reciprocal>,
                                         [](Var, Var y) { return -square(y); });
constexpr Op tanh_op = elementwise(
    "tanh", unary_kernel<Unary::tanh>, [](Var, Var y) { return ones_minus(square(y)); },
    per_element<15>);
constexpr Op sigmoid_op = elementwise(
    "sigmoid", unary_kernel<Unary::sigmoid>, [](Var, Var y) { return y * ones_minus(y); },
    per_element<12>);

Var times_silu_slope(const RuleView& v, Var h) { return silu_vjp(v.in(0), h); }
constexpr Op silu_op = fused<times_silu_slope>("silu", unary_kernel<Unary::silu>, per_element<13>);

// g silu'(x)
Var silu_bend(const RuleView& v, Var h) { return h * v.in(1) * silu_curvature(v.in(0)); }
constexpr Op silu_vjp_op =
    fused_vjp<silu_bend>("silu_vjp", binary_kernel<Binary::silu_vjp>, per_element<17>);

Var times_selu_slope(const RuleView& v, Var h) { return selu_vjp(v.in(0), h); }
constexpr Op selu_op = fused<times_selu_slope>("selu", unary_kernel<Unary::selu>, per_element<12>);

// g selu'(x). Its slope in x is g selu''(x): g selu'(x) for x < 0, and 0 for x > 0.
Var selu_bend(const RuleView& v, Var h) {
  return selu_vjp(v.in(0), h * v.in(1)) * ones_minus(heaviside(v.in(0)));
}
constexpr Op selu_vjp_op =
    fused_vjp<selu_bend>("selu_vjp", binary_kernel<Binary::selu_vjp>, per_element<12>);

// The slope is Phi(x) + x phi(x), with the standard normal distribution function Phi and density
// phi.
constexpr Op gelu_op = elementwise(
    "gelu", unary_kernel<Unary::gelu>,
    [](Var x, Var) { return normal_cdf(x) + x * (kInvSqrt2Pi * exp(real(-0.5) * square(x))); },
    per_element<21>);
constexpr Op normal_cdf_op = elementwise(
    "normal_cdf", unary_kernel<Unary::normal_cdf>,
    [](Var x, Var) { return kInvSqrt2Pi * exp(real(-0.5) * square(x)); }, per_element<20>);
constexpr Op relu_op =
    elementwise("relu", unary_kernel<Unary::relu>, [](Var x, Var) { return heaviside(x); });
constexpr Op softplus_op = elementwise(
    "softplus", unary_kernel<Unary::softplus>, [](Var x, Var) { return sigmoid(x); },
    per_element<23>);
constexpr Op sin_op = elementwise(
    "sin", unary_kernel<Unary::sin>, [](Var x, Var) { return cos(x); }, per_element<12>);
constexpr Op cos_op = elementwise(
    "cos", unary_kernel<Unary::cos>, [](Var x, Var) { return -sin(x); }, per_element<12>);
constexpr Op sign_op = flat("sign", 1, unary_kernel<Unary::sign>);
constexpr Op heaviside_op = flat("heaviside", 1, unary_kernel<Unary::step>);

// The slope of x^a is a x^(a-1). For a = 0 it is 0, even where x^(a-1) is infinite.
Var times_pow_slope(const RuleView& v, Var h) {
  const real a = get<Scalar>(v.line.constants).value;
  return a != 0 ? h * scale(pow(v.in(0), a - 1), a) : Var{};
}
constexpr Op pow_op{
    .name = "pow",
    .shape = same_shape,
    .forward = pow_kernel,
    .vjp = product_vjp<times_pow_slope>,
    .jvp = product_jvp<times_pow_slope>,
    .flops = per_element<20>,
    .constants = Scalar{},
    .describe = "to the {value}",
};

constexpr const Op* kElementwiseOps[] = {
    &exp_op,  &log_op,        &log1p_op,     &sqrt_op,     &square_op, &abs_op,
    &tanh_op, &reciprocal_op, &sin_op,       &sigmoid_op,  &silu_op,   &silu_vjp_op,
    &gelu_op, &normal_cdf_op, &selu_op,      &selu_vjp_op, &relu_op,   &softplus_op,
    &cos_op,  &sign_op,       &heaviside_op, &pow_op};

}  // namespace

Var exp(Operand x) { return apply(exp_op, {x}); }
Var log(Operand x) { return apply(log_op, {x}); }
Var log1p(Operand x) { return apply(log1p_op, {x}); }
Var sqrt(Operand x) { return apply(sqrt_op, {x}); }
Var square(Operand x) { return apply(square_op, {x}); }
Var abs(Operand x) { return apply(abs_op, {x}); }
Var sign(Operand x) { return apply(sign_op, {x}); }
Var heaviside(Operand x) { return apply(heaviside_op, {x}); }
Var reciprocal(Operand x) { return apply(reciprocal_op, {x}); }
Var tanh(Operand x) { return apply(tanh_op, {x}); }
Var sigmoid(Operand x) { return apply(sigmoid_op, {x}); }
Var silu(Operand x) { return apply(silu_op, {x}); }
Var silu_vjp(Operand x, Operand g) { return apply(silu_vjp_op, {x, g}); }
Var selu(Operand x) { return apply(selu_op, {x}); }
Var selu_vjp(Operand x, Operand g) { return apply(selu_vjp_op, {x, g}); }
Var gelu(Operand x) { return apply(gelu_op, {x}); }
Var normal_cdf(Operand x) { return apply(normal_cdf_op, {x}); }
Var relu(Operand x) { return apply(relu_op, {x}); }
Var softplus(Operand x) { return apply(softplus_op, {x}); }
Var sin(Operand x) { return apply(sin_op, {x}); }
Var cos(Operand x) { return apply(cos_op, {x}); }
Var pow(Operand x, real exponent) { return apply(pow_op, {x}, Scalar{exponent}); }

std::span<const Op* const> elementwise_ops() { return kElementwiseOps; }

}  // namespace pushforward::inline PF_REAL
