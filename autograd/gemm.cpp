// Matrix products: through BLAS in float and double, as plain loops in __float128.
#include <algorithm>

#include "autograd/kernels.h"

#if PUSHFORWARD_REAL != 128
#include <cblas.h>
#endif

namespace pushforward::inline PF_REAL {

void gemm(bool ta, bool tb, int m, int n, int k, const real* a, const real* b, real beta, real* c) {
  if (m == 0 || n == 0) return;
  const int lda = ta ? m : k, ldb = tb ? k : n;
#if PUSHFORWARD_REAL == 128
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      real s = beta == 0 ? 0 : beta * c[i * n + j];
      for (int p = 0; p < k; ++p)
        s += (ta ? a[p * lda + i] : a[i * lda + p]) * (tb ? b[j * ldb + p] : b[p * ldb + j]);
      c[i * n + j] = s;
    }
  }
#else
  if (k == 0) {
    if (beta != 0) {
      affine(c, beta, 0, c, std::int64_t{m} * n);
    } else {  // not 0 times what was there, which may be a NaN
      std::fill_n(c, std::int64_t{m} * n, real(0));
    }
    return;
  }
  const auto op_a = ta ? CblasTrans : CblasNoTrans, op_b = tb ? CblasTrans : CblasNoTrans;
#if PUSHFORWARD_REAL == 32
  cblas_sgemm(CblasRowMajor, op_a, op_b, m, n, k, 1, a, lda, b, ldb, beta, c, n);
#else
  cblas_dgemm(CblasRowMajor, op_a, op_b, m, n, k, 1, a, lda, b, ldb, beta, c, n);
#endif
#endif
}

}  // namespace pushforward::inline PF_REAL
