// The examination of one program: every route to its derivatives against every other, and against
// __float128 differences where the compiler has that type.
#pragma once

#include <string>
#include <vector>

#include "tests/exam/engine.h"

namespace pushforward::exam {

// How far two routes may differ, relative to the largest element
// of the vectors compared (or to 1/8 where all are smaller).
struct Tolerance {
  double first = 1e-12;      // sweeps in double against differences
  double transpose = 1e-13;  // <w, J u> against <J^T w, u>, relative to the sum of |terms|
  double second = 1e-10;     // Hessian-vector products against each other and against differences
  double value = 1e-13;      // double against __float128
  double narrow = 1e-5;      // float against double: values and first order
  double narrow_second = 1e-4;
};

// Which directions the differences are taken in: every coordinate, or a few random ones.
enum class Probes { every, few };

// Examines the program with exactly the leaves of `moves` moving; `seed` draws w, u and the probes.
// An answer for each disagreement, with the numbers; empty when the program passes.
std::vector<std::string> check_program(const Program& program, const std::vector<bool>& moves,
                                       std::uint64_t seed, Probes probes,
                                       const Tolerance& tolerance = {}, const Plant& plant = {});

// The same for every set of leaves that can move.
std::vector<std::string> check_op(const Program& program, const Tolerance& tolerance = {},
                                  const Plant& plant = {});

}  // namespace pushforward::exam
