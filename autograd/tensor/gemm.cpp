// Matrix products: which kernel does them, and the cases that no kernel sees. In __float128 they
// are plain loops.
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

#if PUSHFORWARD_BLAS
void blas_gemm(bool ta, bool tb, int m, int n, int k, Panel a, Panel b, real beta, real* c,
               int ldc) {
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
  blas_gemm(ta, tb, m, n, k, a, b, beta, c, ldc);
#else
  own_gemm(ta, tb, m, n, k, a, b, beta, c, ldc);
#endif
}

#endif

}  // namespace pushforward::inline PF_REAL::kernels
