// The BLAS library of this build, if it has one: its setting and its description.
#pragma once

#include <string_view>

#include "autograd/tensor/cpp20.h"

// The build sets it: 1 with OpenBLAS, 0 without (-DPUSHFORWARD_BLAS=OFF in CMake).
#ifndef PUSHFORWARD_BLAS
#define PUSHFORWARD_BLAS 1
#endif

namespace pushforward {

// Makes OpenBLAS run every product on the calling thread, once per process. OpenBLAS's own threads
// are slower at the sizes of the engine's products, and change the bits of results. The engine uses
// Workers instead. Each product of the engine first calls this function.
void use_one_blas_thread();

// What multiplies matrices in this process.
struct MatrixLibrary {
  const char* name;  // OpenBLAS's own description, or that there is none
  const char* core;  // the kernels that OpenBLAS uses ("Haswell"), or "none"
  int threads;       // that one product uses
};
MatrixLibrary matrix_library();  // calls use_one_blas_thread

// OpenBLAS computes the products with a size below kOwnKernelFrom or above kOwnKernelTo, and the
// project's own kernel the others (autograd/tensor/gemm.cpp says what was measured). Without BLAS
// or if blas_is_behind(), the project's own kernel computes all products.
constexpr int kOwnKernelFrom = 8, kOwnKernelTo = 512;

// Instruction sets of x86 for which OpenBLAS has kernels. Each set contains the sets before it.
enum class InstructionSet { unknown, sse2, sse42, avx, avx2, avx512 };

// Returns the instruction set that OpenBLAS's kernels of this name use, such as "Haswell".
InstructionSet instructions_of_core(std::string_view core);

// Returns whether OpenBLAS's kernels use an older instruction set than the project's own kernel does on
// this CPU. OpenBLAS chooses such kernels on CPUs that it does not know, or if OPENBLAS_CORETYPE says so.
constexpr bool blas_is_behind(InstructionSet core, InstructionSet cpu) {
  return cpu >= InstructionSet::avx2 && core != InstructionSet::unknown && core < cpu;
}
bool blas_is_behind();  // the same for this process

// The name of a build without BLAS.
constexpr const char* kNoBlas = "none: this build has only its own matrix products";

}  // namespace pushforward
