// The kernels as plain loops for __float128, the reference precision of the tests.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL == 128

#include <algorithm>

#include "autograd/tensor/kernels.h"
#include "autograd/tensor/math.h"

namespace pushforward::inline PF_REAL::kernels {
namespace {

real unary(Unary f, real x) {
  switch (f) {
    case Unary::exp: return scalar::exp(x);
    case Unary::log: return scalar::log(x);
    case Unary::log1p: return scalar::log1p(x);
    case Unary::sqrt: return scalar::sqrt(x);
    case Unary::square: return x * x;
    case Unary::abs: return scalar::fabs(x);
    case Unary::sign: return scalar::sign(x);
    case Unary::step: return scalar::step(x);
    case Unary::reciprocal: return 1 / x;
    case Unary::tanh: return scalar::tanh(x);
    case Unary::sigmoid: return scalar::sigmoid(x);
    case Unary::silu: return scalar::silu(x);
    case Unary::silu_slope: return scalar::silu_slope(x);
    case Unary::gelu: return scalar::gelu(x);
    case Unary::normal_cdf: return scalar::normal_cdf(x);
    case Unary::relu: return scalar::relu(x);
    case Unary::softplus: return scalar::softplus(x);
    case Unary::selu: return scalar::selu(x);
    case Unary::sin: return scalar::sin(x);
    case Unary::cos: return scalar::cos(x);
    case Unary::neg: return -x;
  }
  return x;
}

real binary(Binary f, real a, real b) {
  switch (f) {
    case Binary::add: return a + b;
    case Binary::sub: return a - b;
    case Binary::mul: return a * b;
    case Binary::div: return a / b;
    case Binary::maximum: return scalar::maximum(a, b);
    case Binary::greater: return scalar::greater(a, b);
    case Binary::silu_vjp: return b * scalar::silu_slope(a);
    case Binary::selu_vjp: return b * scalar::selu_slope(a);
  }
  return a;
}

}  // namespace

void map(Unary f, const real* x, real* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = unary(f, x[i]);
}
void map(Binary f, const real* a, const real* b, real* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = binary(f, a[i], b[i]);
}
void affine(const real* x, real a, real b, real* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = a * x[i] + b;
}
real sum(const real* x, std::int64_t n) {
  real s = 0;
  for (std::int64_t i = 0; i < n; ++i) s += x[i];
  return s;
}
real dot(const real* a, const real* b, std::int64_t n) {
  real s = 0;
  for (std::int64_t i = 0; i < n; ++i) s += a[i] * b[i];
  return s;
}
void sum_rows(const real* x, int rows, int cols, real* y) {
  std::fill_n(y, cols, real(0));
  for (int r = 0; r < rows; ++r) map(Binary::add, y, x + std::int64_t{r} * cols, y, cols);
}
void fill_rows(const real* x, int rows, int cols, real* y) {
  for (int r = 0; r < rows; ++r) std::copy_n(x, cols, y + std::int64_t{r} * cols);
}
void box_muller(real* u, real* v, std::int64_t n) {
  const real turn = 8 * atanq(1);
  for (std::int64_t i = 0; i < n; ++i) {
    const real log_u = u[i] < 0 ? scalar::log1p(u[i]) : scalar::log(u[i]);
    const real r = scalar::sqrt(-2 * log_u), a = turn * v[i];
    u[i] = r * scalar::cos(a);
    v[i] = r * scalar::sin(a);
  }
}

}  // namespace pushforward::inline PF_REAL::kernels

#endif
