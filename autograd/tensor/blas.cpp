#include "autograd/tensor/blas.h"

#if PUSHFORWARD_BLAS
#include <cblas.h>
#include <hwy/targets.h>

#include <cstdint>
#endif

namespace pushforward {

namespace {

struct Core {
  std::string_view name;
  InstructionSet instructions;
};
constexpr Core known_cores[] = {{"Prescott", InstructionSet::sse2},
                                {"Core2", InstructionSet::sse2},
                                {"Penryn", InstructionSet::sse2},
                                {"Dunnington", InstructionSet::sse2},
                                {"Atom", InstructionSet::sse2},
                                {"Nano", InstructionSet::sse2},
                                {"Opteron", InstructionSet::sse2},
                                {"Opteron_SSE3", InstructionSet::sse2},
                                {"Barcelona", InstructionSet::sse2},
                                {"Bobcat", InstructionSet::sse2},
                                {"Nehalem", InstructionSet::sse42},
                                {"Sandybridge", InstructionSet::avx},
                                {"Bulldozer", InstructionSet::avx},
                                {"Piledriver", InstructionSet::avx},
                                {"Steamroller", InstructionSet::avx},
                                {"Excavator", InstructionSet::avx2},
                                {"Haswell", InstructionSet::avx2},
                                {"Zen", InstructionSet::avx2},
                                {"SkylakeX", InstructionSet::avx512},
                                {"Cooperlake", InstructionSet::avx512},
                                {"Sapphirerapids", InstructionSet::avx512}};

}  // namespace

InstructionSet instructions_of_core(std::string_view core) {
  for (const Core& known : known_cores) {
    if (known.name == core) return known.instructions;
  }
  return InstructionSet::unknown;
}

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

bool blas_is_behind() {
  static const bool behind = [] {
    const std::int64_t targets = hwy::SupportedTargets();
    return blas_is_behind(instructions_of_core(matrix_library().core),
                          targets & HWY_AVX3   ? InstructionSet::avx512
                          : targets & HWY_AVX2 ? InstructionSet::avx2
                                               : InstructionSet::unknown);
  }();
  return behind;
}

#else

void use_one_blas_thread() {}

MatrixLibrary matrix_library() { return {kNoBlas, "none", 1}; }

bool blas_is_behind() { return false; }

#endif

}  // namespace pushforward
