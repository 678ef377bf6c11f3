// The one setting the engine makes in the BLAS library.
#pragma once

#include "autograd/tensor/cpp20.h"

namespace pushforward {

// Tells OpenBLAS to run every product on the calling thread, once a process: its own threads are
// slower at our sizes and change the bits. The engine's threads are Workers.
void use_one_blas_thread();

}  // namespace pushforward
