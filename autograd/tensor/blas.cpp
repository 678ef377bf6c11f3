#include "autograd/tensor/blas.h"

#if PUSHFORWARD_BLAS
#include <cblas.h>
#endif

namespace pushforward {

#if PUSHFORWARD_BLAS

void use_one_blas_thread() {
  static const bool done = [] {
    openblas_set_num_threads(1);
    return true;
  }();
  static_cast<void>(done);
}

MatrixLibrary matrix_library() {
  use_one_blas_thread();
  return {openblas_get_config(), openblas_get_corename(), openblas_get_num_threads()};
}

#else

void use_one_blas_thread() {}

MatrixLibrary matrix_library() { return {kNoBlas, "none", 1}; }

#endif

}  // namespace pushforward
