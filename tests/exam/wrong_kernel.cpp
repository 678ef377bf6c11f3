// Kernels that wrongly call functions of the standard library instead of those of the namespace
// `scalar`. They must not compile in __float128. tests/exam/wrong_kernel.py compares the compiler's
// errors with the comments below.
#include "autograd/rules.h"
#include "autograd/tensor/math.h"

namespace pushforward::inline PF_REAL {

void wrong_kernel(const Tape& t, const TapeLine& l, real* y) {
  const real x = rules::in0(t, l)[0];
#ifdef RIGHT
  y[0] = x / (1 + scalar::fabs(x)) + scalar::exp(x) + scalar::pow(x, 2);
#else
  y[0] = x / (1 + fabs(x));       // call scalar::fabs
  y[1] = std::fabs(x);            // call scalar::fabs
  y[2] = std::abs(x);             // call scalar::fabs
  y[3] = abs(x);                  // call scalar::fabs
  y[4] = std::exp(x);             // call scalar::exp
  y[5] = exp(x);                  // call scalar::exp
  y[6] = log1p(-x * x);           // call scalar::log1p
  y[7] = std::pow(x, 2);          // call scalar::pow
  y[8] = sqrt(x);                 // call scalar::sqrt
  y[9] = std::floor(x);           // call a scalar::floor that you add
  y[10] = std::isnan(x) ? x : 0;  // call a scalar::isnan that you add
#endif
}

}  // namespace pushforward::inline PF_REAL
