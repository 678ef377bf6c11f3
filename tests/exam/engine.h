// The engine as the examination uses it. The same questions go to the float, the double and the
// __float128 build, and the answers are in double.
//
// y = f(x) is the output of a program, and x holds all its leaves one after the other. w
// has a weight for each element of y, and u is a direction for x. The loss is <w, y>, and H
// is its Hessian in x.
#pragma once

#include <string>
#include <vector>

#include "tests/exam/program.h"

namespace pushforward::exam {

// A question about a program. `moves` selects the leaves that move; u is 0 for the others.
struct Question {
  const Program& program;
  std::vector<bool> moves;
  std::vector<double> weight;
  std::vector<double> direction;
};

// The results of the sweeps. Vectors like x are 0 for leaves that do not move.
struct Answers {
  std::vector<double> value;                 // y
  std::vector<double> along;                 // J u, by the forward sweep
  std::vector<double> pulled;                // J^T w, by the reverse sweep
  std::vector<double> forward_over_reverse;  // H u, in three ways
  std::vector<double> reverse_over_reverse;
  std::vector<double> reverse_over_forward;
};

// The results of central differences of values, for each probe v.
struct Differences {
  std::vector<double> value;    // y
  std::vector<double> along;    // J u
  std::vector<double> slope;    // <w, J v> for each probe
  std::vector<double> bending;  // v^T H u for each probe
};

// A planted error: a rule that is wrong by 0.1 %.
enum class Wrong {
  nothing,
  vjp,     // only the rule of the reverse sweep
  jvp,     // only the rule of the forward sweep
  both,    // both rules by the same factor, so that they agree with each other
  second,  // the values are right, but their derivatives are lost
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
  // Returns the names of all_ops(), in order.
  std::vector<std::string> (*op_names)();
  // Returns the ops without derivatives: leaves, and ops whose record has `no_vjp`.
  std::vector<std::string> (*flat_ops)();
};

extern const ExamEngine engine_f32, engine_f64;
#if PUSHFORWARD_HAS_F128
extern const ExamEngine engine_f128;
#endif

}  // namespace pushforward::exam
