// The engine's only setting of the BLAS library.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward {

// Makes OpenBLAS run every product on the calling thread, once per process. OpenBLAS's own threads
// are slower at our sizes and change the result's bits. The engine uses Workers instead.
void use_one_blas_thread();

}  // namespace pushforward
