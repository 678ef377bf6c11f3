// Loops over arrays: elementwise functions, vectorised with Highway, and small reductions.
//
// In float and double, Highway compiles the kernels for several instruction sets
// and chooses one at run time (kernels_simd.cpp). In __float128 they are plain
// loops over autograd/tensor/math.h (kernels_scalar.cpp). They do not check their arguments.
#pragma once

#include <cstdint>

#include "autograd/tensor/real.h"

namespace pushforward::inline PF_REAL::kernels {

enum class Unary {
  exp,
  log,
  log1p,
  sqrt,
  square,
  abs,
  sign,
  step,
  reciprocal,
  tanh,
  sigmoid,
  silu,
  silu_slope,
  gelu,
  normal_cdf,
  relu,
  softplus,
  selu,
  sin,
  cos,
  neg
};
enum class Binary { add, sub, mul, div, maximum, greater, silu_vjp, selu_vjp };

// y[i] = f(x[i]); y may be x.
void map(Unary f, const real* x, real* y, std::int64_t n);
// y[i] = f(a[i], b[i]); y may be a or b.
void map(Binary f, const real* a, const real* b, real* y, std::int64_t n);
// y[i] = a x[i] + b; y may be x.
void affine(const real* x, real a, real b, real* y, std::int64_t n);
// Returns the sum, in a fixed order that depends only on n.
real sum(const real* x, std::int64_t n);
real dot(const real* a, const real* b, std::int64_t n);
// Sets y (cols) to the sum of the rows of x (rows, cols), added in row order.
void sum_rows(const real* x, int rows, int cols, real* y);
// Sets every row of y (rows, cols) to x (cols).
void fill_rows(const real* x, int rows, int cols, real* y);
// Box-Muller for uniforms u, v in (0, 1]: with r = sqrt(-2 log u), u <- r cos(2 pi v) and
// v <- r sin(2 pi v). A u near 1 may be given as u - 1, in [-1/2, 0), which keeps the
// digits on which r depends.
void box_muller(real* u, real* v, std::int64_t n);

// c (m, n) = op(a) op(b) + beta c, where op is the transpose if `ta` or `tb` is set. Rows are
// contiguous.
void gemm(bool ta, bool tb, int m, int n, int k, const real* a, const real* b, real beta, real* c);
// A matrix whose rows are part of a wider matrix: its first row, and the distance between rows.
struct Panel {
  const real* first;
  int stride;
  const real* operator[](int row) const { return first + std::int64_t{row} * stride; }
};
void gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, real beta, real* c,
          int c_stride);
// y (rows, out) = x (rows, in) w^T + bias (out) in each row, with w (out, in).
void linear(int rows, int out, int in, const real* x, const real* w, const real* bias, real* y);
// y = silu(z) and, unless `slope` is null, slope = silu'(z), for z = x w^T + bias of the shape of
// y.
void linear_silu(int rows, int out, int in, const real* x, const real* w, const real* bias, real* y,
                 real* slope);

// The two implementations from which `gemm` and `linear` choose in float and double: the project's
// own (gemm_simd.cpp) and that of OpenBLAS, which a build may lack (autograd/tensor/blas.h). All
// sizes must be above 0.
void own_gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, real beta, real* c,
              int c_stride);
void own_linear(int rows, int out, int in, const real* x, const real* w, const real* bias, real* y);
void own_linear_silu(int rows, int out, int in, const real* x, const real* w, const real* bias,
                     real* y, real* slope);
void blas_gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, real beta, real* c,
               int c_stride);

}  // namespace pushforward::inline PF_REAL::kernels
