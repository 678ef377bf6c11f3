// The interface between the examination (the tests that compute the derivatives of every op in
// several ways and compare them) and autograd. The float, the double and the __float128 build of
// autograd answer the same questions, and all answers are in double.
//
// Let y = f(x) be the output of a program, where x has the numbers of all leaves, one leaf after
// the other. J is the Jacobian of f. The vector w has a weight for each element of y, and u is a
// direction of x. The loss is <w, y>, and H is its Hessian with respect to x.
#pragma once

#include <string>
#include <vector>

#include "tests/exam/program.h"

namespace pushforward::exam {

// A question about the derivatives of a program with respect to the leaves that `moves` marks (the
// leaves that move). The direction u is 0 in all other leaves.
struct Question {
  const Program& program;
  std::vector<bool> moves;
  std::vector<double> weight;
  std::vector<double> direction;
};

// The results of the sweeps, where J, H, u and w are as at the top of this file. Vectors of the
// length of x are 0 in leaves that do not move.
struct Answers {
  std::vector<double> value;                 // y
  std::vector<double> along;                 // J u, by the forward sweep
  std::vector<double> pulled;                // J^T w, by the reverse sweep
  std::vector<double> forward_over_reverse;  // H u, computed in three ways
  std::vector<double> reverse_over_reverse;
  std::vector<double> reverse_over_forward;
};

// The results of central differences of values, for directions v. J, H, u and w are as at the top
// of this file.
struct Differences {
  std::vector<double> value;    // y
  std::vector<double> along;    // J u
  std::vector<double> slope;    // <w, J v> for each direction v
  std::vector<double> bending;  // v^T H u for each direction v
};

// The derivative rule of an op in which an error is planted, a factor of 1.001.
enum class Wrong {
  nothing,
  vjp,     // only the rule of the reverse sweep is wrong
  jvp,     // only the rule of the forward sweep is wrong
  both,    // both rules are wrong by the same factor, so that they agree
  second,  // values are right, but the rule's results cannot be differentiated again
};
struct Plant {
  std::string op;
  Wrong what = Wrong::nothing;
};

struct ExamEngine {
  // Returns all values of the program, leaves first.
  std::vector<Leaf> (*run)(const Program&);
  Answers (*answer)(const Question&, const Plant&);
  Differences (*differences)(const Question&, const std::vector<std::vector<double>>& probes);
  // Returns the names of all ops (all_ops in autograd), in the order of their list.
  std::vector<std::string> (*op_names)();
  // Returns the names of the ops without derivatives: leaves, and ops whose record has `no_vjp`.
  std::vector<std::string> (*flat_ops)();
};

extern const ExamEngine engine_f32, engine_f64;
#if PUSHFORWARD_HAS_F128
extern const ExamEngine engine_f128;
#endif

}  // namespace pushforward::exam
