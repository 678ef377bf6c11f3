// Matrix products: chooses the kernel for each product, and handles products with a size of 0. In
// __float128 the products are plain loops.
#include <algorithm>

#include "autograd/tensor/blas.h"
#include "autograd/tensor/kernels.h"

#if PUSHFORWARD_REAL != 128 && PUSHFORWARD_BLAS
#include <cblas.h>
#endif

namespace pushforward::inline PF_REAL::kernels {

void gemm(bool ta, bool tb, int m, int n, int k, const real* a, const real* b, real beta, real* c) {
  gemm(ta, tb, m, n, k, {a, ta ? m : k}, {b, tb ? k : n}, beta, c, n);
}

#if PUSHFORWARD_REAL == 128

void gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, real beta, real* c, int ldc) {
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      real s = beta == 0 ? 0 : beta * c[i * ldc + j];
      for (int p = 0; p < k; ++p) s += (ta ? a[p][i] : a[i][p]) * (tb ? b[j][p] : b[p][j]);
      c[i * ldc + j] = s;
    }
  }
}

#else

namespace {

// Returns whether the project's own kernel is faster than OpenBLAS for a product of this size. This
// is the only rule for the choice. Measured with bench/gemm_bench.cpp, one thread of a Zen 5 with
// AVX-512 against OpenBLAS 0.3.21 (its Cooperlake kernels), 128 rows and width H, as own time /
// time of OpenBLAS in float:
//
//   H                  32    64    128   256   512   1024
//   y = x w^T         0.76  0.83  0.84  0.87  0.88  0.94
//   dx = dy w         1.14  1.07  0.89  0.86  0.89  0.92
//   dw = dy^T x       1.00  1.04  0.86  0.93  0.96  1.11
//
// In double the ratios are 0.65 to 0.92 in the first row and 0.72 to 1.14 in the others. With AVX2
// on both sides (OpenBLAS's Haswell kernels) they are 0.89 to 1.04 in float. Products of less than
// 8 rows, columns or depth are faster in OpenBLAS, by a factor up to 7.
//
// An OpenBLAS that does not know the CPU uses its oldest kernels. On one thread of an Emerald
// Rapids with AVX-512, OpenBLAS 0.3.21 chose its Prescott kernels. The project's own kernel was 11 to
// 14 times as fast at H = 1024, in float, and 1.05 to 3.9 times as fast as the Haswell kernels (AVX2).
// The own kernel then computes all products, also those of less than 8 rows, columns or depth.
bool own_is_faster(int m, int n, int k) {
  return blas_is_behind() ||
         (std::min({m, n, k}) >= kOwnKernelFrom && std::max({m, n, k}) <= kOwnKernelTo);
}

// Returns the same for x w^T + bias, where `in` is the depth, the length of each sum. The sums of
// the project's own kernel begin with the bias, so it is also faster if the depth is small but not
// 0.
bool own_linear_is_faster(int rows, int out, int in) {
  return rows > 0 && in > 0 && own_is_faster(rows, out, std::max(in, kOwnKernelFrom));
}

}  // namespace

#if PUSHFORWARD_BLAS
void blas_gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, real beta, real* c,
               int ldc) {
  use_one_blas_thread();
  const auto op_a = ta ? CblasTrans : CblasNoTrans, op_b = tb ? CblasTrans : CblasNoTrans;
#if PUSHFORWARD_REAL == 32
  cblas_sgemm(CblasRowMajor, op_a, op_b, m, n, k, 1, a.first, a.stride, b.first, b.stride, beta, c,
              ldc);
#else
  cblas_dgemm(CblasRowMajor, op_a, op_b, m, n, k, 1, a.first, a.stride, b.first, b.stride, beta, c,
              ldc);
#endif
}
#endif

void gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, real beta, real* c, int ldc) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    for (int i = 0; i < m; ++i, c += ldc) {
      if (beta != 0) {
        affine(c, beta, 0, c, n);
      } else {  // not a product with 0, which would keep a NaN
        std::fill_n(c, n, real(0));
      }
    }
    return;
  }
#if PUSHFORWARD_BLAS
  if (!own_is_faster(m, n, k)) {
    blas_gemm(ta, tb, m, n, k, a, b, beta, c, ldc);
    return;
  }
#endif
  own_gemm(ta, tb, m, n, k, a, b, beta, c, ldc);
}

#endif

void linear(int rows, int out, int in, const real* x, const real* w, const real* bias, real* y) {
#if PUSHFORWARD_REAL != 128
  if (own_linear_is_faster(rows, out, in)) {
    own_linear(rows, out, in, x, w, bias, y);
    return;
  }
#endif
  fill_rows(bias, rows, out, y);
  gemm(false, true, rows, out, in, x, w, 1, y);
}

void linear_silu(int rows, int out, int in, const real* x, const real* w, const real* bias, real* y,
                 real* slope) {
#if PUSHFORWARD_REAL != 128
  if (own_linear_is_faster(rows, out, in)) {
    own_linear_silu(rows, out, in, x, w, bias, y, slope);
    return;
  }
#endif
  linear(rows, out, in, x, w, bias, y);
  const std::int64_t size = std::int64_t{rows} * out;
  if (slope) map(Unary::silu_slope, y, slope, size);
  map(Unary::silu, y, y, size);
}

}  // namespace pushforward::inline PF_REAL::kernels
