// Examines one program of ops. Derivatives computed in all possible ways are compared with each
// other, and with finite differences in __float128 if the compiler has that type.
#pragma once

#include <string>
#include <vector>

#include "tests/exam/engine.h"

namespace pushforward::exam {

// The tolerated differences between two vectors, relative to the largest element of both or to 1/8
// if that is larger. The Jacobian J and the vectors u and w are defined in tests/exam/engine.h.
struct Tolerance {
  double first = 1e-12;      // first derivatives: sweeps in double against differences
  double transpose = 1e-13;  // <w, J u> against <J^T w, u>, relative to the sum of |terms|
  double second = 1e-10;     // Hessian-vector products: against each other and differences
  double value = 1e-13;      // values in double against __float128
  double narrow = 1e-5;      // float against double: values and first derivatives
  double narrow_second = 1e-4;
};

// The directions of finite differences: all coordinates, or a few random ones.
enum class Probes { every, few };

// Examines the program's derivatives with respect to the leaves marked in `moves`. The vectors w
// and u of tests/exam/engine.h and the directions of the differences are drawn with `seed`. Returns
// each disagreement with its numbers, or nothing if the program passes.
std::vector<std::string> check_program(const Program& program, const std::vector<bool>& moves,
                                       std::uint64_t seed, Probes probes,
                                       const Tolerance& tolerance = {}, const Plant& plant = {});

// Calls check_program for every set of leaves with respect to which derivatives can be taken.
std::vector<std::string> check_op(const Program& program, const Tolerance& tolerance = {},
                                  const Plant& plant = {});

}  // namespace pushforward::exam
