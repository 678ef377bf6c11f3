// Examines one program: all ways to compute its derivatives are compared with each other, and with
// differences in __float128 if the compiler has that type.
#pragma once

#include <string>
#include <vector>

#include "tests/exam/engine.h"

namespace pushforward::exam {

// How much two ways may differ, relative to the largest element of both vectors (at least 1/8).
struct Tolerance {
  double first = 1e-12;      // first derivatives by sweeps in double and by differences
  double transpose = 1e-13;  // <w, J u> against <J^T w, u>, relative to the sum of |terms|
  double second = 1e-10;     // Hessian-vector products against each other and against differences
  double value = 1e-13;      // double against __float128
  double narrow = 1e-5;      // float against double: values and first order
  double narrow_second = 1e-4;
};

// The directions of the differences: every coordinate, or a few random ones.
enum class Probes { every, few };

// Examines the program's derivatives with respect to the leaves in `moves`. `seed` draws w, u and
// the probes. Returns each disagreement with its numbers; empty if the program passes.
std::vector<std::string> check_program(const Program& program, const std::vector<bool>& moves,
                                       std::uint64_t seed, Probes probes,
                                       const Tolerance& tolerance = {}, const Plant& plant = {});

// Does the same for every set of leaves that can move.
std::vector<std::string> check_op(const Program& program, const Tolerance& tolerance = {},
                                  const Plant& plant = {});

}  // namespace pushforward::exam
